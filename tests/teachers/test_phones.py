"""Whole telephone numbers: masked on every page and form, shown one at a time for a purpose, and always noted."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gaobo_banzhuren.audit.models import AuditEntry
from teachers.models import ClassTeacher, Guardian, Student
from tests.factories import assessor, client_for, college_admin, college_head, hr, office, sysadmin
from tests.teachers.rosters import base, imported, workbook

from .given import SchoolClassFactory, appointed, enrolled, teacher_of

pytestmark = pytest.mark.django_db

PUPIL, PARENT, TEACHER = "13822223333", "13944445555", "13766667777"
NUMBERS = (PUPIL, PARENT, TEACHER)


@pytest.fixture
def school_class():
    school_class = SchoolClassFactory()
    student = enrolled(school_class, 1)[0]
    Student.objects.filter(pk=student.pk).update(phone=PUPIL)
    Guardian.objects.create(student=student, name="闻致远", relation="父亲", phone=PARENT)
    teacher = teacher_of(school_class.college)
    ClassTeacher.objects.filter(pk=teacher.pk).update(phone=TEACHER)
    appointed(school_class, teacher)
    return school_class


@pytest.fixture
def guardian(school_class) -> Guardian:
    return Guardian.objects.select_related("student").get(student__roster_entries__school_class=school_class)


def addresses(guardian: Guardian, teacher: ClassTeacher) -> dict[str, str]:
    student = guardian.student_id
    return {
        PUPIL: reverse("teachers:student_phone", args=[student]),
        PARENT: reverse("teachers:guardian_phone", args=[student, guardian.pk]),
        TEACHER: reverse("teachers:teacher_phone", args=[teacher.pk]),
    }


def revealed() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="teachers.phone_reveal").order_by("sequence"))


@pytest.mark.parametrize("who", [college_admin, lambda college: office()])
def test_no_page_or_form_shows_a_whole_number(school_class, guardian, who):
    teacher = school_class.appointments.get().teacher
    client, student = client_for(who(school_class.college)), guardian.student_id
    pages = [
        reverse("teachers:students"), reverse("teachers:student", args=[student]),
        reverse("teachers:student_edit", args=[student]), reverse("teachers:guardian_edit", args=[student, guardian.pk]),
        reverse("teachers:class", args=[school_class.pk]), reverse("teachers:people"),
        reverse("teachers:teacher", args=[teacher.pk]), reverse("teachers:teacher_edit", args=[teacher.pk]),
        *addresses(guardian, teacher).values(),
    ]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert not [number for number in NUMBERS if number in answer.content.decode()], page
    assert "139****5555" in client.get(pages[3]).content.decode()
    assert revealed() == []


def test_the_maintenance_pages_show_no_number_at_all(school_class, guardian):
    teacher = school_class.appointments.get().teacher
    client = client_for(office())
    for page in (
        reverse("admin:teachers_student_changelist"), reverse("admin:teachers_classteacher_changelist"),
        reverse("admin:teachers_student_change", args=[guardian.student_id]),
        reverse("admin:teachers_classteacher_change", args=[teacher.pk]),
    ):  # fmt: skip
        answer = client.get(page)
        assert answer.status_code == 200
        assert not [number for number in NUMBERS if number in answer.content.decode()], page


def test_the_class_teacher_calls_a_guardian_in_three_taps(school_class, guardian):
    user = school_class.appointments.get().teacher.user
    client = client_for(user)
    page = reverse("teachers:guardian_phone", args=[guardian.student_id, guardian.pk])
    assert page in client.get(reverse("teachers:student", args=[guardian.student_id])).content.decode()
    assert 'name="purpose" value="日常联系"' in client.get(page).content.decode()
    answer = client.post(page, {"purpose": "日常联系"})
    assert f'href="tel:{PARENT}"' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("number", NUMBERS)
def test_each_look_is_noted_without_the_number(school_class, guardian, number):
    teacher = school_class.appointments.get().teacher
    admin = college_admin(school_class.college)
    answer = client_for(admin).post(addresses(guardian, teacher)[number], {"purpose": "紧急情况"})
    assert number in answer.content.decode()
    (entry,) = revealed()
    about = teacher if number == TEACHER else guardian.student
    assert (entry.actor_id, entry.object_id, entry.object_text) == (
        admin.pk,
        str(about.pk),
        getattr(about, "audit_text", str(about)),
    )
    assert entry.object_type == about._meta.label_lower
    assert (entry.reason, entry.college_id) == ("紧急情况", school_class.college_id)
    assert entry.after["项目"] == ("家长电话" if number == PARENT else "手机")
    assert entry.after.get("家长姓名") == ("闻致远" if number == PARENT else None)
    noted = json.dumps([entry.before, entry.after, entry.reason, entry.object_text], ensure_ascii=False)
    assert number not in noted
    assert number[-4:] not in noted


@pytest.mark.parametrize("posted", [{}, {"purpose": ""}, {"purpose": "好奇"}])
def test_without_a_purpose_nothing_is_shown_or_noted(school_class, guardian, posted):
    page = reverse("teachers:guardian_phone", args=[guardian.student_id, guardian.pk])
    answer = client_for(college_head(school_class.college)).post(page, posted)
    assert PARENT not in answer.content.decode()
    assert revealed() == []


def test_a_look_that_cannot_be_noted_is_not_shown(school_class, guardian, monkeypatch):
    monkeypatch.setattr("teachers.services.phones.record", lambda *args, **kwargs: 1 / 0)
    page = reverse("teachers:guardian_phone", args=[guardian.student_id, guardian.pk])
    client = client_for(office())
    client.raise_request_exception = False
    answer = client.post(page, {"purpose": "日常联系"})
    assert answer.status_code == 500
    assert PARENT not in answer.content.decode()


def test_the_same_form_sent_again_shows_nothing_a_second_time(school_class, guardian):
    page = reverse("teachers:student_phone", args=[guardian.student_id])
    client = client_for(office())
    posted = {"purpose": "日常联系", "form_token": "once"}
    assert PUPIL in client.post(page, posted).content.decode()
    assert client.post(page, posted).status_code == 302
    assert len(revealed()) == 1


@pytest.mark.parametrize(
    "who", [assessor, lambda college: hr(), lambda college: sysadmin(), lambda college: college_admin()]
)
def test_for_everybody_else_the_pages_do_not_exist(school_class, guardian, who):
    client = client_for(who(school_class.college))
    for page in addresses(guardian, school_class.appointments.get().teacher).values():
        assert client.get(page).status_code == 404
        assert client.post(page, {"purpose": "日常联系"}).status_code == 404
    assert revealed() == []


def test_a_teacher_of_an_earlier_class_of_the_student_sees_no_number(school_class, guardian):
    """The roster of the class one leads still names who moved away; their parents are another teacher's to call."""
    from teachers.services.students import move_to_class

    from .given import day

    new_class = SchoolClassFactory(college=school_class.college)
    move_to_class(office(), guardian.student, school_class=new_class, from_day=day("2024-03-01"))
    client = client_for(school_class.appointments.get().teacher.user)
    page = reverse("teachers:guardian_phone", args=[guardian.student_id, guardian.pk])
    shown = client.get(reverse("teachers:student", args=[guardian.student_id]))
    assert (shown.status_code, page in shown.content.decode()) == (200, False)
    assert client.post(page, {"purpose": "日常联系"}).status_code == 404


