"""A class teacher's day on a phone: few taps, small photos, and nothing lost when the network or the sign-in goes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from duties.models import RecordState, WorkRecord
from teachers.models import Student
from tests.duties.given import Room, present_term, room
from tests.factories import client_for

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = (
    "安可心",
    "白若谷",
    "曹文清",
    "丁一鸣",
    "方小满",
    "高远帆",
    "何雨声",
    "江北望",
    "康乐之",
    "林间月",
    "马行空",
    "宁静海",
    "欧阳青",
    "潘石新",
)


@pytest.fixture
def here() -> Room:
    """A class of fourteen with names to tap."""
    found = room(len(NAMES), first="2023-09-01")
    for student, name in zip(found.students, NAMES, strict=True):
        Student.objects.filter(pk=student.pk).update(name=name, name_initials=student.student_no[-2:])
    return found


@pytest.fixture
def at_work(phone: Page, live_server: Any, here: Room) -> Page:
    sign_in(phone, live_server, here)
    phone.goto(f"{live_server.url}/")
    return phone


def sign_in(page: Page, live_server: Any, here: Room) -> None:
    value = client_for(here.user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])


class Taps:
    """Counts what a thumb does besides typing."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, *, text: str = "", button: str = "", link: str = "", field: str = "") -> None:
        self.count += 1
        if link:
            self.page.get_by_role("link", name=link, exact=True).first.tap()
        elif button:
            self.page.get_by_role("button", name=button, exact=True).first.tap()
        elif field:
            self.page.get_by_label(field).first.tap()
        else:
            self.page.locator(".chip", has_text=text).first.tap()


