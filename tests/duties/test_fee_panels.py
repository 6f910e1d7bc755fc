"""What fees and graduation put on the start page, and to whom."""

from __future__ import annotations

import pytest

from duties.panels.fees import staff_panel, teacher_panel
from duties.services import awards, records
from duties.services.awards import AwardFields
from tests.duties.fees_given import period
from tests.duties.given import room, written
from tests.duties.graduating_given import graduating
from tests.factories import college_admin, college_head, office
from tests.teachers.given import day

pytestmark = pytest.mark.django_db


@pytest.mark.clause("C4.2c")
def test_a_report_waits_for_college_and_office_and_the_answer_is_told_to_the_teacher():
    here, where = room(), period()
    for kind, values in (("arrears_followup", {"way": "phone"}), ("hardship", {})):
        report = written(here, kind, students=here.students[:1], fee_period=where, text="家中困难", **values)
    head = college_head(here.college)
    for user in (head, college_admin(here.college), office()):
        panel = staff_panel(user)
        assert panel
        assert [(item.label, item.number) for item in panel.items] == [("困难上报待答复", 1)]
    assert staff_panel(college_admin()) is None
    assert teacher_panel(here.user) is None
    records.answer_report(head, report, "同意缓缴", closes=True)
    assert staff_panel(head) is None
    told = teacher_panel(here.user)
    assert told
    assert told.items[0].label == "困难上报有了答复"


@pytest.mark.clause("C6.3a", "C6.3c")
def test_candidates_wait_for_the_college_and_the_graduating_class_for_its_teacher():
    here = graduating(2)
    noticed = AwardFields("专业第一", notice_from=day("2024-02-20"), notice_to=day("2024-02-27"))
    awards.submit(here.user, awards.propose(here.user, here.school_class, here.students[0], noticed))
    panel = staff_panel(college_admin(here.college))
    assert panel
    assert panel.items[0].label == f"优秀毕业生待审批：{here.school_class}"
    assert staff_panel(office()) is None
    own = teacher_panel(here.user)
    assert own
    assert own.items[0].note == "离校办完 0 ÷ 2"
    assert teacher_panel(room().user) is None