def guardian_form(guardian: Guardian, **changes: str) -> tuple[str, dict[str, str]]:
    page = reverse("teachers:guardian_edit", args=[guardian.student_id, guardian.pk])
    return page, {"name": guardian.name, "relation": guardian.relation, "phone": ""} | changes


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, PARENT),
        ({"phone": " 13100001111 "}, "13100001111"),
        ({"phone_clear": "on"}, ""),
        ({"phone": "139****5555"}, PARENT),
        ({"phone": "13100001111", "phone_clear": "on"}, PARENT),
    ],
    ids=["empty stays", "typed replaces", "ticked removes", "masked is refused", "both are refused"],
)
def test_a_number_changes_only_when_a_new_one_is_typed(school_class, guardian, changes, number):
    page, data = guardian_form(guardian, **changes)
    client_for(college_admin(school_class.college)).post(page, data)
    guardian.refresh_from_db()
    assert guardian.phone == number


def test_student_and_teacher_keep_their_numbers_through_their_forms(school_class, guardian):
    teacher, student = school_class.appointments.get().teacher, guardian.student
    client = client_for(college_admin(school_class.college))
    edit = {"name": "改名甲", "sex": "", "exam_no": "", "phone": "", "version": "1"}
    assert client.post(reverse("teachers:student_edit", args=[student.pk]), edit).status_code == 302
    same = {
        "name": teacher.name,
        "college": teacher.college_id,
        "category": teacher.category,
        "sex": "女",
        "version": "1",
    }
    assert client.post(reverse("teachers:teacher_edit", args=[teacher.pk]), same).status_code == 302
    student.refresh_from_db()
    teacher.refresh_from_db()
    assert (student.name, student.phone, teacher.sex, teacher.phone) == ("改名甲", PUPIL, "女", TEACHER)


def test_a_new_number_with_the_same_end_is_noted(school_class, guardian):
    edit = {"name": guardian.student.name, "sex": "", "exam_no": "", "phone": "13199993333", "version": "1"}
    client_for(office()).post(reverse("teachers:student_edit", args=[guardian.student_id]), edit)
    entry = AuditEntry.objects.get(action="teachers.student_update")
    assert (entry.before["手机"], entry.after["手机"]) == ("3333", "3333（已改）")


def test_the_preview_of_an_import_masks_old_and_new_numbers():
    roster = base()
    imported(roster)
    row = [*roster["学生"][0][:8], "13477776666", "闻致远", "父亲", "13511112222"]
    Student.objects.filter(student_no=row[0]).update(phone=PUPIL)
    sent = {"file": SimpleUploadedFile("名册.xlsx", workbook({"学生": [row]}))}
    page = client_for(office()).post(reverse("teachers:import"), sent, follow=True).content.decode()
    assert [shown for shown in ("138****3333", "134****6666", "135****2222") if shown not in page] == []
    assert [whole for whole in (PUPIL, "13477776666", "13511112222") if whole in page] == []


def test_a_roster_with_numbers_leaves_the_house_with_a_note(school_class):
    user = office()
    assert client_for(user).post(reverse("teachers:roster_export")).status_code == 200
    assert AuditEntry.objects.get(action="teachers.roster_export").actor_id == user.pk
