"""What a confidential record could tell on ways that are not its own page: the log, maintenance pages, books, lists."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from duties.attention import attention_for, seen_by
from duties.checklist import checklist_of
from duties.handbook import handbook_of
from duties.measures.behind import Asked, behind
from duties.models import (
    AttendanceMark,
    AttendanceSession,
    Course,
    ExamResult,
    ExamSession,
    FeeDue,
    FeePeriod,
    RecordTag,
    SpecialStudent,
    WeakStudent,
    WorkRecord,
)
from duties.services import records, specials, talk_plans
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.web.errors import UserError
from tests.access.world import PDF
from tests.duties.given import MONDAY, Room, room, term_of, written
from tests.duties.tasks_given import at_time
from tests.duties.test_record_reading import hand_over
from tests.factories import audit_entries, client_for, college_admin, college_head, office, sysadmin
from tests.teachers.given import appointed, day, teacher_of

pytestmark = pytest.mark.django_db
CANARY = "只有我知道的话"
NAME = "甄小雀"
STAFF = ("admin", "office")


def named(here: Room) -> None:
    student = here.students[0]
    student.name = NAME
    student.save()


def about(here: Room, kind: str, **values: object) -> WorkRecord:
    named(here)
    return written(here, kind, students=here.students[:1], **values)  # type: ignore[arg-type]


def staff(here: Room, who: str) -> User:
    made = {"admin": lambda: college_admin(here.college), "head": lambda: college_head(here.college), "office": office}
    return made[who]()


def successor_of(here: Room) -> User:
    hand_over(here)
    successor = teacher_of(here.college)
    appointed(here.school_class, successor, "2024-04-01")
    return successor.user


def logged(*actions: str) -> str:
    entries = [entry for action in actions for entry in audit_entries(action)]
    assert entries
    return repr([(one.object_text, one.before, one.after, one.reason) for one in entries])


# the log


@pytest.mark.clause("A-87", "C5.1b")
def test_the_log_names_neither_the_student_nor_the_kind_of_a_confidential_mark():
    here = room()
    named(here)
    special = specials.mark(
        here.user, here.school_class, here.students[0], kind="mind", level="watch", since=MONDAY, note=CANARY
    )
    specials.read_note(college_head(here.college), special)
    specials.lift(here.user, special, timezone.localdate(), version=special.version)
    text = logged("duties.special_mark", "duties.special_read", "duties.special_lift")
    for word in (NAME, here.students[0].student_no, "心理", CANARY):
        assert word not in text
    assert NAME not in str(SpecialStudent.objects.get())


@pytest.mark.clause("A-87")
def test_why_a_confidential_record_was_taken_back_is_read_by_who_may_read_it():
    here = room()
    talk = about(here, "talk", category="mind")
    records.void(here.user, talk, f"写错了人，不是{NAME}")
    for who in STAFF:
        assert NAME not in client_for(staff(here, who)).get(talk.get_absolute_url()).content.decode(), who
    assert NAME in client_for(here.user).get(talk.get_absolute_url()).content.decode()
    assert NAME not in logged("duties.record_void")
    open_one = written(here, "class_meeting")
    records.void(here.user, open_one, "登记了两次")
    assert "登记了两次" in client_for(staff(here, "admin")).get(open_one.get_absolute_url()).content.decode()


# maintenance pages


@pytest.mark.clause("A-87")
@pytest.mark.parametrize("who", [sysadmin, office])
def test_the_maintenance_pages_join_no_student_tag_or_file_to_a_confidential_record(who):
    here = room()
    case = about(here, "case_study")
    RecordTag.objects.create(record=case, group=RecordTag.Group.OWN, value=CANARY)
    records.attach(here.user, case, [SimpleUploadedFile(f"{CANARY}.pdf", PDF)])
    about(here, "talk", privacy="private")
    talk = about(here, "talk", category="mind", place=CANARY)
    client = client_for(who())
    shown = client.get(reverse("admin:duties_workrecord_change", args=[talk.pk]), follow=True).content.decode()
    assert CANARY not in shown
    for model in ("recordstudent", "recordtag", "recordnote", "recordfile", "recordclass", "workrecord"):
        page = client.get(reverse(f"admin:duties_{model}_changelist")).content.decode()
        assert NAME not in page, model
        assert CANARY not in page, model
    link = case.student_links.get()
    answer = client.get(reverse("admin:duties_recordstudent_change", args=[link.pk]), follow=True)
    assert NAME not in answer.content.decode()
    files = client.get(reverse("admin:documents_storedfile_changelist")).content.decode()
    assert CANARY not in files
    for stored in StoredFile.objects.all():
        page = client.get(reverse("admin:documents_storedfile_change", args=[stored.pk]), follow=True)
        assert CANARY not in page.content.decode()
    found = client.get(reverse("admin:documents_storedfile_changelist"), {"q": CANARY})
    assert found.context["cl"].result_count == 0


def test_the_system_administrator_sees_no_absences_of_single_students():
    here = room()
    named(here)
    session = AttendanceSession.objects.create(
        school_class=here.school_class, day=MONDAY, period="1-2节", due=5, present=4, absent=1
    )
    AttendanceMark.objects.create(session=session, student=here.students[0], mark="absent")
    address = reverse("admin:duties_attendancemark_changelist")
    assert NAME not in client_for(sysadmin()).get(address).content.decode()
    assert NAME in client_for(office()).get(address).content.decode()


# books


@pytest.mark.clause("A-87")
@pytest.mark.parametrize("who", ["admin", "office", "head"])
def test_the_handbook_of_others_names_nobody_out_of_confidential_records(who):
    """Trap 20: what a list does not name, a bound book does not either."""
    here = room()
    about(here, "case_study", category="money")
    if who != "head":
        about(here, "talk", category="money")
    text = repr([one for one in handbook_of(staff(here, who), here.school_class, term_of("2024-03-18")).sections
                 if one.key in ("talks", "cases")])  # fmt: skip
    assert NAME not in text
    assert "经济" not in text
    assert "另有 1 条保密记录" in text  # the case
    assert NAME in repr(handbook_of(here.user, here.school_class, term_of("2024-03-18")))


# lists


@pytest.mark.clause("A-87")
def test_a_return_visit_does_not_tell_the_college_whom_a_talk_was_about():
    here = room()
    about(here, "talk", follow_up_on=day("2024-03-25"))
    entries = attention_for([here.school_class.pk], day("2024-04-30"))
    assert len(entries) == 1
    assert len(seen_by(here.user, entries)) == 1
    assert len(seen_by(college_head(here.college), entries)) == 1
    for who in STAFF:
        assert seen_by(staff(here, who), entries) == [], who


@pytest.mark.clause("A-87")
@pytest.mark.parametrize("who", ["admin", "office", "head"])
def test_the_overview_of_a_class_names_nobody_out_of_a_psychological_record(who):
    here = room()
    about(here, "talk", category="mind", follow_up_on=day("2024-03-25"))
    address = f"{reverse('duties:class_overview', args=[here.school_class.pk])}?term={term_of('2024-03-18').pk}"
    with at_time("2024-04-30"):
        page = client_for(staff(here, who)).get(address)
    assert page.context["overview"].attention == []


@pytest.mark.clause("A-87", "C5.2")
def test_the_talk_plan_of_the_successor_does_not_tell_whom_the_former_teacher_spoke_with_in_confidence():
    here = room()
    about(here, "talk", category="mind")
    written(here, "talk", students=here.students[1:2], privacy="private")
    written(here, "talk", students=here.students[2:3])
    user = successor_of(here)
    with at_time("2024-04-29"):
        found = talk_plans.rows_of(user, here.school_class, term_of("2024-03-18"))
        own = talk_plans.rows_of(here.user, here.school_class, term_of("2024-03-18"))
    assert [row.student.pk for row in found if row.done] == [here.students[2].pk]
    assert sum(row.done for row in own) == 3


@pytest.mark.clause("A-87")
@pytest.mark.parametrize("who", STAFF)
def test_who_still_waits_for_a_talk_does_not_tell_who_had_one(who):
    here = room()
    about(here, "talk")
    asked = [Asked(here.school_class, day("2024-03-01"), day("2024-03-31"), user, day("2024-03-31"))
             for user in (staff(here, who), here.user)]  # fmt: skip
    assert behind("talk_coverage", asked[0]).lacking == []
    assert len(behind("talk_coverage", asked[1]).lacking) == 4


@pytest.mark.clause("A-87", "C5.4b")
def test_the_list_of_truants_does_not_say_that_it_was_a_confidential_talk():
    here = room()
    named(here)
    for on in ("2024-04-08", "2024-04-15", "2024-04-22"):
        session = AttendanceSession.objects.create(
            school_class=here.school_class, day=day(on), period="1-2节", due=5, present=4, absent=1
        )
        AttendanceMark.objects.create(session=session, student=here.students[0], mark="absent")
    about(here, "talk", on="2024-04-23", category="mind")
    address = reverse("duties:absentees", args=[here.school_class.pk])
    with at_time("2024-04-29"):
        own = client_for(here.user).get(address).content.decode()
        theirs = client_for(staff(here, "admin")).get(address).content.decode()
    assert "谈心谈话" in own
    assert "已处理" in theirs
    assert "谈心谈话" not in theirs
    assert "2024-04-23" not in theirs


def test_a_link_to_an_exam_session_of_another_college_names_nothing():
    here, there = room(), room()
    foreign = ExamSession.objects.create(
        name=CANARY, starts_on=day("2024-04-13"), ends_on=day("2024-04-14"), college=there.college
    )
    page = client_for(here.user).get(f"{reverse('duties:records')}?session={foreign.pk}").content.decode()
    assert CANARY not in page


# kept for oneself


@pytest.mark.clause("A-87")
def test_a_note_for_oneself_stays_so_when_it_is_about_the_mind():
    here = room()
    kept = about(here, "talk", category="mind", privacy="private")
    assert kept.privacy == "private"
    other = about(here, "talk", privacy="private")
    records.correct(here.user, other, {"category": "mind"}, "类别选错")
    other.refresh_from_db()
    assert other.privacy == "private"
    assert not WorkRecord.objects.visible_to(college_head(here.college)).exists()


@pytest.mark.parametrize("kind", ["honour", "discipline"])
def test_what_the_college_has_to_decide_cannot_be_kept_for_oneself(kind):
    """Nobody would ever see that it waits."""
    here = room()
    with pytest.raises(UserError, match="仅本人"):
        about(here, kind, privacy="private")


# after a hand-over


def test_the_draft_of_a_former_teacher_opens_no_later_roster_and_stays_with_its_class():
    here = room()
    draft = written(here, "class_meeting", archive=False)
    hand_over(here)
    newcomer = enrolled_later(here)
    client = client_for(here.user)
    address = reverse("duties:record_edit", args=[draft.public_id])
    for led in (False, True):
        if led:
            later = room(teacher=here.teacher, first="2024-04-01")
        for on in ("2024-04-22", "2024-03-18"):
            page = client.post(address, {"happened_on": on, "title": ""}).content.decode()
            assert newcomer not in page
            assert (str(here.students[0].student_no) in page) is (on == "2024-03-18")
    client.post(address, {"happened_on": "2024-03-18", "title": "学期安排", "text": "记录。", "do": "archive",
                          "classes": [here.school_class.pk], "version": draft.version})  # fmt: skip
    draft.refresh_from_db()
    assert draft.state == "archived"
    assert [link.school_class for link in draft.class_links.all()] == [here.school_class]
    assert later.school_class not in draft.classes.all()


def enrolled_later(here: Room) -> str:
    from tests.teachers.given import enrolled

    (student,) = enrolled(here.school_class, 1, first="2024-04-10")
    student.name = "后来甲"
    student.save()
    return "后来甲"


# lists that a record takes a student off


@pytest.mark.clause("A-87", "C4.2b", "C4.2c")
def test_the_list_of_debtors_says_of_a_confidential_talk_only_that_something_was_done():
    here = room()
    named(here)
    period = FeePeriod.objects.create(name="2024 年春季学费", starts_on=day("2024-03-01"), deadline=day("2024-04-30"))
    FeeDue.objects.create(
        period=period, student=here.students[0], school_class=here.school_class, due_fen=320_000, paid_fen=0
    )
    about(here, "talk", category="arrears", privacy="private")
    about(here, "hardship", fee_period=period, text=CANARY)
    address = reverse("duties:arrears", args=[period.pk, here.school_class.pk])
    with at_time("2024-03-29"):
        own = client_for(here.user).get(address).content.decode()
        theirs = client_for(staff(here, "office")).get(address).content.decode()
    assert "谈心谈话" in own
    assert "困难上报" in own
    assert "谈心谈话" not in theirs
    assert "已跟进" in theirs
    assert "困难上报" in theirs  # who answers the report sees it
    user = successor_of(here)
    with at_time("2024-04-29"):
        successor = client_for(user).get(address).content.decode()
        due = client_for(user).get(reverse("duties:fee_due", args=[FeeDue.objects.get().pk])).content.decode()
    for page in (successor, due):
        assert NAME in page
        assert "谈心谈话" not in page
        assert "待认定" not in page


@pytest.mark.clause("A-87", "C4.3")
def test_the_tick_of_a_talk_about_a_retake_leads_only_those_to_it_who_may_know_whom_it_was_with():
    here = room()
    named(here)
    session = ExamSession.objects.create(
        name="2024 年 3 月统考", starts_on=day("2024-03-02"), ends_on=day("2024-03-03"), results_on=day("2024-03-10")
    )
    course = Course.objects.create(code="00041", name="基础会计学")
    ExamResult.objects.create(
        session=session, course=course, student=here.students[0], school_class=here.school_class, status="不合格"
    )
    talk = about(here, "talk", category="retake")
    address = reverse("duties:retakes", args=[here.school_class.pk])
    for who in ("admin", "office", "head"):
        page = client_for(staff(here, who)).get(address).content.decode()
        assert "已谈话" in page
        assert (talk.get_absolute_url() in page) is (who == "head"), who
        assert ("03-18 已谈话" in page) is (who == "head"), who
    assert talk.get_absolute_url() in client_for(here.user).get(address).content.decode()


# nothing counts otherwise than it was decided, nothing is lost in silence


@pytest.mark.clause("A-35", "C9.2.3.2")
def test_a_confirmed_violation_is_not_turned_into_something_lighter_by_its_author():
    here = room()
    found = about(here, "discipline", level="demerit")
    records.correct(here.user, found, {"level": "warning"}, "写错了")  # before the decision
    records.decide(college_head(here.college), found, "confirmed", "属实")
    found.refresh_from_db()
    for change in ({"level": "note"}, {"happened_on": day("2024-03-11")}):
        with pytest.raises(UserError, match="已经认定"):
            records.correct(here.user, found, change, "改轻一点")
    records.correct(here.user, found, {"text": "补写经过。"}, "补充")
    found.refresh_from_db()
    assert (found.level, found.text) == ("warning", "补写经过。")


def test_a_cut_export_says_that_it_is_cut(monkeypatch):
    here = room()
    monkeypatch.setattr("duties.views.records.MOST_EXPORTED", 2)
    for number in range(3):
        written(here, "worklog", text=f"第 {number} 篇")
        answer = client_for(here.user).post(reverse("duties:records"), {"export": "xlsx"})
        cells = [str(cell.value) for row in load_workbook(BytesIO(answer.content)).active.iter_rows() for cell in row]
        assert any("只导出前 2 条" in cell for cell in cells) is (number == 2)


def test_a_nul_is_dropped_where_no_form_checks_the_text():
    """PostgreSQL stores none; a list that remembered one would never open again."""
    here = room()
    client = client_for(here.user)
    client.post(reverse("duties:records"), {"text": "谈\x00话"})
    assert client.get(reverse("duties:records")).context["text"] == "谈话"
    address = reverse("duties:roll_call", args=[here.school_class.pk])
    client.post(address, {"day": "2024-03-18", "period": "1-2节", "course_name": "会\x00计", "client_id": "a\x00"})
    session = AttendanceSession.objects.get()
    assert (session.course_name, session.client_id) == ("会计", "a")


@pytest.mark.clause("A-87", "C5.5e", "C6.1b")
def test_ticks_by_a_note_for_oneself_show_no_day_to_others():
    here = room()
    named(here)
    student, term = here.students[0], term_of("2024-03-18")
    session = ExamSession.objects.create(
        name="2024 年 3 月统考", starts_on=day("2024-03-02"), ends_on=day("2024-03-03"), results_on=day("2024-03-10")
    )
    for code in ("00041", "00042"):
        course = Course.objects.create(code=code, name=f"课程 {code}")
        ExamResult.objects.create(
            session=session, course=course, student=student, school_class=here.school_class, status="不合格"
        )
    WeakStudent.objects.create(
        student=student,
        school_class=here.school_class,
        term=term,
        basis="名单",
        listed_on=day("2024-03-11"),
        listed_by=here.user,
    )
    about(here, "parent_contact", category="study", privacy="private")
    about(here, "weak_check", privacy="private")
    pages = {
        "已告知": reverse("duties:exam_class", args=[session.pk, here.school_class.pk]),
        "已检查": f"{reverse('duties:weak', args=[here.school_class.pk])}?term={term.pk}",
    }
    for word, address in pages.items():
        own = client_for(here.user).get(address).content.decode()
        theirs = client_for(staff(here, "admin")).get(address).content.decode()
        assert f"2024-03-18 {word}" in own
        assert word in theirs
        assert f"2024-03-18 {word}" not in theirs


@pytest.mark.clause("C5.5e")
def test_results_that_are_not_out_are_in_no_book_and_no_chart():
    here = room()
    session = ExamSession.objects.create(
        name=CANARY, starts_on=day("2024-04-13"), ends_on=day("2024-04-14"), results_on=day("2024-05-20")
    )
    course = Course.objects.create(code="00041", name="基础会计学")
    ExamResult.objects.create(
        session=session, course=course, student=here.students[0], school_class=here.school_class, status="不合格"
    )
    address = f"{reverse('duties:class_overview', args=[here.school_class.pk])}?term={term_of('2024-03-18').pk}"
    for on, known in (("2024-05-06", False), ("2024-05-21", True)):
        with at_time(on):
            book = repr(handbook_of(here.user, here.school_class, term_of("2024-03-18")))
            page = client_for(here.user).get(address).content.decode()
        assert (CANARY in book) is known
        assert (CANARY in page) is known


def test_a_cancelled_honour_is_not_on_the_checklist():
    here = room()
    kept, taken = about(here, "honour"), about(here, "honour", title="优秀学员")
    records.decide(college_head(here.college), taken, "cancelled", "名单有误")
    term = term_of("2024-03-18")
    (row,) = [
        one for one in checklist_of([here.school_class.pk], term, day("2024-04-30"))[here.school_class.pk]
        if one.item.key == "honours"
    ]  # fmt: skip
    assert row.have == 1
    assert kept.progress == "pending"
