"""Fee pages as class teacher, college and office see them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties import arrears
from duties.models import FeeDue, FeePeriod
from duties.services import fees as services
from teachers.services import students as student_services
from tests.duties.fees_given import FULL, due, period
from tests.duties.given import Room, room, written
from tests.factories import assessor, client_for, college_admin, hr, office, today
from tests.teachers.given import SchoolClassFactory, appointed, day, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Room:
    return room(5)


@pytest.fixture
def admin(here):
    return college_admin(here.college)


def opened(user, name, *args):
    return client_for(user).get(reverse(f"duties:{name}", args=args))


@pytest.mark.clause("C4.2a")
def test_the_class_teacher_sees_number_and_sum_of_the_own_class(here, admin):
    where = period()
    for student in here.students[:3]:
        due(admin, where, student)
    other = room(1)
    due(college_admin(other.college), where, other.students[0])
    page = opened(here.user, "fees")
    assert page.context["rows"][0][0] == here.school_class
    assert len(page.context["rows"]) == 1
    text = page.content.decode()
    assert "20,400.00" in text
    assert "3 人" in text
    assert other.school_class.name not in text


@pytest.mark.clause("C4.2b")
def test_debtors_nobody_spoke_to_stand_first_and_a_talk_about_arrears_ticks_them(here, admin):
    where = period()
    for student in here.students[:3]:
        due(admin, where, student)
    first, second, third = here.students[:3]
    written(here, "talk", students=[first], category="arrears")
    written(here, "parent_contact", students=[second], category="arrears")
    written(here, "talk", students=[third], category="study")
    page = opened(here.user, "arrears", where.pk, here.school_class.pk)
    names = [row["due"].student for row in page.context["debtors"]]
    assert names[0] == third
    assert page.context["figures"].without_follow_up == 1
    assert "未跟进" in page.content.decode()


@pytest.mark.clause("C4.2b", "C4.2c")
def test_a_reminder_leaves_promise_and_reason_on_the_list(here, admin):
    where = period()
    one = due(admin, where, here.students[0])
    written(
        here, "arrears_followup", students=[here.students[0]], fee_period=where, way="phone", text="月底到账",
        follow_up_on=day("2024-03-31"), arrears_reason="loan",
    )  # fmt: skip
    page = opened(here.user, "arrears", where.pk, here.school_class.pk)
    debtor = page.context["debtors"][0]["debtor"]
    assert (debtor.promised_on, debtor.reason, debtor.broken_promise) == (day("2024-03-31"), "助学贷款未到", True)
    services.note_reason(here.user, one, "hardship", "", version=one.version)
    page = opened(here.user, "arrears", where.pk, here.school_class.pk)
    assert page.context["debtors"][0]["debtor"].reason == "家庭经济困难"


def test_a_reminder_of_another_period_and_a_talk_before_it_do_not_count(here, admin):
    old, new = period("2022-2023 学年", "2023-09-01", "2023-09-30"), period("2024 春", "2024-02-01", "2024-04-30")
    due(admin, new, here.students[0])
    written(here, "talk", "2024-01-10", students=here.students[:1], category="arrears")
    written(here, "arrears_followup", students=here.students[:1], fee_period=old, way="phone", text="催缴")
    page = opened(here.user, "arrears", new.pk, here.school_class.pk)
    assert page.context["figures"].without_follow_up == 1


@pytest.mark.clause("C4.2b")
def test_a_debt_moves_along_with_the_student_to_the_present_class_teacher(here, admin):
    where = period()
    mover = here.students[0]
    one = due(admin, where, mover)
    there = room(1, college=here.college)
    student_services.move_to_class(
        admin, mover, school_class=there.school_class, from_day=day("2024-02-01"), note="转专业"
    )
    assert [(row.student, row.class_id) for row in arrears.without_follow_up([there.school_class.pk], today())] == [
        (mover, there.school_class.pk)
    ]
    assert arrears.without_follow_up([here.school_class.pk], today()) == []
    page = opened(there.user, "arrears", where.pk, there.school_class.pk)
    assert f"从{here.school_class.name}转来" in page.content.decode()
    assert opened(there.user, "fee_due", one.pk).status_code == 200
    services.note_reason(there.user, one, "loan", "", version=one.version)
    old = opened(here.user, "arrears", where.pk, here.school_class.pk).content.decode()
    assert f"已转到{there.school_class.name}" in old
    assert "催缴记录</a>" not in old
    assert arrears.class_fees([here.school_class.pk], where)[here.school_class.pk].debtors == 1


def test_foreign_classes_and_roles_without_business_find_nothing(here, admin):
    where = period()
    one = due(admin, where, here.students[0])
    args = ("arrears", where.pk, here.school_class.pk)
    for user in (room(1).user, college_admin(), assessor(here.college), hr()):
        assert opened(user, *args).status_code == 404
        assert opened(user, "fee_due", one.pk).status_code == 404
    for user in (here.user, admin, office()):
        assert opened(user, *args).status_code == 200
        assert opened(user, "fee_due", one.pk).status_code == 200
    for name in ("fee_payment", "fee_waiver", "fee_exemption", "fee_deferral"):
        assert opened(here.user, name, one.pk).status_code == 404


@pytest.mark.clause("C4.2a")
def test_the_college_books_a_payment_on_the_page(here, admin):
    one = due(admin, period(), here.students[0])
    url = reverse("duties:fee_payment", args=[one.pk])
    assert "6800.00" in client_for(admin).get(url).content.decode()
    client_for(admin).post(url, {"amount": "6800.00", "on": "2023-10-20"})
    one.refresh_from_db()
    assert (one.paid_fen, one.paid_on) == (FULL, day("2023-10-20"))
    refused = client_for(admin).post(url, {"amount": "0.01", "on": "2023-10-20"})
    assert "不能登记 0.01 元" in refused.content.decode()


def test_the_college_enters_waiver_exemption_deferral_and_reason_on_their_pages(here, admin):
    one = due(admin, period(), here.students[0])
    client = client_for(admin)
    client.post(reverse("duties:fee_waiver", args=[one.pk]), {"waived": "800", "reason": "资助"})
    client.post(reverse("duties:fee_deferral", args=[one.pk]), {"until": "2023-12-31", "reason": "贷款在途"})
    one.refresh_from_db()
    assert (one.waived_fen, one.deferred_until, one.decision_note) == (80_000, day("2023-12-31"), "贷款在途")
    data = {"reason": "loan", "note": "", "version": one.version}
    client_for(here.user).post(reverse("duties:fee_reason", args=[one.pk]), data)
    client.post(reverse("duties:fee_exemption", args=[one.pk]), {"reason": "孤儿"})
    one.refresh_from_db()
    assert (one.reason, one.exempt, one.owed_fen) == ("loan", True, 0)


def test_the_office_makes_a_period_and_the_college_adds_a_student(here, admin):
    data = {"name": "2024 春", "starts_on": "2024-02-01", "deadline": "2024-03-31"}
    client_for(office()).post(reverse("duties:fee_period_create"), data)
    where = FeePeriod.objects.get()
    assert opened(admin, "fee_period_create").status_code == 404
    client_for(admin).post(
        reverse("duties:fee_due_create", args=[where.pk]), {"student_no": here.students[0].student_no, "due": "6800"}
    )
    assert FeeDue.objects.get().due_fen == FULL
    strange = room(1)
    answer = client_for(admin).post(
        reverse("duties:fee_due_create", args=[where.pk]), {"student_no": strange.students[0].student_no, "due": "1"}
    )
    assert "没有这个学号" in answer.content.decode()


def test_lists_ask_the_same_number_of_questions_for_three_and_twelve(here, admin):
    where = period()
    client = client_for(admin)
    counts: dict[str, list[int]] = {"fees": [], "fee_period": [], "arrears": []}
    for more in (3, 9):
        for _ in range(more):
            other = SchoolClassFactory(college=here.college)
            appointed(other, here.teacher)
            due(admin, where, enrolled(other, 1)[0])
            due(admin, where, enrolled(here.school_class, 1)[0])
        for name, seen in counts.items():
            args = {"fees": [], "fee_period": [where.pk], "arrears": [where.pk, here.school_class.pk]}[name]
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"duties:{name}", args=args)).status_code == 200
            seen.append(len(queries))
    assert all(high <= low for low, high in counts.values()), counts
