"""Classes and their dates."""

from __future__ import annotations

import pytest

from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import Phase, SchoolClass
from teachers.services import classes, people
from tests.factories import CollegeFactory, college_admin, office

from .given import SchoolClassFactory, appointed, day, teacher_of

pytestmark = pytest.mark.django_db


def fields(**changes):
    values = {
        "name": "会计学23专接本1班", "project_type": "专接本", "sponsor": "江南测试大学", "major": "会计学", "entry_year": 2023,
        "opens_on": day("2023-09-01"), "teaching_ends_on": None, "closes_on": None,
    }  # fmt: skip
    return classes.ClassFields(**(values | changes))


@pytest.mark.clause("C0.1")
def test_a_class_has_one_of_the_two_project_types():
    college = CollegeFactory()
    made = classes.create_class(college_admin(college), code="Z1", college=college, fields=fields())
    assert made.programme.project_type == "专接本"
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        classes.create_class(college_admin(college), code="Z2", college=college, fields=fields(project_type=""))


@pytest.mark.clause("C10.2.1d", "A-11")
@pytest.mark.parametrize(
    ("on", "phase"),
    [
        ("2023-08-31", Phase.BEFORE),
        ("2023-09-01", Phase.TEACHING),
        ("2024-06-20", Phase.TEACHING),
        ("2024-06-21", Phase.GRADUATING),
        ("2024-08-20", Phase.GRADUATING),
        ("2024-08-21", Phase.CLOSED),
    ],
)
def test_the_dates_give_the_phase(on, phase):
    made = SchoolClass(opens_on=day("2023-09-01"), teaching_ends_on=day("2024-06-20"), closes_on=day("2024-08-20"))
    assert made.phase_on(day(on)) == phase


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"teaching_ends_on": day("2023-08-31")}, "教学结束日期 2023-08-31 早于开班日期"),
        (
            {"teaching_ends_on": day("2024-06-20"), "closes_on": day("2024-06-19")},
            "结班日期 2024-06-19 早于 2024-06-20",
        ),
        ({"name": " "}, "请填写班级名称"),
    ],
)
def test_dates_out_of_order_are_refused(changes, message):
    college = CollegeFactory()
    with pytest.raises(UserError, match=message):
        classes.create_class(college_admin(college), code="Z1", college=college, fields=fields(**changes))
    assert not SchoolClass.objects.exists()


def test_a_code_is_used_once():
    made = SchoolClassFactory()
    with pytest.raises(UserError, match="已被占用"):
        classes.create_class(office(), code=made.code, college=made.college, fields=fields())


def test_two_people_editing_one_class_are_told():
    made = SchoolClassFactory()
    admin = college_admin(made.college)
    classes.update_class(admin, made, fields=fields(teaching_ends_on=day("2024-06-20")), version=1)
    with pytest.raises(StaleError, match="刚被他人修改"):
        classes.update_class(admin, made, fields=fields(name="另一个名字"), version=1)
    made.refresh_from_db()
    assert (made.name, made.teaching_ends_on) == ("会计学23专接本1班", day("2024-06-20"))


def test_saving_without_a_change_leaves_no_entry():
    made = SchoolClassFactory()
    admin = college_admin(made.college)
    classes.update_class(admin, made, fields=fields(), version=1)
    count = AuditEntry.objects.filter(action="teachers.class_update").count()
    classes.update_class(admin, made, fields=fields(), version=2)
    assert AuditEntry.objects.filter(action="teachers.class_update").count() == count


def test_a_class_does_not_open_after_its_teacher_came():
    made = SchoolClassFactory()
    appointed(made)
    with pytest.raises(UserError, match="开班日期不能晚于这一天"):
        classes.update_class(college_admin(made.college), made, fields=fields(opens_on=day("2023-10-01")), version=1)


def test_another_college_cannot_touch_the_class():
    made = SchoolClassFactory()
    with pytest.raises(NotAllowed):
        classes.update_class(college_admin(CollegeFactory()), made, fields=fields(), version=1)


def test_a_new_class_teacher_has_an_account_that_cannot_sign_in_yet():
    college = CollegeFactory()
    made = people.create_teacher(
        college_admin(college), staff_no="020010073", name="单雨桐", college=college, category="外聘"
    )
    assert (made.staff_no, made.category, made.user.name_pinyin) == ("020010073", "外聘", "shanyutong")
    assert not made.user.has_usable_password()
    assert made.user.access.roles == {"class_teacher"}


def test_a_staff_number_is_used_once():
    college = CollegeFactory()
    people.create_teacher(college_admin(college), staff_no="7001", name="单雨桐", college=college)
    with pytest.raises(UserError, match="工号 7001 已被占用"):
        people.create_teacher(college_admin(college), staff_no="7001", name="另一人", college=college)


def test_a_teacher_edited_by_two_is_told():
    teacher = teacher_of()
    admin = college_admin(teacher.college)
    same = {"name": teacher.name, "college": teacher.college, "sex": "女", "phone": ""}
    people.update_teacher(admin, teacher, version=1, category="退休", **same)
    with pytest.raises(StaleError):
        people.update_teacher(admin, teacher, version=1, category="外聘", **same)
    teacher.refresh_from_db()
    assert teacher.category == "退休"
