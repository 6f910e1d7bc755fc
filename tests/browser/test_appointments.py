"""Nomination, filing and hand-over with a real browser: at the desk and, for the two teachers, on the phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gaobo_banzhuren.accounts.models import User
from teachers.models import Appointment, Handover
from teachers.services import dismissals, filing, handovers, nominations
from tests.factories import client_for, college_admin, college_head, office
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled, on_leave, teacher_of
from tests.teachers.test_nominations import confirmed, drafted

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[Page, User], Page]


@pytest.fixture
def sign_in(live_server: Any) -> SignIn:
    def signed_in(page: Page, user: User) -> Page:
        cookie = client_for(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(live_server.url)
        return page

    return signed_in


@pytest.mark.clause("C1.1", "A-80", "C11.1")
def test_from_nomination_to_filing(new_page: Any, sign_in: SignIn, live_server: Any, axe: Any) -> None:
    school_class = SchoolClassFactory(name="会计2601班", opens_on=day("2026-09-01"))
    college = school_class.college
    teacher = teacher_of(college, name="郑晓燕")

    page = sign_in(new_page(), college_admin(college))
    page.get_by_role("link", name="班级没有班主任").first.click()
    axe(page)
    page.get_by_role("link", name="提名", exact=True).last.click()
    page.get_by_label("班主任", exact=True).select_option(str(teacher.pk))
    page.get_by_label("拟聘开始日期").fill("2026-09-01")
    axe(page)
    page.get_by_role("button", name="下一步").click()
    for box in page.get_by_label("符合").all():
        box.check()
    axe(page)
    page.get_by_role("button", name="保存并提交").click()
    expect(page.get_by_text("已提交，等学院另一人决定")).to_be_visible()
    expect(page.get_by_text("提名人不能自己决定").first).to_be_visible()

    head = sign_in(new_page(), college_head(college))
    head.get_by_role("link", name="提名等您决定").first.click()
    head.get_by_role("link", name="会计2601班").click()
    head.get_by_role("link", name="同意并聘任").click()
    axe(head)
    head.get_by_role("button", name="同意并聘任").click()
    expect(head.get_by_text("已聘任，并向继续教育学院报备")).to_be_visible()

    clerk = sign_in(new_page(), office())
    clerk.get_by_role("link", name="聘任待备案").first.click()
    axe(clerk)
    clerk.get_by_label("全选").check()
    expect(clerk.get_by_label("备案 会计2601班 郑晓燕")).to_be_checked()
    clerk.get_by_label("备案编号").fill("继教聘〔2026〕1号")
    clerk.get_by_role("button", name="备案所选").click()
    expect(clerk.get_by_text("已备案 1 条")).to_be_visible()
    assert Appointment.objects.get().state == "filed"


@pytest.mark.clause("C2.1")
def test_two_teachers_hand_over_on_their_phones(new_page: Any, sign_in: SignIn, live_server: Any, axe: Any) -> None:
    outgoing = appointed(SchoolClassFactory(name="会计2301班"))
    enrolled(outgoing.school_class, 3)
    successor = teacher_of(outgoing.school_class.college)
    admin = college_admin(outgoing.school_class.college)
    handovers.start_handover(admin, outgoing, teacher=successor, takes_over_on=day("2026-11-30"), reason="工作需要")

    old = sign_in(new_page(width=360), outgoing.teacher.user)
    old.get_by_role("link", name="会计2301班的交接等您确认").click()
    old.get_by_role("link", name="填写清单").click()
    axe(old)
    assert old.evaluate("document.documentElement.scrollWidth") <= 360
    for box in old.get_by_role("checkbox").all():
        box.check()
    old.get_by_role("button", name="保存并确认移交").click()
    expect(old.get_by_text("已确认移交，等接任者确认接收")).to_be_visible()

    new = sign_in(new_page(width=360), successor.user)
    new.get_by_role("link", name="会计2301班的交接等您确认").click()
    new.get_by_role("link", name="确认接收").click()
    axe(new)
    new.get_by_role("button", name="确认", exact=True).click()
    expect(new.get_by_text("交接完成")).to_be_visible()
    assert Handover.objects.get().state == "done"


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_pages_fit_and_are_accessible(
    new_page: Any, sign_in: SignIn, live_server: Any, axe: Any, shot: Any, width: int, scheme: str
) -> None:
    one = appointed(SchoolClassFactory(name="会计2301专接本实验班"), planned_end_on=day("2024-08-31"))
    college = one.school_class.college
    admin, clerk = college_admin(college), office()
    draft = drafted(admin, SchoolClassFactory(college=college))
    waiting = nominations.submit(admin, confirmed(admin, drafted(admin, SchoolClassFactory(college=college))))
    second = appointed(SchoolClassFactory(college=college))
    filing.ask_back(clerk, second, text="类别？")
    handover = handovers.start_handover(
        admin, appointed(SchoolClassFactory(college=college)), teacher=teacher_of(college),
        takes_over_on=day("2026-11-30"), reason="特殊事由", last_day=day("2026-11-10"),
    )  # fmt: skip
    dismissal = dismissals.propose(
        admin, teacher=one.teacher, college=college, ground="玩忽职守", facts="多次缺岗", effective_on=day("2026-12-01")
    )
    on_leave(one.teacher, "2024-03-01", "2024-03-31")
    base = "/teachers"
    visits = {
        admin: ["appointments/", f"appointments/{one.pk}/", f"appointments/{second.pk}/answer/", "appointments/renew/",
                "vacancies/", "nominations/", f"nominations/{draft.pk}/", f"nominations/{waiting.pk}/", "handovers/",
                "handovers/new/", f"handovers/{handover.pk}/", f"appointments/{second.pk}/hand-over/", "dismissals/new/",
                "leaves/", "leaves/new/"],
        clerk: ["filing/", "dismissals/", f"dismissals/{dismissal.pk}/decide/"],
        one.teacher.user: [f"dismissals/{dismissal.pk}/", f"dismissals/{dismissal.pk}/statement/"],
    }  # fmt: skip
    for number, (user, paths) in enumerate(visits.items()):
        page = sign_in(new_page(width=width, color_scheme=scheme), user)
        for path in paths:
            page.goto(f"{live_server.url}{base}/{path}")
            axe(page)
            shot(page, f"appointments-{number}-{path.strip('/').replace('/', '-')}-{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
