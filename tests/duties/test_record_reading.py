"""Who reads what of a record (A-87): on its page, in lists, files, searches and on the pages of students."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from duties.models import RecordNote, WorkRecord
from duties.policies.reading import Reading, reader
from duties.services import records
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.regulation.models import SystemSetting
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from teachers.models import Appointment, EndReason
from tests.access.world import PDF
from tests.duties.given import Room, room, written
from tests.factories import audit_entries, client_for, college_admin, college_head, office
from tests.teachers.given import appointed, day, teacher_of

pytestmark = pytest.mark.django_db
CANARY = "只有我知道的话"
NAME = "甄小雀"


def people(here: Room) -> dict[str, User]:
    """Everybody who might come: the author, the successor in the same class, and college and office."""
    hand_over(here)
    successor = teacher_of(here.college)
    appointed(here.school_class, successor, "2024-04-01")
    return {
        "author": here.user, "successor": successor.user, "stranger": room().user, "admin": college_admin(here.college),
        "head": college_head(here.college), "foreign head": college_head(), "office": office(),
    }  # fmt: skip


def hand_over(here: Room) -> None:
    """The author led the class until the end of March."""
    own = Appointment.objects.filter(teacher=here.teacher)
    own.update(ends_on=day("2024-03-31"), state="ended", end_reason=EndReason.WORK)


def about(here: Room, kind: str, **values: object) -> WorkRecord:
    student = here.students[0]
    student.name = NAME
    student.save()
    return written(here, kind, students=[student], **values)  # type: ignore[arg-type]


READINGS = {
    # who: talk, psychological talk, case, parent contact; None where there is no such record for the person
    "author": ("full", "full", "full", "full"),
    "successor": ("facts", None, None, "full"),
    "stranger": (None, None, None, None),
    "admin": ("outline", "closed", "closed", "full"),
    "head": ("logged", "logged", "logged", "full"),
    "foreign head": (None, None, None, None),
    "office": ("reason", "closed", "reason", "full"),
}


@pytest.mark.clause("A-87")
@pytest.mark.parametrize("who", READINGS)
def test_every_role_reads_as_much_as_the_reading_says(who):
    here = room()
    user = people(here)[who]
    found = [
        about(here, "talk"), about(here, "talk", category="mind"), about(here, "case_study"),
        about(here, "parent_contact"),
    ]  # fmt: skip
    seen = set(WorkRecord.objects.visible_to(user))
    rights = reader(user)
    assert tuple(rights.reading(one).value if one in seen else None for one in found) == READINGS[who]


@pytest.mark.clause("A-87")
def test_a_note_for_oneself_is_nobody_elses():
    here = room()
    kept = about(here, "talk", privacy="private", text=CANARY)
    for who, user in people(here).items():
        status = client_for(user).get(kept.get_absolute_url()).status_code
        assert status == (200 if who == "author" else 404), who


def shown(user: User, record: WorkRecord) -> str:
    return client_for(user).get(record.get_absolute_url()).content.decode()


@pytest.mark.clause("A-87", "C5.1b", "C5.2")
def test_the_page_hides_text_title_notes_and_files_from_the_college_admin():
    here = room()
    admin = college_admin(here.college)
    case = about(here, "case_study", title=CANARY, text=CANARY, problem_text=CANARY)
    records.append(here.user, case, RecordNote.Kind.STAGE, CANARY)
    records.attach(here.user, case, [SimpleUploadedFile(f"{CANARY}.pdf", PDF)])
    page = shown(admin, case)
    assert CANARY not in page
    assert NAME not in page
    assert "按规定不对您开放" in page
    assert client_for(admin).get(case.files.get().file.get_absolute_url()).status_code == 404
    assert CANARY in shown(here.user, case)


@pytest.mark.clause("A-87")
def test_the_head_reads_by_opening_the_page_and_each_opening_is_logged():
    here = room()
    head = college_head(here.college)
    talk = about(here, "talk", category="mind", text=CANARY)
    assert CANARY in shown(head, talk)
    assert CANARY in shown(head, talk)
    entries = audit_entries("duties.record_read", talk)
    assert [entry.actor_id for entry in entries] == [head.pk, head.pk]
    assert CANARY not in str([entry.after for entry in entries])
    assert not audit_entries("duties.record_read", about(here, "parent_contact"))


@pytest.mark.clause("A-87")
def test_the_office_reads_a_talk_once_after_giving_a_reason_that_is_logged():
    here = room()
    user = office()
    talk = about(here, "talk", text=CANARY)
    assert CANARY not in shown(user, talk)
    client = client_for(user)
    address = reverse("duties:record_read", args=[talk.public_id])
    assert CANARY not in client.post(address, {"reason": ""}).content.decode()
    assert not audit_entries("duties.record_read")
    page = client.post(address, {"reason": "学生申诉需要核对"}).content.decode()
    assert CANARY in page
    assert [entry.reason for entry in audit_entries("duties.record_read", talk)] == ["学生申诉需要核对"]
    assert CANARY not in shown(user, talk)


@pytest.mark.clause("A-87")
def test_the_office_reads_no_psychological_talk_whatever_the_reason():
    here = room()
    talk = about(here, "talk", category="mind", text=CANARY)
    response = client_for(office()).post(reverse("duties:record_read", args=[talk.public_id]), {"reason": "想看看"})
    assert CANARY not in response.content.decode()
    assert response.status_code == 403
    with pytest.raises(NotAllowed):
        records.log_reading(office(), talk, reason="想看看")


@pytest.mark.clause("A-87")
def test_the_office_may_switch_off_that_the_head_reads_psychological_talks():
    here = room()
    talk = about(here, "talk", category="mind", text=CANARY)
    head = college_head(here.college)
    assert reader(head).reading(talk) is Reading.LOGGED
    switch_to_author_only()
    assert reader(head).reading(talk) is Reading.CLOSED
    assert CANARY not in shown(head, talk)


def switch_to_author_only() -> None:
    SystemSetting.objects.update_or_create(key="sensitive_talk_readers", defaults={"value": "author"})


@pytest.mark.clause("A-87", "C5.1b")
@pytest.mark.parametrize("who", ["admin", "head", "office", "successor"])
def test_sensitive_texts_stay_out_of_lists_and_files_of_everybody_else(who):
    """Trap 20: the sensitive text is hidden from 继续教育学院 lists and exports, and from the college's."""
    here = room()
    user = people(here)[who]
    about(here, "talk", text=CANARY, title=CANARY)
    about(here, "talk", category="mind", text=CANARY, title=CANARY)
    about(here, "case_study", category="money", title=CANARY, text=CANARY, problem_text=CANARY)
    client = client_for(user)
    page = client.get(reverse("duties:records")).content.decode()
    book = load_workbook(io.BytesIO(client.post(reverse("duties:records"), {"export": "xlsx"}).content))
    cells = "\n".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
    assert CANARY not in page
    assert CANARY not in cells
    # Who leads or heads the class knows whom the ordinary talk was about; nobody learns it of the other two.
    assert cells.count(NAME) == (1 if who in ("head", "successor") else 0)
    assert page.count(NAME) == cells.count(NAME)
    assert "心理</" not in page
    assert "经济 " not in cells


