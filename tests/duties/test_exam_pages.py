"""The pages about exams, as each person opens them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duties.models import Course, ExamRegistration, ExamResult, ExamSession, RegistrationState
from gaobo_banzhuren.accounts.roles import Role
from tests.duties.exams import ACCOUNTING, ENGLISH, course, registration, result, results, session
from tests.duties.given import room, written
from tests.factories import assessor, audit_entries, client_for, college_admin, college_head, hr, office, with_role

pytestmark = pytest.mark.django_db


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def open_session(**fields: object) -> ExamSession:
    """A session whose window is open today, with exams in a month."""
    values: dict[str, object] = {
        "starts_on": days(30), "ends_on": days(31), "results_on": None, "registration_opens_on": days(-5),
        "registration_closes_on": days(5),
    }  # fmt: skip
    return session("本期统考", **(values | fields))


def page(user, name: str, *args: object, status: int = 200) -> str:
    answer = client_for(user).get(reverse(f"duties:{name}", args=args))
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.mark.clause("C5.5d")
def test_the_class_teacher_reads_the_statistics_of_the_own_class_equal_to_the_hand_count():
    """Accounting: passed 72 and 60, failed 48.5, absent: 2/3, mean (72+60+48.5)/3 = 60.17 shown 60.2.
    English: one exempt, one passed: 1/1. All: 3 passed of 4 sat = 75 %; registered 5 (4 + 1): 60 %."""
    here, april = room(4), session()
    accounting, english = course(*ACCOUNTING), course(*ENGLISH)
    for student, status, score in zip(
        here.students, ("合格", "合格", "不合格", "缺考"), ("72", "60", "48.5", ""), strict=True
    ):
        result(here, student, april, accounting, status, score)
    result(here, here.students[0], april, english, "免考")
    result(here, here.students[1], april, english, "合格")
    text = page(here.user, "exam_class", april.pk, here.school_class.pk)
    for figure in ("66.67 %", "60.2", "100.00 %", "75.00 %", "60.00 %", "48.5"):
        assert figure in text, figure
    listed = page(here.user, "exams")
    assert "3 / 4" in listed
    assert "75.00 %" in listed
    assert "75.00 %" in page(here.user, "exam_session", april.pk)


@pytest.mark.clause("C5.5e")
def test_parents_to_tell_have_a_button_that_opens_the_filled_in_record():
    here, april = room(2), session()
    for what in (course(*ACCOUNTING), course(*ENGLISH)):
        result(here, here.students[0], april, what, "不合格")
        result(here, here.students[1], april, what, "合格")
    text = page(here.user, "exam_class", april.pk, here.school_class.pk)
    link = (
        f"{reverse('duties:record_new', args=['parent_contact'])}?class={here.school_class.pk}"
        f"&amp;student={here.students[0].pk}&amp;category=study&amp;session={april.pk}"
    )
    assert link in text
    assert f"student={here.students[1].pk}" not in text
    assert "已告知 0 / 1" in text
    written(here, "parent_contact", days(0), students=here.students[:1], category="study", exam_session=april)
    assert "已告知 1 / 1（100.00 %）" in page(here.user, "exam_class", april.pk, here.school_class.pk)
    assert "1 / 1" in page(college_head(here.college), "exam_session", april.pk)


@pytest.mark.clause("C5.5c")
def test_an_exam_violation_and_pre_exam_education_start_with_the_session_filled_in():
    here, april = room(1), session()
    text = page(here.user, "exam_class", april.pk, here.school_class.pk)
    for kind, known in (
        ("exam_violation", f"session={april.pk}"),
        ("activity", f"category=pre_exam&amp;session={april.pk}"),
    ):
        address = reverse("duties:record_new", args=[kind])
        assert f"{address}?class={here.school_class.pk}&amp;{known}" in text


@pytest.mark.clause("C5.5a")
def test_a_class_teacher_lists_registers_and_checks_and_the_session_page_counts():
    here, sitting = room(3), open_session()
    accounting, english = course(*ACCOUNTING), course(*ENGLISH)
    client = client_for(here.user)
    plan = reverse("duties:registration_plan", args=[sitting.pk, here.school_class.pk])
    assert client.get(plan).status_code == 200
    client.post(plan, {"courses": [accounting.pk, english.pk], "students": [one.pk for one in here.students]})
    rows = list(ExamRegistration.objects.order_by("pk"))
    assert len(rows) == 6
    grid = reverse("duties:registrations", args=[sitting.pk, here.school_class.pk])
    seen = ",".join(f"{row.pk}:{row.version}" for row in rows)
    ticked = {"registered": [row.pk for row in rows[:4]], "paid": [rows[0].pk], "given_up": [rows[5].pk]}
    answer = client.post(grid, {"seen": seen, **ticked}, follow=True)
    assert "已保存，更改 5 科次" in answer.content.decode()
    assert "66.67 %" in answer.content.decode()
    states = list(ExamRegistration.objects.order_by("pk").values_list("state", "paid"))
    assert states == [
        ("registered", True), ("registered", False), ("registered", False), ("registered", False), ("planned", False),
        ("given_up", False),
    ]  # fmt: skip
    seen = ",".join(f"{row.pk}:{row.version}" for row in ExamRegistration.objects.all())
    client.post(grid, {"seen": seen, "check": "1"})
    assert ExamRegistration.objects.filter(checked_by=here.user).count() == 4
    assert "4 / 6" in page(here.user, "exam_session", sitting.pk)
    answer = client.post(grid, {"seen": seen, "registered": [rows[0].pk], "given_up": [rows[0].pk]})
    assert "同时勾选" in answer.content.decode()


@pytest.mark.clause("C5.5a")
def test_the_grid_of_a_closed_window_shows_the_reason_and_no_boxes_and_refuses_a_post():
    here = room(1)
    sitting = open_session(registration_opens_on=days(-20), registration_closes_on=days(-1))
    row = registration(here, here.students[0], sitting, course())
    grid = reverse("duties:registrations", args=[sitting.pk, here.school_class.pk])
    text = page(here.user, "registrations", sitting.pk, here.school_class.pk)
    assert "截止，不能再改" in text
    assert 'name="registered"' not in text
    answer = client_for(here.user).post(grid, {"seen": f"{row.pk}:1", "registered": row.pk})
    assert answer.status_code == 403
    assert "截止，不能再改" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == RegistrationState.PLANNED
    ahead = {name: getattr(sitting, name) for name in ("name", "kind", "starts_on", "ends_on", "version")}
    edit = reverse("duties:exam_session_edit", args=[sitting.pk])
    client_for(office()).post(edit, {**ahead, "registration_opens_on": days(-20), "registration_closes_on": days(2)})
    client_for(here.user).post(grid, {"seen": f"{row.pk}:1", "registered": row.pk})
    row.refresh_from_db()
    assert row.state == RegistrationState.REGISTERED


def test_two_people_in_the_grid_are_told_and_nothing_is_overwritten():
    here, sitting = room(1), open_session()
    row = registration(here, here.students[0], sitting, course())
    grid = reverse("duties:registrations", args=[sitting.pk, here.school_class.pk])
    client_for(college_admin(here.college)).post(grid, {"seen": f"{row.pk}:1", "given_up": row.pk})
    answer = client_for(here.user).post(grid, {"seen": f"{row.pk}:1", "registered": row.pk})
    assert answer.status_code == 409
    row.refresh_from_db()
    assert row.state == RegistrationState.GIVEN_UP


def test_a_grid_that_was_tampered_with_is_refused():
    here, there, sitting = room(1), room(1), open_session()
    foreign = registration(there, there.students[0], sitting, course())
    grid = reverse("duties:registrations", args=[sitting.pk, here.school_class.pk])
    for seen in ("abc", "1", f"{foreign.pk}:1", "9" * 30 + ":1"):
        answer = client_for(here.user).post(grid, {"seen": seen, "registered": [foreign.pk, "x", "9" * 30]})
        assert answer.status_code in (200, 400), seen
        assert "报名表" in answer.content.decode()
    foreign.refresh_from_db()
    assert foreign.state == RegistrationState.PLANNED


@pytest.mark.clause("C4.3")
def test_the_retake_page_offers_talk_and_plan_and_shows_them_as_done():
    here, april = room(2), session()
    result(here, here.students[0], april, course(*ACCOUNTING), "不合格", "51")
    result(here, here.students[0], april, course(*ENGLISH), "缺考")
    result(here, here.students[1], april, course(*ACCOUNTING), "合格", "61")
    text = page(here.user, "retakes", here.school_class.pk)
    assert f"{reverse('duties:record_new', args=['talk'])}?class={here.school_class.pk}" in text
    assert "category=retake" in text
    assert reverse("duties:record_new", args=["review_plan"]) in text
    assert here.students[1].name not in text
    assert "0.00 %" in text
    talk = written(here, "talk", days(0), students=here.students[:1], category="retake")
    assert reverse("duties:record", args=[talk.public_id]) in page(here.user, "retakes", here.school_class.pk)
    head = page(college_head(here.college), "retakes", here.school_class.pk)
    assert "100.00 %" in head
    assert "记谈话" not in head


def test_results_that_are_not_out_are_kept_from_the_class_teacher_and_shown_to_the_college():
    here, april = room(1), session(results_on=days(3), starts_on=days(-20), ends_on=days(-19))
    result(here, here.students[0], april, course(), "不合格", "37.5")
    assert "37.5" not in page(here.user, "exam_class", april.pk, here.school_class.pk)
    assert "成绩还没有发布" in page(here.user, "exam_class", april.pk, here.school_class.pk)
    assert "0.00 %" not in page(here.user, "exams")
    assert "37.5" in page(college_admin(here.college), "exam_class", april.pk, here.school_class.pk)


def test_the_college_enters_and_corrects_results_on_the_page_and_the_class_teacher_does_not():
    here, april, accounting = room(2), session(), course()
    admin = client_for(college_admin(here.college))
    new = reverse("duties:result_create", args=[april.pk, here.school_class.pk])
    data = {"student": here.students[0].pk, "course": accounting.pk, "status": "不合格", "score": "58"}
    assert admin.post(new, data).status_code == 302
    one = ExamResult.objects.get()
    assert "已有成绩" in admin.post(new, data).content.decode()
    correct = reverse("duties:result_correct", args=[april.pk, here.school_class.pk, one.pk])
    assert "不合格 58.0" in admin.get(correct).content.decode()
    admin.post(correct, {"status": "合格", "score": "62", "reason": "复核", "version": 1})
    one.refresh_from_db()
    assert (one.status, one.score) == ("合格", 62)
    again = admin.post(correct, {"status": "不合格", "score": "50", "reason": "旧页面", "version": 1})
    assert again.status_code == 409
    remove = reverse("duties:result_remove", args=[april.pk, here.school_class.pk, one.pk])
    for address in (new, correct, remove):
        assert client_for(here.user).get(address).status_code == 404
        assert client_for(college_head(here.college)).get(address).status_code == 404
        assert client_for(college_admin()).get(address).status_code == 404
    admin.post(remove, {"reason": "登错学生", "version": 2})
    assert not ExamResult.objects.exists()
    assert audit_entries("duties.result_remove")[0].before == {"status": "合格", "score": "62.0", "grade": ""}


def test_foreign_classes_and_strange_roles_find_nothing():
    here, there, april = room(1), room(1), session()
    result(there, there.students[0], april, course(), "不合格", "37.5")
    for name in ("exam_class", "registrations", "registration_plan"):
        page(here.user, name, april.pk, there.school_class.pk, status=404)
    for name in ("retakes", "weak"):
        page(here.user, name, there.school_class.pk, status=404)
        page(assessor(there.college), name, there.school_class.pk, status=404)
    assert there.school_class.name not in page(here.user, "exam_session", april.pk)
    page(hr(), "exams", status=404)
    page(assessor(here.college), "exams", status=404)


def test_a_college_s_own_exam_is_for_that_college():
    here, there = room(1), room(1)
    own = session("甲学院期末校考", kind="校考", college=here.college)
    assert own.name in page(here.user, "exams")
    assert own.name not in page(there.user, "exams")
    page(there.user, "exam_session", own.pk, status=404)
    page(college_head(there.college), "exam_session", own.pk, status=404)
    page(college_admin(there.college), "exam_class", own.pk, there.school_class.pk, status=404)
    assert there.school_class.name not in page(office(), "exam_session", own.pk)
    page(office(), "exam_class", own.pk, there.school_class.pk, status=404)


def test_the_office_keeps_sessions_and_courses_and_a_college_its_own():
    here = room(0)
    data = {"name": "2024 年 10 月统考", "kind": "统考", "starts_on": "2024-10-26", "ends_on": "2024-10-27"}
    new = reverse("duties:exam_session_create")
    assert client_for(office()).post(new, data).status_code == 302
    made = ExamSession.objects.get()
    admin = client_for(college_admin(here.college))
    mine = data | {"name": "本院期末", "kind": "校考", "college": here.college.pk}
    assert admin.post(new, mine).status_code == 302
    assert "统考等由继续教育学院建立" in admin.post(new, mine | {"name": "假统考", "kind": "统考"}).content.decode()
    assert admin.get(reverse("duties:exam_session_edit", args=[made.pk])).status_code == 404
    assert client_for(here.user).get(new).status_code == 404
    assert (
        admin.post(reverse("duties:course_create"), {"code": "00041", "name": "会计", "kind": "统考"}).status_code
        == 302
    )
    edit = reverse("duties:course_edit", args=[Course.objects.get().pk])
    assert admin.post(edit, {"code": "00041", "name": "基础会计学", "kind": "统考", "version": 1}).status_code == 302
    assert admin.post(edit, {"code": "00041", "name": "迟到", "kind": "统考", "version": 1}).status_code == 409
    assert "基础会计学" in page(office(), "courses")


@pytest.mark.clause("C5.5d")
def test_the_workbook_has_the_figures_of_the_page_and_leaves_a_note():
    from io import BytesIO

    from openpyxl import load_workbook

    here, there, april = room(3), room(3), session()
    accounting = course()
    results(here, april, accounting, "合格", "不合格", "缺考")
    results(there, april, accounting, "合格", "合格", "合格")
    registration(here, here.students[2], april, course(*ENGLISH), state="registered")
    head = college_head(here.college)
    answer = client_for(head).post(reverse("duties:exam_session", args=[april.pk]))
    book = load_workbook(BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book["按班级"].iter_rows()]
    line = next(row for row in rows if row[2] == here.school_class.name)
    assert line[3:] == [1, 4, 2, 1, 1, 0, 0, 1, 0, "50.00 %", "25.00 %", "—"]
    assert not [row for row in rows if there.school_class.name in row]
    second = [[cell.value for cell in row] for row in book["按班级和课程"].iter_rows()]
    assert [row[3] for row in second if row[1] == here.school_class.name] == ["英语（二）", "基础会计学"]
    assert audit_entries("duties.exam_export")[0].actor_id == head.pk


def test_lists_and_pages_ask_the_same_number_of_queries_for_three_and_twelve():
    april, accounting, english = session(), course(*ACCOUNTING), course(*ENGLISH)
    boss = office()

    def fill(number: int) -> list:
        rooms = [room(number) for _ in range(number)]
        for here in rooms:
            for what in (accounting, english):
                results(here, april, what, *["不合格"] * number)
                for student in here.students:
                    registration(here, student, april, what, state="registered")
            written(here, "talk", days(0), students=here.students, category="retake")
            written(here, "parent_contact", days(0), students=here.students, category="study")
        return rooms

    def asked(user, name: str, *args: object) -> int:
        client = client_for(user)
        address = reverse(f"duties:{name}", args=args)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    small = fill(3)[0]
    before = [asked(boss, "exams"), asked(boss, "exam_session", april.pk)]
    of_class = {
        name: asked(
            small.user, name, *((april.pk,) if name in ("exam_class", "registrations") else ()), small.school_class.pk
        )
        for name in ("exam_class", "registrations", "retakes", "weak")
    }
    large = fill(12)[0]
    for number in range(9):
        session(f"第 {number} 场", "2023-10-28")
    assert [asked(boss, "exams"), asked(boss, "exam_session", april.pk)] == before
    for name, number in of_class.items():
        args = ((april.pk,) if name in ("exam_class", "registrations") else ()) + (large.school_class.pk,)
        assert asked(large.user, name, *args) == number, name


def test_a_row_put_on_the_list_by_mistake_is_taken_off_on_its_page():
    here, there, sitting = room(1), room(1), open_session()
    row = registration(here, here.students[0], sitting, course())
    address = reverse("duties:registration_remove", args=[sitting.pk, here.school_class.pk, row.pk])
    assert address in page(here.user, "registrations", sitting.pk, here.school_class.pk)
    foreign = reverse("duties:registration_remove", args=[sitting.pk, there.school_class.pk, row.pk])
    assert client_for(there.user).post(foreign).status_code == 404
    assert client_for(here.user).post(address).status_code == 302
    assert not ExamRegistration.objects.exists()


def test_who_leads_one_class_goes_from_the_list_straight_to_that_class():
    here, sitting = room(1), open_session()
    text = page(here.user, "exams")
    assert reverse("duties:registrations", args=[sitting.pk, here.school_class.pk]) in text
    assert reverse("duties:exam_class", args=[sitting.pk, here.school_class.pk]) in text
    room(1, teacher=here.teacher)
    assert reverse("duties:exam_session", args=[sitting.pk]) in page(here.user, "exams")


def test_the_form_of_a_record_offers_no_exam_of_another_college():
    here, there = room(1), room(1)
    school, own = session(), session("甲学院期末校考", kind="校考", college=here.college)
    for where, names in ((here, {school.name, own.name}), (there, {school.name})):
        text = page(where.user, "record_new", "parent_contact")
        assert {one.name for one in (school, own) if f">{one.name}</option>" in text} == names


@pytest.mark.clause("C5.5b")
def test_the_session_page_counts_the_classes_with_pre_exam_education():
    here, april = room(1), session()
    for _ in range(2):
        room(1, college=here.college)
    head = college_head(here.college)
    assert "0 / 3 个班（0.00 %）" in page(head, "exam_session", april.pk)
    written(here, "activity", "2024-04-01", category="pre_exam", exam_session=april)
    written(here, "activity", "2024-04-02", category="pre_exam")
    assert "1 / 3 个班（33.33 %）" in page(head, "exam_session", april.pk)
    assert "考前教育已开展" in page(here.user, "exam_class", april.pk, here.school_class.pk)


def test_who_leads_a_class_here_and_keeps_another_college_reads_the_own_results_from_their_release():
    here, there = room(1), room(1)
    with_role(here.user, Role.COLLEGE_ADMIN, there.college)
    april = session(results_on=days(3), starts_on=days(-20), ends_on=days(-19))
    result(here, here.students[0], april, course(), "不合格", "37.5")
    result(there, there.students[0], april, course(), "不合格", "41.5")
    assert "37.5" not in page(here.user, "exam_class", april.pk, here.school_class.pk)
    assert "41.5" in page(here.user, "exam_class", april.pk, there.school_class.pk)
    listed = page(here.user, "exams")
    assert reverse("duties:retakes", args=[here.school_class.pk]) in listed
    assert reverse("duties:retakes", args=[there.school_class.pk]) not in listed
