"""Writing a record down from the page: the form that a kind declares, drafts, files, sending twice."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from duties.kinds import KINDS, find, quick_kinds
from duties.models import Privacy, RecordState, WorkRecord
from gaobo_banzhuren.accounts.roles import Role
from tests.duties.given import MONDAY, room, written
from tests.factories import client_for, college_admin, college_head, office
from tests.teachers.given import SchoolClassFactory, appointed

pytestmark = pytest.mark.django_db


def a_png() -> bytes:
    """A small real picture."""
    out = io.BytesIO()
    Image.new("RGB", (4, 3), "white").save(out, "PNG")
    return out.getvalue()


def url(kind: str, **query: object) -> str:
    return reverse("duties:record_new", args=[kind]) + "".join(f"?{key}={value}" for key, value in query.items())


def talk(students: list, **more: object) -> dict[str, object]:
    """What the form of a talk sends."""
    data = {
        "happened_on": "2024-03-18", "students": [one.pk for one in students], "category": "study", "way": "face",
        "text": "谈了考试。", "privacy": "normal", "do": "archive",
    }  # fmt: skip
    return data | more


@pytest.mark.clause("C3.1.3", "C5.2")
def test_a_talk_from_the_page_is_archived_for_the_tapped_students():
    here = room()
    response = client_for(here.user).post(url("talk"), talk(here.students[:2]))
    record = WorkRecord.objects.get()
    assert response.url == record.get_absolute_url()
    assert (record.state, record.teacher, record.happened_on) == (RecordState.ARCHIVED, here.teacher, MONDAY)
    assert {link.student for link in record.student_links.all()} == set(here.students[:2])


def test_every_kind_that_a_class_teacher_writes_has_a_form_with_its_fields():
    here = room()
    client = client_for(here.user)
    for kind in KINDS:
        response = client.get(url(kind.key))
        if Role.CLASS_TEACHER not in kind.writers:
            assert response.status_code == 404
            continue
        page = response.content.decode()
        for each in kind.fields:
            assert f'name="{each.name}"' in page, (kind.key, each.name)


def test_the_large_buttons_stand_in_their_order_on_the_start_page_and_on_their_own():
    here = room()
    for page in ("web:home", "duties:quick"):
        text = client_for(here.user).get(reverse(page)).content.decode()
        places = [text.index(f'href="{url(kind.key)}"') for kind in quick_kinds()]
        assert places == sorted(places)


@pytest.mark.parametrize("listed", ["{0}，{1}", "{0}\n{1}", "{0} {1}", "{2}、{1}"])
def test_pasted_names_and_numbers_choose_the_students(listed):
    here = room()
    first, second = here.students[:2]
    names = listed.format(first.name, second.name, first.student_no)
    client_for(here.user).post(url("talk"), talk([], names=names))
    assert {link.student for link in WorkRecord.objects.get().student_links.all()} == {first, second}


def test_unknown_and_ambiguous_names_are_reported_and_nothing_is_lost():
    here = room()
    twins = here.students[:2]
    for one in twins:
        one.name = "双胞"
        one.save()
    names = f"双胞 查无此人 {here.students[2].name}"
    response = client_for(here.user).post(url("talk"), talk([here.students[3]], names=names, text="很长的谈话"))
    page = response.content.decode()
    assert not WorkRecord.objects.exists()
    assert "没有找到 1 个：查无此人" in page
    assert "有重名，请改写学号：双胞" in page
    assert names in page
    assert "很长的谈话" in page
    assert f'<option value="{here.students[3].pk}" selected' in page


def test_what_is_missing_is_said_beside_each_field_and_a_draft_may_lack_it():
    here = room()
    client = client_for(here.user)
    page = client.post(url("talk"), talk([], category="", text="")).content.decode()
    assert page.count("请填写。") == 2  # in the summary and beside the field
    assert "请选择学生。" in page
    client.post(url("talk"), talk([], category="", text="", do="draft"))
    assert WorkRecord.objects.get().state == RecordState.DRAFT


def test_a_draft_is_taken_up_again_with_all_that_was_chosen_and_archived():
    here = room()
    client = client_for(here.user)
    client.post(url("talk"), talk(here.students[:2], tags="住校 晚归", level="watch", do="draft"))
    draft = WorkRecord.objects.get()
    page = client.get(reverse("duties:record_edit", args=[draft.public_id])).content.decode()
    assert 'value="住校 晚归"' in page or 'value="晚归 住校"' in page
    assert page.count(" selected") >= 2
    response = client.post(
        reverse("duties:record_edit", args=[draft.public_id]),
        talk(here.students[:1], text="改过的", version=draft.version),
    )
    draft.refresh_from_db()
    assert (response.url, draft.state, draft.text) == (draft.get_absolute_url(), RecordState.ARCHIVED, "改过的")
    assert [link.student for link in draft.student_links.all()] == here.students[:1]


def test_a_draft_changed_elsewhere_is_not_overwritten():
    here = room()
    draft = written(here, "talk", archive=False, students=here.students[:1])
    address = reverse("duties:record_edit", args=[draft.public_id])
    client = client_for(here.user)
    client.post(address, talk(here.students[:1], text="第一台设备", version=draft.version, do="draft"))
    response = client.post(address, talk(here.students[:1], text="第二台设备", version=draft.version, do="draft"))
    draft.refresh_from_db()
    assert (response.status_code, draft.text) == (409, "第一台设备")
    assert "第二台设备" in response.content.decode()


def test_another_persons_draft_does_not_exist():
    here, there = room(), room()
    draft = written(here, "talk", archive=False, students=here.students[:1])
    for name in ("record", "record_edit", "record_discard"):
        assert client_for(there.user).get(reverse(f"duties:{name}", args=[draft.public_id])).status_code == 404


def test_the_same_draft_sent_twice_by_script_is_one_record_with_one_photo():
    here = room()
    client = client_for(here.user)
    number = str(uuid.uuid4())
    answers = []
    for _ in range(2):
        photo = SimpleUploadedFile("黑板.png", a_png(), content_type="image/png")
        answers.append(
            client.post(
                url("class_meeting"),
                {"happened_on": "2024-03-18", "title": "学期安排", "text": "纪要", "files": photo, "client_id": number},
                headers={"Accept": "application/json"},
            )
        )
    record = WorkRecord.objects.get()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert {answer.json()["url"] for answer in answers} == {record.get_absolute_url()}
    assert record.files.count() == 1


def test_a_refused_sending_by_script_names_the_fields():
    here = room()
    answer = client_for(here.user).post(url("talk"), talk([], text=""), headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert {(one["field"], one["label"]) for one in answer.json()["errors"]} == {
        ("text", "谈话内容"), ("students", "学生"),
    }  # fmt: skip


def test_a_file_that_is_no_picture_saves_nothing_and_keeps_the_text():
    here = room()
    bad = SimpleUploadedFile("照片.jpg", b"<html></html>")
    data = {"happened_on": "2024-03-18", "title": "安排", "text": "很长的纪要", "files": bad, "do": "archive"}
    page = client_for(here.user).post(url("class_meeting"), data)
    assert not WorkRecord.objects.exists()
    assert "很长的纪要" in page.content.decode()


def test_last_used_way_and_place_and_own_tags_are_offered():
    here = room()
    client = client_for(here.user)
    client.post(url("talk"), talk(here.students[:1], way="phone", place="312 办公室", tags="住校"))
    page = client.get(url("talk")).content.decode()
    assert 'value="312 办公室"' in page
    assert 'value="phone" id="id_way_1" checked' in page
    assert 'data-tag="住校"' in page


def test_the_address_fills_in_student_class_and_category():
    here = room()
    other = room(teacher=here.teacher)
    student = other.students[1]
    page = client_for(here.user).get(f"{url('talk')}?student={student.pk}&category=arrears").content.decode()
    assert f'<option value="{student.pk}" selected' in page
    assert re.search(rf'name="classes" value="{other.school_class.pk}"[^>]* checked', page)
    assert re.search(r'name="category" value="arrears"[^>]* checked', page)


def test_with_several_classes_the_class_is_asked_for_and_decides_the_students():
    here = room()
    second = SchoolClassFactory(college=here.college)
    appointed(second, here.teacher, "2023-09-01")
    client = client_for(here.user)
    refused = client.post(url("talk"), talk(here.students[:1]))
    assert "请选择班级" in refused.content.decode()
    refused = client.post(url("talk"), talk(here.students[:1], classes=second.pk))
    assert "不在所选班级的名册上" in refused.content.decode()
    client.post(url("talk"), talk(here.students[:1], classes=here.school_class.pk))
    assert WorkRecord.objects.count() == 1


def test_students_of_a_joint_meeting_come_from_all_its_classes():
    here = room()
    other = room(teacher=here.teacher)
    data = {
        "happened_on": "2024-03-18", "classes": [here.school_class.pk, other.school_class.pk], "title": "安全",
        "text": "纪要", "absent": [here.students[0].pk, other.students[0].pk], "due": 10, "present": 8,
    }  # fmt: skip
    client_for(here.user).post(url("class_meeting"), data)
    record = WorkRecord.objects.get()
    assert (record.class_links.count(), record.student_links.filter(part="absent").count()) == (2, 2)


def test_more_present_than_due_is_refused_beside_the_field():
    here = room()
    data = {"happened_on": "2024-03-18", "title": "安全", "text": "纪要", "due": 5, "present": 6}
    page = client_for(here.user).post(url("class_meeting"), data).content.decode()
    assert "实到 6 人多于应到 5 人" in page
    assert not WorkRecord.objects.exists()


def test_tomorrow_is_refused():
    here = room()
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    page = client_for(here.user).post(url("talk"), talk(here.students[:1], happened_on=tomorrow)).content.decode()
    assert "日期不能晚于今天" in page


def test_the_college_writes_a_discipline_case_for_a_class_it_picks_and_no_talk():
    here = room()
    client = client_for(college_admin(here.college))
    assert client.get(url("talk")).status_code == 404
    assert f'value="{here.school_class.pk}"' in client.get(url("discipline")).content.decode()
    data = {
        "happened_on": "2024-03-18", "students": [here.students[0].pk], "title": "夜不归宿", "level": "warning",
        "text": "经过",
    }  # fmt: skip
    client.post(url("discipline", **{"class": here.school_class.pk}), data)
    record = WorkRecord.objects.get()
    assert (record.teacher, record.progress) == (here.teacher, "pending")


def test_a_class_of_another_college_cannot_be_asked_for():
    here, there = room(), room()
    client = client_for(college_admin(here.college))
    page = client.get(url("discipline", **{"class": there.school_class.pk})).content.decode()
    assert there.school_class.name not in page
    assert there.students[0].name not in page


def test_an_incident_is_written_by_college_and_office_only():
    here = room()
    assert client_for(here.user).get(url("incident")).status_code == 404
    for user in (college_head(here.college), office()):
        assert client_for(user).get(url("incident")).status_code == 200


def test_a_psychological_talk_is_marked_by_the_product_not_by_the_form():
    here = room()
    client_for(here.user).post(url("talk"), talk(here.students[:1], category="mind", privacy="normal"))
    assert WorkRecord.objects.get().privacy == Privacy.PSYCHOLOGICAL


def test_students_as_json_are_those_of_the_day_and_only_of_own_classes():
    here, there = room(), room()
    address = reverse("duties:students_json", args=[here.school_class.pk])
    found = client_for(here.user).get(f"{address}?on=2024-03-18").json()
    assert [one["id"] for one in found["students"]] == [one.pk for one in here.students]
    assert client_for(here.user).get(f"{address}?on=2023-08-01").json()["students"] == []
    assert client_for(there.user).get(address).status_code == 404


@pytest.mark.parametrize("classes", [1, 3])
def test_the_form_asks_the_same_number_of_queries_for_any_number_of_classes(classes, django_assert_max_num_queries):
    here = room(3)
    for _ in range(classes - 1):
        room(3, teacher=here.teacher)
    client = client_for(here.user)
    client.get(url("talk"))
    with django_assert_max_num_queries(16):
        client.get(url("talk"))


def test_every_kind_is_declared_with_an_icon_and_clauses():
    for kind in KINDS:
        assert kind.icon
        assert kind.clauses
        assert find(kind.key) is kind