def test_the_author_finds_the_own_texts_in_list_and_file():
    here = room()
    about(here, "talk", category="mind", text=CANARY)
    about(here, "case_study", title="我的个案", text=CANARY)
    client = client_for(here.user)
    book = load_workbook(io.BytesIO(client.post(reverse("duties:records"), {"export": "xlsx"}).content))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert cells.count(CANARY) == 2
    assert cells.count(NAME) == 2
    assert audit_entries("duties.records_export")[0].after == {"rows": 2}


@pytest.mark.clause("A-87")
@pytest.mark.parametrize("who", ["admin", "head", "office"])
def test_a_search_by_student_does_not_tell_who_has_a_confidential_record(who):
    here = room()
    user = people(here)[who]
    about(here, "talk")
    about(here, "talk", category="mind")
    about(here, "case_study")
    client = client_for(user)
    address = reverse("duties:records")
    named = 1 if who == "head" else 0  # the ordinary talk
    client.post(address, {"text": NAME})
    assert client.get(address).context["count"] == named
    client.post(address, {"text": ""})
    assert client.get(f"{address}?student={here.students[0].pk}").context["count"] == named
    assert client.get(f"{address}?category=study").context["count"] == named
    assert client.get(f"{address}?category=mind").context["count"] == 0
    assert client.get(address).context["count"] == 3
    client.post(address, {"text": "学习动力"})  # the title of the case
    assert client.get(address).context["count"] == 0


def test_the_author_finds_own_records_by_student_text_tag_and_title():
    here = room()
    case = about(here, "case_study", title="夜里写代码")
    client = client_for(here.user)
    address = reverse("duties:records")
    for text in (NAME, "写代码", here.school_class.name, "背景"):
        client.post(address, {"text": text})
        assert list(client.get(address).context["object_list"]) == [case], text


@pytest.mark.clause("A-87")
def test_the_page_of_a_student_links_to_the_records_that_may_be_named():
    here = room()
    talk, secret = about(here, "talk", text=CANARY), about(here, "talk", category="mind", text=CANARY)
    address = reverse("teachers:student", args=[here.students[0].pk])
    assert secret.get_absolute_url() in client_for(here.user).get(address).content.decode()
    everybody = people(here)
    for who in ("successor", "head", "office", "admin"):
        page = client_for(everybody[who]).get(address).content.decode()
        assert (talk.get_absolute_url() in page) is (who in ("successor", "head")), who
        assert secret.get_absolute_url() not in page, who
        assert CANARY not in page


def test_after_a_hand_over_the_record_stays_with_its_author_and_the_new_teacher_sees_what_the_class_needs():
    here = room()
    everybody = people(here)
    talk = about(here, "talk", text=CANARY)
    contact = about(here, "parent_contact", text="和母亲商量")
    assert CANARY in shown(here.user, talk)
    assert reverse("teachers:student", args=[here.students[0].pk]) not in shown(here.user, talk)
    page = shown(everybody["successor"], talk)
    assert NAME in page
    assert CANARY not in page
    assert "和母亲商量" in shown(everybody["successor"], contact)


@pytest.mark.clause("A-87")
def test_an_admin_who_comments_sees_the_own_words_and_the_answer_but_not_the_text():
    here = room()
    admin = college_admin(here.college)
    talk = about(here, "talk", text=CANARY)
    records.comment(admin, talk, "请补充回访日期")
    records.answer_comment(here.user, talk, "已补充")
    page = shown(admin, talk)
    assert "请补充回访日期" in page
    assert "已补充" in page
    assert CANARY not in page
    assert "请补充回访日期" not in shown(college_admin(here.college), talk)


@pytest.mark.clause("C9.2.2.2")
def test_a_class_meeting_cannot_be_kept_for_oneself_because_its_number_is_a_rule():
    here = room()
    with pytest.raises(UserError, match="要能核对"):
        written(here, "class_meeting", privacy="private")
