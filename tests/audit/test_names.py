"""The log names students by number: it is read by people who have no business with names."""

import pytest
from django.db import transaction

from gaobo_banzhuren.audit.services import record
from tests.duties.given import room
from tests.factories import audit_entries

pytestmark = pytest.mark.django_db


def test_a_student_stands_in_the_log_by_number():
    student = room(1).students[0]
    with transaction.atomic():
        record(None, "teachers.student_update", student)
    entry = audit_entries()[-1]
    assert entry.object_text == f"学号 {student.student_no}"
    assert student.name not in entry.object_text
    assert entry.object_id == str(student.pk)


def test_what_has_no_name_to_hide_stands_by_its_own():
    here = room(1)
    with transaction.atomic():
        record(None, "teachers.class_update", here.school_class)
    assert audit_entries()[-1].object_text == str(here.school_class)
