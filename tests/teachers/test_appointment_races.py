"""Two people at the same moment, and deleting what history hangs on."""

import threading

import pytest
from django.db import connection, connections
from django.db.models import ProtectedError

from gaobo_banzhuren.web.errors import UserError
from teachers.models import Appointment, Handover, SchoolClass
from teachers.services import appointments, filing, handovers
from tests.factories import college_admin, office

from .given import SchoolClassFactory, appointed, day, enrolled, teacher_of
from .test_handovers import ALL_DONE


def at_once(*actions):
    """Run the actions in parallel, each on its own connection; return what each gave or the error it met."""
    results, gate = [None] * len(actions), threading.Barrier(len(actions))

    def run(number):
        try:
            gate.wait(timeout=20)
            results[number] = actions[number]()
        except UserError as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.postgres
@pytest.mark.clause("C2.1")
@pytest.mark.django_db(transaction=True)
def test_of_several_appointments_at_once_one_stands():
    school_class = SchoolClassFactory()
    admin = college_admin(school_class.college)
    teachers = [teacher_of(school_class.college) for _ in range(6)]

    def appoint(teacher):
        return lambda: appointments.appoint_acting(
            admin, school_class=school_class, teacher=teacher, starts_on=day("2023-10-09")
        )

    results = at_once(*map(appoint, teachers))
    assert sum(isinstance(result, Appointment) for result in results) == 1
    assert sum(isinstance(result, UserError) for result in results) == 5
    assert Appointment.objects.effective().count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_filings_at_once_one_counts():
    row = appointed(SchoolClassFactory())
    clerks = [office(), office()]

    def file(clerk, number):
        return lambda: filing.file_appointments(
            clerk, [Appointment.objects.get(pk=row.pk)], filing_no=number, filed_on=day("2023-09-20")
        )

    results = at_once(file(clerks[0], "7号"), file(clerks[1], "8号"))
    assert sorted(isinstance(result, UserError) for result in results) == [False, True]
    assert row.filing_events.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_cancelling_and_confirming_a_hand_over_at_once_do_not_both_happen():
    outgoing = appointed(SchoolClassFactory())
    admin = college_admin(outgoing.school_class.college)
    handover = handovers.start_handover(
        admin,
        outgoing,
        teacher=teacher_of(outgoing.school_class.college),
        takes_over_on=day("2023-11-11"),
        reason="工作需要",
    )
    handovers.fill_checklist(admin, handover, ALL_DONE)
    teacher = outgoing.teacher.user
    results = at_once(
        lambda: handovers.confirm(teacher, Handover.objects.get(pk=handover.pk)),
        lambda: handovers.cancel(admin, Handover.objects.get(pk=handover.pk), reason="撤"),
    )
    assert sorted(isinstance(result, UserError) for result in results) == [False, True]
    handover.refresh_from_db()
    outgoing.refresh_from_db()
    confirmed = handover.outgoing_confirmed_at is not None
    assert (handover.state, outgoing.state) == (("open", "ended") if confirmed else ("cancelled", "appointed"))


@pytest.mark.django_db
def test_what_has_a_history_is_not_deleted():
    row = appointed(SchoolClassFactory())
    enrolled(row.school_class, 1)
    filing.ask_back(office(), row, text="类别？")
    for thing in (
        row,
        row.teacher,
        row.teacher.user,
        row.school_class,
        row.school_class.college,
        row.school_class.programme,
    ):
        with pytest.raises(ProtectedError):
            thing.delete()
    with pytest.raises(ProtectedError):
        SchoolClass.objects.all().delete()
    assert Appointment.objects.filter(pk=row.pk).exists()
    assert connection.in_atomic_block