def photo(side: int = 2400) -> bytes:
    """A photo as a phone makes it: larger than it is sent."""
    picture = Image.effect_noise((side, side * 3 // 4), 60).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def write(page: Page, label: str, text: str) -> None:
    page.locator(f"textarea[name={label}], input[name={label}]").fill(text)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.clause("C3.1.3", "C5.2")
def test_a_talk_takes_at_most_six_taps_from_the_start_page(at_work: Page, here: Room, shot: Any, axe: Any) -> None:
    shot(at_work, "records-start-360")
    fits(at_work)
    taps = Taps(at_work)
    taps.on(link="谈心谈话")
    expect(at_work.locator("form[data-record-form]")).to_be_visible()
    axe(at_work)
    shot(at_work, "records-talk-360")
    fits(at_work)
    taps.on(button="丁一鸣")
    taps.on(button="林间月")
    taps.on(text="学业")
    write(at_work, "text", "两人谈了下学期的课程安排。")
    taps.on(button="保存")
    expect(at_work.get_by_text("已归档。").first).to_be_visible()
    record = WorkRecord.objects.get()
    assert taps.count == 5
    assert {link.student.name for link in record.student_links.all()} == {"丁一鸣", "林间月"}
    assert record.state == RecordState.ARCHIVED
    axe(at_work)
    shot(at_work, "records-page-360")
    fits(at_work)


@pytest.mark.clause("C3.1.3", "C5.2", "C9.2.2.2")
def test_a_day_with_the_network_gone_in_between(
    at_work: Page, here: Room, live_server: Any, shot: Any, axe: Any
) -> None:
    page = at_work
    present_term()
    # In the lesson there is a network: the class meeting with its photo, sent small.
    page.get_by_role("link", name="班会", exact=True).first.tap()
    write(page, "title", "考前安排")
    write(page, "text", "说明考试安排和纪律。")
    page.set_input_files("input[type=file]", {"name": "黑板.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(page.locator("[data-photos] img")).to_be_visible()
    shot(page, "records-meeting-360")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("已归档。").first).to_be_visible()
    meeting = WorkRecord.objects.get(kind="class_meeting")
    stored = meeting.files.get().file
    with stored.content.open("rb") as content, Image.open(content) as kept_photo:
        assert max(kept_photo.size) == 1600
    assert (meeting.due, meeting.present) == (14, 14)

    # In the basement there is none: two talks on one opened page, then a call to a parent on another.
    other = page.context.new_page()
    other.goto(f"{live_server.url}{reverse('duties:record_new', args=['parent_contact'])}")
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['talk'])}")
    page.context.set_offline(True)
    for name, text in (("安可心", "第一次谈话"), ("何雨声", "第二次谈话")):
        page.get_by_role("button", name=name, exact=True).tap()
        page.locator(".chip", has_text="思想").first.tap()
        write(page, "text", text)
        page.get_by_role("button", name="保存", exact=True).tap()
        waiting = page.locator("[data-waiting]")
        expect(waiting).to_contain_text("已存在本机")
        axe(page)
        shot(page, "records-offline-360")
        if name == "安可心":
            page.get_by_role("button", name="再记一条").tap()
    other.get_by_role("button", name="安可心", exact=True).tap()
    write(other, "text", "电话告知近况")
    other.get_by_role("button", name="保存", exact=True).tap()
    expect(other.locator("[data-waiting]")).to_contain_text("已存在本机")
    assert WorkRecord.objects.count() == 1
    other.close()

    # Back upstairs everything is sent, each once, though two pages and a button may try.
    page.context.set_offline(False)
    page.goto(f"{live_server.url}{reverse('duties:quick')}")
    expect(page.locator("[data-device]")).to_be_hidden()
    assert sorted(WorkRecord.objects.values_list("kind", flat=True)) == [
        "class_meeting", "parent_contact", "talk", "talk",
    ]  # fmt: skip
    page.reload()
    page.goto(f"{live_server.url}/")
    assert WorkRecord.objects.count() == 4
    assert set(WorkRecord.objects.filter(kind="talk").values_list("text", flat=True)) == {"第一次谈话", "第二次谈话"}

    # The roll call of the day: one is missing.
    key = here.school_class.pk
    page.goto(f"{live_server.url}{reverse('duties:roll_call', args=[key])}")
    page.locator(".roll-tile", has_text="何雨声").tap()
    page.get_by_role("button", name="保存点名").tap()
    expect(page.get_by_text("应到 14，实到 13，缺 1")).to_be_visible()

    # Each counts where it should: in the checklist, the figures, on the class's page and in the book.
    page.goto(f"{live_server.url}{reverse('duties:checklist')}")
    expect(page.locator("li", has_text="班会").filter(has_text="1 / 2").first).to_be_visible()
    page.goto(f"{live_server.url}{reverse('duties:my_figures')}")
    expect(page.get_by_text("13 ÷ 14").first).to_be_visible()
    expect(page.get_by_text("2 ÷ 14").first).to_be_visible()
    page.goto(f"{live_server.url}{reverse('duties:class_overview', args=[key])}")
    expect(page.get_by_text("13 ÷ 14").first).to_be_visible()
    expect(page.locator(".recent-list li")).to_have_count(4)
    axe(page)
    page.goto(f"{live_server.url}{reverse('duties:handbook', args=[key])}")
    for part, number in (("班会", 1), ("谈心谈话", 2), ("家长与任课教师联系", 1)):
        expect(page.locator(".handbook-parts li", has_text=part)).to_contain_text(f"{number} 条")
    fits(page)


def test_a_draft_survives_a_closed_tab_with_students_tags_and_photo(
    at_work: Page, here: Room, live_server: Any, shot: Any
) -> None:
    page = at_work
    address = f"{live_server.url}{reverse('duties:record_new', args=['talk'])}"
    page.goto(address)
    page.get_by_role("button", name="方小满", exact=True).tap()
    page.locator(".chip", has_text="经济").first.tap()
    write(page, "text", "写到一半")
    page.locator("details.more > summary").tap()
    write(page, "tags", "住校")
    page.set_input_files("input[type=file]", {"name": "家访.jpg", "mimeType": "image/jpeg", "buffer": photo(600)})
    expect(page.locator("[data-device-saved]")).to_contain_text("草稿已存本机")
    page.wait_for_timeout(700)
    page.close()

    again = page.context.new_page()
    again.goto(f"{live_server.url}{reverse('duties:quick')}")
    expect(again.locator("[data-device]")).to_contain_text("方小满")
    shot(again, "records-device-360")
    again.get_by_role("link", name="接着写").first.tap()
    expect(again.get_by_role("button", name="方小满", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(again.locator("[data-photos] img")).to_be_visible()
    again.get_by_role("button", name="保存", exact=True).tap()
    expect(again.get_by_text("已归档。").first).to_be_visible()
    record = WorkRecord.objects.get()
    assert (record.text, record.category, record.files.count()) == ("写到一半", "money", 1)
    assert [tag.value for tag in record.tags.all()] == ["住校"]
    again.goto(f"{live_server.url}{reverse('duties:quick')}")
    expect(again.locator("[data-device]")).to_be_hidden()


def test_an_expired_session_asks_to_sign_in_again_and_sends_afterwards(
    at_work: Page, here: Room, live_server: Any, shot: Any
) -> None:
    page = at_work
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['talk'])}")
    page.get_by_role("button", name="江北望", exact=True).tap()
    page.locator(".chip", has_text="学业").first.tap()
    write(page, "text", "没有丢的话")
    Session.objects.all().delete()
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.locator("[data-waiting]")).to_contain_text("登录已过期")
    shot(page, "records-signed-out-360")
    assert not WorkRecord.objects.exists()
    page.get_by_role("link", name="重新登录").tap()
    expect(page).to_have_url(f"{live_server.url}/accounts/login/?next=%2Fduties%2Fnew%2F")
    sign_in(page, live_server, here)
    page.goto(f"{live_server.url}/")
    expect(page.get_by_text("已发送本机的 1 条记录")).to_be_visible()
    assert WorkRecord.objects.get().text == "没有丢的话"


