"""Pages of classes, students and class teachers: who gets in, what stands there, what a form does."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaobo_banzhuren.accounts.names import pinyin_of
from gaobo_banzhuren.accounts.roles import Role
from teachers.finding import find_students
from teachers.models import ClassTeacher, RosterEntry, SchoolClass, Student
from tests.factories import auditor, client_for, college_admin, college_head, hr, office, person, sysadmin

from .given import SchoolClassFactory, appointed, day, enrolled, teacher_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    """A class of three with its teacher."""
    school_class = SchoolClassFactory(name="会计学23专接本1班")
    enrolled(school_class, 3)
    appointed(school_class, teacher_of(school_class.college))
    return school_class


@pytest.fixture
def foreign():
    school_class = SchoolClassFactory(name="别院机密班")
    enrolled(school_class, 2)
    appointed(school_class, teacher_of(school_class.college))
    return school_class


def text_of(user, name, *args, **query) -> str:
    response = client_for(user).get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


LISTS = ("teachers:classes", "teachers:students", "teachers:people")


@pytest.mark.parametrize("name", LISTS)
def test_a_college_sees_only_its_own_in_lists(own, foreign, name):
    page = text_of(college_admin(own.college), name)
    for student in Student.objects.filter(roster_entries__school_class=foreign):
        assert student.student_no not in page
    assert "别院机密班" not in page
    assert foreign.appointments.get().teacher.name not in page


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", [hr, sysadmin, auditor])
def test_lists_do_not_exist_for_people_without_business_there(own, name, who):
    assert client_for(who()).get(reverse(name)).status_code == 404


def test_a_foreign_class_looks_like_a_missing_one(own, foreign):
    client = client_for(college_admin(own.college))
    strange = client.get(reverse("teachers:class", args=[foreign.pk]))
    missing = client.get(reverse("teachers:class", args=[foreign.pk + 1000]))
    assert (strange.status_code, missing.status_code) == (404, 404)
    assert strange.content == missing.content


def test_the_class_page_shows_headcount_names_teacher_and_timeline(own):
    page = text_of(college_head(own.college), "teachers:class", own.pk)
    assert "会计学23专接本1班" in page
    for entry in RosterEntry.objects.filter(school_class=own):
        assert entry.student.student_no in page
    assert own.appointments.get().teacher.name in page


@pytest.mark.clause("C0.2")
def test_the_roster_of_any_day_can_be_looked_at(own):
    late = enrolled(own, 1, first="2024-03-01")[0]
    page = text_of(office(), "teachers:class", own.pk, day="2024-02-29")
    assert late.student_no not in page
    assert "2024-02-29 在读 3 人" in page
    assert "2024-03-01 在读 4 人" in text_of(office(), "teachers:class", own.pk, day="2024-03-01")


def test_a_day_written_wrongly_shows_today_and_says_so(own):
    assert "日期写得不对" in text_of(office(), "teachers:class", own.pk, day="2024-02-31")


def test_a_teacher_opens_the_own_class_and_no_other(own, foreign):
    teacher = own.appointments.get().teacher.user
    assert "会计学23专接本1班" in text_of(teacher, "teachers:my_classes")
    assert client_for(teacher).get(reverse("teachers:class", args=[own.pk])).status_code == 200
    assert client_for(teacher).get(reverse("teachers:class", args=[foreign.pk])).status_code == 404
    student = foreign.roster_entries.first().student
    assert client_for(teacher).get(reverse("teachers:student", args=[student.pk])).status_code == 404


def test_who_assesses_reads_the_names_of_a_class_but_opens_no_student(own):
    assessor, student = person(Role.ASSESSOR, own.college), own.roster_entries.first().student
    link = reverse("teachers:student", args=[student.pk])
    roster = text_of(assessor, "teachers:class", own.pk)
    assert (student.name in roster, link in roster) == (True, False)
    assert link in text_of(college_admin(own.college), "teachers:class", own.pk)
    assert client_for(assessor).get(link).status_code == 404
    assert find_students(assessor, student.student_no, 5) == []


def test_a_search_without_a_hit_is_not_taken_for_an_empty_house(own):
    client = client_for(college_admin(own.college))
    page = client.post(reverse("teachers:classes"), {"text": "没有这个班"}, follow=True).content.decode()
    assert ("没有符合条件的班级" in page, "还没有班级" in page) == (True, False)


def test_with_one_college_there_is_no_choice_and_no_column_of_colleges(own, foreign):
    assert 'data-label="学院"' in text_of(office(), "teachers:classes")
    page = text_of(college_admin(own.college), "teachers:classes")
    assert ('data-label="学院"' in page, '<label for="id_college">' in page) == (False, False)


@pytest.mark.clause("C2.1")
def test_after_the_last_day_the_class_is_closed_to_the_former_teacher():
    school_class = SchoolClassFactory()
    former = appointed(school_class, first="2023-09-01", last="2023-12-31").teacher.user
    assert client_for(former).get(reverse("teachers:class", args=[school_class.pk])).status_code == 404
    assert school_class.name in text_of(former, "teachers:teacher", former.class_teacher.pk)


@pytest.mark.parametrize("name", ["teachers:class_create", "teachers:student_create", "teachers:teacher_create"])
def test_only_keepers_of_the_roster_reach_its_forms(own, name):
    assert client_for(college_admin(own.college)).get(reverse(name)).status_code == 200
    assert client_for(office()).get(reverse(name)).status_code == 200
    for who in (college_head(own.college), hr(), own.appointments.get().teacher.user):
        assert client_for(who).get(reverse(name)).status_code == 404


def test_a_class_is_made_by_the_form(own):
    admin = college_admin(own.college)
    data = {
        "code": "Z9", "college": own.college.pk, "name": "软件工程24自考9班", "project_type": "自考助学", "sponsor": "",
        "major": "软件工程", "entry_year": "2024", "opens_on": "2024-03-01",
    }  # fmt: skip
    response = client_for(admin).post(reverse("teachers:class_create"), data)
    made = SchoolClass.objects.get(code="Z9")
    assert response["Location"] == reverse("teachers:class", args=[made.pk])


@pytest.mark.clause("C0.1")
def test_a_class_without_a_project_type_is_refused_by_name(own):
    data = {"code": "Z9", "college": own.college.pk, "name": "无类型班", "opens_on": "2024-03-01"}
    response = client_for(college_admin(own.college)).post(reverse("teachers:class_create"), data)
    assert "项目类型" in response.content.decode()
    assert not SchoolClass.objects.filter(code="Z9").exists()


def test_a_foreign_college_posted_into_the_form_is_refused(own, foreign):
    data = {
        "code": "Z9",
        "college": foreign.college.pk,
        "name": "越权班",
        "project_type": "专接本",
        "opens_on": "2024-03-01",
    }
    response = client_for(college_admin(own.college)).post(reverse("teachers:class_create"), data)
    assert response.status_code == 200
    assert not SchoolClass.objects.filter(code="Z9").exists()


def test_a_student_withdraws_by_the_form(own):
    student = own.roster_entries.first().student
    url = reverse("teachers:student_state", args=[student.pk])
    client_for(college_admin(own.college)).post(url, {"state": "退学", "from_day": "2023-11-01", "note": ""})
    assert own.roster_entries.filter(student=student, state="退学", starts_on=day("2023-11-01")).exists()


def test_a_student_is_not_moved_into_a_foreign_class(own, foreign):
    student = own.roster_entries.first().student
    url = reverse("teachers:student_move", args=[student.pk])
    client_for(college_admin(own.college)).post(url, {"school_class": foreign.pk, "from_day": "2023-11-01"})
    assert not foreign.roster_entries.filter(student=student).exists()


def test_a_stale_class_form_is_told_and_keeps_the_text(own):
    admin = college_admin(own.college)
    data = {"name": "新名", "project_type": "专接本", "opens_on": "2023-09-01", "version": own.version}
    url = reverse("teachers:class_edit", args=[own.pk])
    assert client_for(admin).post(url, data).status_code == 302
    response = client_for(admin).post(url, data | {"name": "迟到的改名"})
    assert response.status_code == 409
    assert "迟到的改名" in response.content.decode()
    own.refresh_from_db()
    assert own.name == "新名"


def test_a_name_that_cannot_be_printed_is_refused_when_entered(own):
    data = {"staff_no": "7001", "name": "张\U0001f600", "college": own.college.pk, "category": "校内"}
    response = client_for(college_admin(own.college)).post(reverse("teachers:teacher_create"), data)
    assert "无法打印" in response.content.decode()
    assert not ClassTeacher.objects.filter(user__staff_no="7001").exists()


@pytest.mark.parametrize(("query", "number"), [("会计", 1), ("kjx23zjb1b", 1), ("kuaijixue", 1), ("不存在", 0)])
def test_classes_are_found_by_characters_pinyin_and_initials(own, query, number):
    own.name_pinyin, own.name_initials = pinyin_of(own.name)
    own.save()
    response = client_for(college_admin(own.college)).post(reverse("web:search"), {"q": query})
    assert response.content.decode().count(reverse("teachers:class", args=[own.pk])) == number


def test_search_finds_nothing_foreign(own, foreign):
    page = client_for(college_admin(own.college)).post(reverse("web:search"), {"q": "别院"}).content.decode()
    assert reverse("teachers:class", args=[foreign.pk]) not in page


@pytest.mark.parametrize("name", LISTS)
def test_lists_ask_the_same_number_of_questions_for_few_and_many(own, name):
    admin = college_admin(own.college)

    def queries() -> int:
        client = client_for(admin)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        return len(captured)

    few = queries()
    for _ in range(4):
        more = SchoolClassFactory(college=own.college)
        enrolled(more, 4)
        appointed(more, teacher_of(own.college))
    assert queries() == few


def test_students_are_searched_without_their_name_in_the_address(own):
    wanted = own.roster_entries.first().student
    wanted.name, (wanted.name_pinyin, wanted.name_initials) = "单雨桐", pinyin_of("单雨桐")
    wanted.save()
    client = client_for(college_admin(own.college))
    answer = client.post(reverse("teachers:students"), {"text": "syt"}, follow=True)
    page = answer.content.decode()
    assert "syt" not in answer.redirect_chain[-1][0]
    assert wanted.student_no in page
    others = own.roster_entries.exclude(student=wanted)
    assert [entry.student.student_no in page for entry in others] == [False, False]


def test_the_start_page_leads_a_teacher_to_the_own_classes(own, foreign):
    page = text_of(own.appointments.get().teacher.user, "web:home")
    assert reverse("teachers:class", args=[own.pk]) in page
    assert "3 人" in page
    assert foreign.name not in page
