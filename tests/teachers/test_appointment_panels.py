"""What the start page says about appointments, and the maintenance pages that only show."""

import pytest
from django.urls import reverse

from teachers import panels
from teachers.models import Appointment, Dismissal, Handover, Leave, Nomination
from teachers.services import dismissals, filing, handovers, nominations
from tests.factories import client_for, college_admin, college_head, office, sysadmin, today

from .given import SchoolClassFactory, appointed, day, on_leave, teacher_of
from .test_handovers import ALL_DONE
from .test_nominations import confirmed, drafted

pytestmark = pytest.mark.django_db


@pytest.fixture
def college():
    return SchoolClassFactory().college


def lines(panel):
    return [(item.label, item.number) for item in panel.items]


@pytest.mark.clause("A-27", "C2.3", "C11.1")
def test_the_college_sees_what_it_has_to_do_and_nothing_of_others(college):
    admin, head = college_admin(college), college_head(college)
    appointed(SchoolClassFactory(college=college), planned_end_on=today())
    questioned = appointed(SchoolClassFactory(college=college))
    filing.ask_back(office(), questioned, text="类别？")
    drafted(admin, SchoolClassFactory(college=college))
    nominations.submit(admin, confirmed(admin, drafted(admin, SchoolClassFactory(college=college))))
    foreign = SchoolClassFactory()
    drafted(college_admin(foreign.college), foreign)

    assert lines(panels.college_panel(admin)) == [
        ("班级没有班主任", 3),
        ("备案退问等答复", 1),
        ("聘期将满或已满", 1),
        ("提名还是草稿", 1),
        ("聘任未备案", 1),
    ]
    assert ("提名等您决定", 1) in lines(panels.college_panel(head))
    assert panels.college_panel(admin).action.label == "处理空缺"


def test_a_college_without_anything_to_do_is_told_so(college):
    school_class = college.classes.get()
    appointed(school_class, state="filed", filed_on=day("2023-09-10"))

    panel = panels.college_panel(college_admin(college))
    assert (panel.items, panel.action) == ([], None)
    assert "没有待办" in panel.empty


def test_the_office_sees_the_whole_school(college):
    one = appointed(college.classes.get())
    appointed(SchoolClassFactory())
    SchoolClassFactory()
    dismissals.propose(
        college_admin(college),
        teacher=one.teacher,
        college=college,
        ground="玩忽职守",
        facts="x",
        effective_on=day("2024-05-01"),
    )
    assert lines(panels.office_panel(office())) == [("聘任待备案", 2), ("解聘待登记学校决定", 1), ("班级没有班主任", 1)]


@pytest.mark.clause("C2.1", "C2.2")
def test_a_teacher_sees_the_own_hand_over_in_turn_and_the_own_dismissal(college):
    admin, one, new = college_admin(college), appointed(college.classes.get()), teacher_of(college)
    old = one.teacher.user
    assert panels.teacher_panel(old) is None
    handover = handovers.start_handover(admin, one, teacher=new, takes_over_on=day("2023-11-11"), reason="工作需要")
    assert len(panels.teacher_panel(old).items) == 1
    assert panels.teacher_panel(new.user) is None
    handovers.fill_checklist(old, handover, ALL_DONE)
    handovers.confirm(old, handover)
    assert panels.teacher_panel(old) is None
    assert panels.teacher_panel(new.user).action.url == handover.get_absolute_url()

    dismissal = dismissals.propose(
        admin, teacher=new, college=college, ground="玩忽职守", facts="x", effective_on=day("2024-05-01")
    )
    assert [item.url for item in panels.teacher_panel(new.user).items][1] == dismissal.get_absolute_url()
    page = client_for(new.user).get("/").content.decode()
    assert "学院提出了对您的解聘" in page


@pytest.mark.parametrize("model", [Appointment, Nomination, Handover, Dismissal, Leave])
def test_maintenance_pages_show_and_never_change(college, model):
    admin = college_admin(college)
    one = appointed(college.classes.get())
    on_leave(one.teacher, "2024-03-01", "2024-03-02")
    drafted(admin, SchoolClassFactory(college=college))
    second = appointed(SchoolClassFactory(college=college))
    handovers.start_handover(
        admin, second, teacher=teacher_of(college), takes_over_on=day("2023-11-11"), reason="工作需要"
    )
    dismissals.propose(
        admin, teacher=one.teacher, college=college, ground="玩忽职守", facts="机密事实", effective_on=day("2024-05-01")
    )
    name, row = model._meta.model_name, model.objects.first()
    listing, change = (
        reverse(f"admin:teachers_{name}_changelist"),
        reverse(f"admin:teachers_{name}_change", args=[row.pk]),
    )
    clerk = client_for(office())
    assert clerk.get(listing).status_code == 200
    page = clerk.get(change)
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert "机密事实" not in page.content.decode()
    before = model.objects.values().get(pk=row.pk)
    assert clerk.post(change, {"state": "voided"}).status_code == 403
    assert clerk.post(reverse(f"admin:teachers_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert model.objects.values().get(pk=row.pk) == before
    for stranger in (admin, one.teacher.user):
        assert client_for(stranger).get(listing).status_code == 404
    # System administrators may come in, and see none of these rows (they hold no role in the workflow).
    assert client_for(sysadmin()).get(change).status_code in (302, 404)
