"""Roll call on a phone: sixty students, three missing, in a quarter of a minute; without network it is sent once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from duties.models import AttendanceSession
from duties.services.attendance import MarkInput, call_roll, correct_session
from duties.services.student_leaves import record_leave
from gaobo_banzhuren.accounts.models import User
from tests.duties.given import Room, room
from tests.factories import client_for

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS_A_TAP = 2.0
"""Finding a name in the grid and tapping it, taken generously; a swipe to the next screenful takes one more."""
SECONDS_A_SWIPE = 1.0
ALLOWED = 15.0


@pytest.fixture
def where() -> Room:
    return room(60)


def signed_in(page: Page, server: Any, user: User) -> None:
    cookie = client_for(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])


def start(page: Page, server: Any, where: Room) -> str:
    signed_in(page, server, where.user)
    page.goto(f"{server.url}/duties/attendance/{where.school_class.pk}/call/")
    expect(page.locator(".roll-tile")).to_have_count(60)
    return page.url


def tile(page: Page, where: Room, number: int) -> Any:
    return page.locator(".roll-tile").nth(number)


@pytest.mark.clause("C5.4a")
def test_sixty_students_three_missing(
    phone: Page, live_server: Any, where: Room, axe: Callable[..., None], shot: Any
) -> None:
    start(phone, live_server, where)
    axe(phone)
    shot(phone, "duties-roll-call-360")
    taps, swipes = 0, 0
    for number in (4, 31, 58):
        target = tile(phone, where, number)
        before = phone.evaluate("window.scrollY")
        target.scroll_into_view_if_needed()
        moved = abs(phone.evaluate("window.scrollY") - before)
        swipes += -(-int(moved) // 500)
        assert target.bounding_box()["height"] >= 44
        target.tap()
        taps += 1
    expect(phone.locator("[data-roll-count]")).to_have_text("应到 60 实到 57 缺 3 ")
    axe(phone)
    shot(phone, "duties-roll-call-tapped-360")
    phone.get_by_role("button", name="保存点名").tap()
    taps += 1
    expect(phone.get_by_text("应到 60，实到 57，缺 3")).to_be_visible()
    assert taps == 4
    assert taps * SECONDS_A_TAP + swipes * SECONDS_A_SWIPE <= ALLOWED, (taps, swipes)
    session = AttendanceSession.objects.get()
    wanted = {where.students[number].pk for number in (4, 31, 58)}
    assert {mark.student_id for mark in session.marks.all()} == wanted
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    axe(phone)


def test_taps_go_round_are_undone_and_chosen_by_name(phone: Page, live_server: Any, where: Room) -> None:
    start(phone, live_server, where)
    one = tile(phone, where, 0)
    for word in ("旷课", "迟到", "早退", "请假", "出勤", "旷课"):
        one.tap()
        expect(one).to_contain_text(word)
    phone.get_by_role("button", name="撤销").tap()
    expect(one).to_contain_text("出勤")
    phone.get_by_role("searchbox").last.fill(where.students[7].student_no)
    expect(phone.locator(".roll-tile:visible")).to_have_count(1)
    seven = tile(phone, where, 7)
    seven.tap()
    # The rarer words stand under the grid.
    phone.get_by_role("searchbox").last.fill("")
    phone.locator("[data-roll-tray]").get_by_role("radio", name="公假").tap()
    expect(seven).to_contain_text("公假")
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("实到 59，缺 1")).to_be_visible()
    assert AttendanceSession.objects.get().excused == 1


def test_a_reload_brings_the_marks_back(phone: Page, live_server: Any, where: Room) -> None:
    start(phone, live_server, where)
    tile(phone, where, 3).tap()
    phone.reload()
    expect(tile(phone, where, 3)).to_contain_text("旷课")
    expect(phone.get_by_text("已恢复上次没有提交的 1 处标记")).to_be_visible()


def test_without_network_it_waits_on_the_phone_and_is_sent_once(
    phone: Page, live_server: Any, where: Room, shot: Any
) -> None:
    url = start(phone, live_server, where)
    tile(phone, where, 2).tap()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("没有网络")).to_be_visible()
    expect(phone.get_by_role("button", name="已存本机")).to_be_disabled()
    shot(phone, "duties-roll-call-offline-360")
    kept = phone.evaluate("window.gaoboOutbox.all().then(JSON.stringify)")
    assert f"mark_{where.students[2].pk}" in kept
    assert where.students[2].name not in kept
    assert AttendanceSession.objects.count() == 0
    phone.context.set_offline(False)
    expect(phone.get_by_text("已发送本机的 1 条记录")).to_be_visible()
    expect(phone.get_by_role("button", name="已保存")).to_be_disabled()
    session = AttendanceSession.objects.get()
    assert (session.due, session.absent) == (60, 1)
    phone.goto(url)
    phone.goto(f"{live_server.url}/duties/attendance/")
    expect(phone.get_by_text("今天已点")).to_be_visible()
    assert AttendanceSession.objects.count() == 1


def test_after_an_expired_session_it_is_sent_once_signed_in_again(phone: Page, live_server: Any, where: Room) -> None:
    start(phone, live_server, where)
    tile(phone, where, 5).tap()
    phone.context.clear_cookies(name="sessionid")
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("登录后自动发送")).to_be_visible()
    assert AttendanceSession.objects.count() == 0
    signed_in(phone, live_server, where.user)
    # Any page sends it.
    phone.goto(f"{live_server.url}/")
    expect(phone.get_by_text("已发送本机的 1 条记录")).to_be_visible()
    assert AttendanceSession.objects.get().absent == 1


def test_an_answer_that_got_lost_does_not_make_a_second_roll_call(phone: Page, live_server: Any, where: Room) -> None:
    """The server has saved it, the telephone never hears so: sent again, it is the same roll call."""
    url = start(phone, live_server, where)
    lost: list[str] = []

    def swallow(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.route("**/call/", swallow)
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("没有网络")).to_be_visible()
    assert AttendanceSession.objects.count() == 1
    phone.goto(url)
    expect(phone.get_by_text("已发送本机的 1 条记录")).to_be_visible()
    assert AttendanceSession.objects.count() == 1
    assert phone.evaluate("window.gaoboOutbox.all().then((items) => items.length)") == 0


def test_the_second_person_sees_the_first_roll_call(phone: Page, live_server: Any, where: Room) -> None:
    start(phone, live_server, where)
    period = phone.locator("input[name=period]:checked").input_value()
    first = call_roll(where.user, where.school_class, timezone.localdate(), period, {}, client_id="other-telephone")
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("没有重复登记")).to_be_visible()
    expect(phone.get_by_role("link", name="查看原来的点名")).to_have_attribute("href", first.get_absolute_url())


def test_a_waiting_roll_call_that_came_too_late_is_opened_again_and_loses_no_mark(
    phone: Page, live_server: Any, where: Room
) -> None:
    url = start(phone, live_server, where)
    period = phone.locator("input[name=period]:checked").input_value()
    tile(phone, where, 9).tap()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("没有网络")).to_be_visible()
    call_roll(where.user, where.school_class, timezone.localdate(), period, {}, client_id="other-telephone")
    phone.context.set_offline(False)
    expect(phone.get_by_text("没有重复登记").first).to_be_visible()
    item = phone.evaluate("window.gaoboOutbox.all().then((items) => items[0].id)")
    phone.goto(f"{live_server.url}/duties/attendance/")
    phone.goto(f"{url}#d={item}")
    expect(tile(phone, where, 9)).to_contain_text("旷课")
    phone.locator(".roll-lesson summary").tap()
    phone.get_by_role("radio", name="晚上").tap()
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("晚上 已保存：应到 60，实到 59，缺 1")).to_be_visible()
    assert AttendanceSession.objects.get(period="晚上").marks.get().student == where.students[9]


def test_a_slip_for_the_morning_follows_the_chosen_period(phone: Page, live_server: Any, where: Room) -> None:
    student = where.students[1]
    today = timezone.localdate()
    record_leave(
        where.user,
        where.school_class,
        student,
        kind="sick",
        starts_on=today,
        ends_on=today,
        periods="上午",
        reason="就诊",
    )
    start(phone, live_server, where)
    phone.locator(".roll-lesson summary").tap()
    for period, word in (("3-4节", "病假"), ("5-6节", "出勤"), ("1-2节", "病假")):
        phone.get_by_role("radio", name=period, exact=True).tap()
        expect(tile(phone, where, 1)).to_contain_text(word)
    phone.get_by_role("button", name="保存点名").tap()
    expect(phone.get_by_text("实到 59，缺 1")).to_be_visible()
    assert AttendanceSession.objects.get().marks.get().leave is not None


def test_the_other_pages_of_attendance_fit_a_phone_and_can_be_read(
    phone: Page, live_server: Any, axe: Callable[..., None], shot: Any
) -> None:
    small = room(6)
    today = timezone.localdate()
    one, two, *_ = small.students
    missing = {one.pk: MarkInput("absent"), two.pk: MarkInput("leave", approved=True)}
    for number in (1, 2, 3):
        last = call_roll(small.user, small.school_class, today - dt.timedelta(days=number), "1-2节", missing)
    correct_session(small.user, last, {one.pk: MarkInput("absent")}, reason="两人认错", version=1)
    first = today - dt.timedelta(days=2)
    leave = record_leave(
        small.user, small.school_class, two, kind="sick", starts_on=first, ends_on=first, reason="发热就诊"
    )
    signed_in(phone, live_server, small.user)
    key = small.school_class.pk
    pages = {
        "home": "attendance/", "class": f"attendance/{key}/", "absentees": f"attendance/{key}/absentees/",
        "session": f"sessions/{last.pk}/", "correct": f"sessions/{last.pk}/correct/",
        "void": f"sessions/{last.pk}/void/", "leaves": "leaves/", "leave-new": "leaves/new/",
        "leave": f"leaves/{leave.pk}/", "leave-apply": f"leaves/{leave.pk}/apply/",
        "leave-return": f"leaves/{leave.pk}/return/",
    }  # fmt: skip
    for name, path in pages.items():
        phone.goto(f"{live_server.url}/duties/{path}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360, name
        axe(phone)
        shot(phone, f"duties-attendance-{name}-360")
    phone.emulate_media(color_scheme="dark")
    for name in ("class", "leave", "correct"):
        phone.goto(f"{live_server.url}/duties/{pages[name]}")
        axe(phone)