def test_signing_out_asks_about_what_waits_and_leaves_nothing_behind(
    at_work: Page, here: Room, live_server: Any
) -> None:
    page = at_work
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['worklog'])}")
    page.context.set_offline(True)
    write(page, "text", "还没有发送的话")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.locator("[data-waiting]")).to_be_visible()
    asked: list[str] = []

    def refuse(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.locator(".account-button").tap()
    page.get_by_role("button", name="退出").tap()
    assert asked == ["本机还有 1 条记录没有发送，退出后会删除。仍要退出吗？"]
    assert kept(page, here) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(False)
    page.locator("[data-forget-drafts] button").evaluate("button => button.form.requestSubmit()")
    page.wait_for_url("**/accounts/login/**")
    page.goto(f"{live_server.url}/accounts/login/")
    assert kept(page, here) == 0


def kept(page: Page, here: Room) -> int:
    """How many records the device keeps for the person."""
    return page.evaluate(
        """async (name) => {
          const known = await indexedDB.databases();
          if (!known.some((one) => one.name === name)) return 0;
          return new Promise((resolve) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => {
              const counted = asked.result.transaction("items").objectStore("items").count();
              counted.onsuccess = () => { resolve(counted.result); asked.result.close(); };
            };
          });
        }""",
        f"gaobo-records-{here.user.pk}",
    )


def test_a_pasted_list_is_read_on_the_phone_and_what_is_unknown_stays(
    at_work: Page, here: Room, live_server: Any, shot: Any
) -> None:
    page = at_work
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['talk'])}")
    page.locator("details[data-paste] > summary").tap()
    page.locator("textarea[name=names]").fill(f"安可心，白 若谷\n{here.students[2].student_no} 查无此人")
    page.get_by_role("button", name="选中这些学生").tap()
    expect(page.locator("[data-picker-count]").first).to_contain_text("已选 3 人")
    expect(page.locator("[data-paste-answer]")).to_contain_text("没有找到：查无此人")
    assert page.locator("textarea[name=names]").input_value() == "查无此人"
    shot(page, "records-paste-360")


def test_what_the_server_refuses_is_shown_and_everything_stays(
    at_work: Page, here: Room, live_server: Any, shot: Any
) -> None:
    page = at_work
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['class_meeting'])}")
    write(page, "text", "只有纪要")
    page.set_input_files("input[type=file]", {"name": "板书.jpg", "mimeType": "image/jpeg", "buffer": photo(400)})
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.locator(".error-summary")).to_contain_text("主题")
    shot(page, "records-refused-360")
    expect(page.locator("[data-photos] img")).to_be_visible()
    write(page, "title", "补上主题")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("已归档。").first).to_be_visible()
    assert WorkRecord.objects.get().files.count() == 1


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "light"), (1280, "dark")])
def test_the_pages_fit_every_width(
    new_page: Callable[..., Page], live_server: Any, here: Room, shot: Any, axe: Any, width: int, scheme: str
) -> None:
    from tests.duties.given import written

    written(here, "talk", students=here.students[:2], level="watch")
    case = written(here, "case_study", students=here.students[:1])
    written(here, "class_meeting", themes=("爱国主义", "安全稳定"), due=14, present=13)
    written(here, "worklog", archive=False)
    page = new_page(width=width, color_scheme=scheme)
    sign_in(page, live_server, here)
    for name, path in {
        "start": "/", "quick": reverse("duties:quick"), "list": reverse("duties:records"),
        "case": case.get_absolute_url(), "correct": reverse("duties:record_correct", args=[case.public_id]),
        "note": reverse("duties:record_note", args=[case.public_id]),
        "activity": reverse("duties:record_new", args=["activity"]),
    }.items():  # fmt: skip
        page.goto(f"{live_server.url}{path}")
        axe(page)
        shot(page, f"records-{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_without_scripts_the_same_form_works_with_lists_and_a_plain_upload(
    new_page: Callable[..., Page], live_server: Any, here: Room, shot: Any
) -> None:
    page = new_page(width=360, java_script_enabled=False)
    sign_in(page, live_server, here)
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="谈心谈话", exact=True).first.click()
    page.locator("select[name=students]").select_option([str(one.pk) for one in here.students[:2]])
    page.locator(".chip", has_text="学业").first.click()
    write(page, "text", "没有脚本也能记")
    page.locator("input[type=file]").set_input_files(
        {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": photo(300)}
    )
    shot(page, "records-no-script-360")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已归档。").first).to_be_visible()
    record = WorkRecord.objects.get()
    assert (record.student_links.count(), record.files.count(), record.text) == (2, 1, "没有脚本也能记")


def test_the_names_are_those_of_the_day_written_about(at_work: Page, here: Room, live_server: Any) -> None:
    from teachers.models import RosterEntry

    RosterEntry.objects.filter(student=here.students[1]).update(starts_on="2024-05-01")
    page = at_work
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['talk'])}")
    expect(page.get_by_role("button", name="白若谷", exact=True)).to_be_visible()
    page.locator("input[name=happened_on]").fill("2024-03-18")
    page.locator("input[name=happened_on]").blur()
    expect(page.get_by_role("button", name="白若谷", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="安可心", exact=True)).to_be_visible()


def test_when_the_network_comes_back_on_the_open_page_it_sends_by_itself(
    at_work: Page, here: Room, live_server: Any
) -> None:
    page = at_work
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['worklog'])}")
    page.context.set_offline(True)
    write(page, "text", "走廊里记的")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.locator("[data-waiting]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("已发送本机的 1 条记录")).to_be_visible()
    expect(page.locator("[data-waiting]")).to_have_count(0)
    write(page, "text", "接着记的")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("已归档。").first).to_be_visible()
    assert list(WorkRecord.objects.order_by("pk").values_list("text", flat=True)) == ["走廊里记的", "接着记的"]


def test_of_six_photos_five_are_kept_and_it_is_said(at_work: Page, here: Room, live_server: Any) -> None:
    page = at_work
    page.goto(f"{live_server.url}{reverse('duties:record_new', args=['worklog'])}")
    six = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": photo(80)} for n in range(6)]
    page.set_input_files("input[type=file]", six)
    expect(page.locator("[data-photos] img")).to_have_count(5)
    expect(page.locator("[data-photos]")).to_contain_text("一次最多 5 个")
    write(page, "text", "五张照片")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("已归档。").first).to_be_visible()
    assert WorkRecord.objects.get().files.count() == 5
