"""Class committee: posts with duties, from and to, and its history."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import ClassPost
from duties.services import posts
from duties.services.posts import PostInput
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.duties.given import MONDAY, room
from tests.factories import assessor, audit_entries, client_for, college_admin, college_head, hr, office
from tests.teachers.given import day

pytestmark = pytest.mark.django_db


def committee(here, actor=None, on=MONDAY):
    inputs = [PostInput(here.students[0].pk, "班长", "主持班级事务"), PostInput(here.students[1].pk, "学习委员")]
    return posts.appoint(actor or here.user, here.school_class, inputs, on)


@pytest.mark.clause("C9.2.2.3")
def test_a_committee_has_posts_with_students_and_duties():
    here = room()
    head, study = committee(here)
    assert (head.post, head.student, head.duties, head.ends_on) == ("班长", here.students[0], "主持班级事务", None)
    page = client_for(here.user).get(reverse("duties:posts", args=[here.school_class.pk])).content.decode()
    assert "主持班级事务" in page
    assert "没有写职责" in page
    posts.change_duties(here.user, study, "收交作业", version=study.version)
    page = client_for(here.user).get(reverse("duties:posts", args=[here.school_class.pk])).content.decode()
    assert "没有写职责" not in page
    assert [entry.action for entry in audit_entries("duties.post", study)] == [
        "duties.post_appoint",
        "duties.post_change",
    ]


@pytest.mark.clause("C9.2.2.3")
def test_who_leaves_a_post_stays_in_its_history():
    here = room()
    head, _ = committee(here)
    with pytest.raises(UserError, match="卸任日期应在"):
        posts.end(here.user, head, day("2024-03-01"), version=head.version)
    posts.end(here.user, head, day("2024-05-31"), version=head.version)
    assert head.ends_on == day("2024-05-31")
    with pytest.raises(NotAllowed, match="历史"):
        posts.change_duties(here.user, head, "改", version=head.version)
    posts.appoint(here.user, here.school_class, [PostInput(here.students[2].pk, "班长")], day("2024-06-03"))
    page = client_for(here.user).get(reverse("duties:posts", args=[here.school_class.pk])).content.decode()
    assert "历任班委（1）" in page


def test_who_keeps_the_committee():
    here = room()
    for person in (here.user, college_admin(here.college), college_head(here.college)):
        ClassPost.objects.all().delete()
        committee(here, person)
    for person in (office(), assessor(here.college), room(college=here.college).user, college_admin(), hr()):
        with pytest.raises(NotAllowed):
            committee(here, person)
        head = ClassPost.objects.first()
        with pytest.raises(NotAllowed):
            posts.end(person, head, MONDAY, version=head.version)
        with pytest.raises(NotAllowed):
            posts.change_duties(person, head, "改", version=head.version)


def test_a_post_is_held_once_by_a_student_of_the_class():
    here = room()
    committee(here)
    with pytest.raises(UserError, match="已经担任班长"):
        committee(here)
    with pytest.raises(UserError, match="不是本班在读学生"):
        posts.appoint(here.user, here.school_class, [PostInput(room().students[0].pk, "班长")], MONDAY)
    with pytest.raises(UserError, match="职务名称"):
        posts.appoint(here.user, here.school_class, [PostInput(here.students[3].pk, " ")], MONDAY)
    assert ClassPost.objects.count() == 2


def test_an_old_page_does_not_win():
    here = room()
    head, _ = committee(here)
    seen = head.version
    posts.change_duties(here.user, head, "新", version=seen)
    with pytest.raises(StaleError):
        posts.change_duties(here.user, head, "旧", version=seen)


def test_the_whole_committee_is_entered_on_one_page():
    here = room()
    client, url = client_for(here.user), reverse("duties:post_new", args=[here.school_class.pk])
    form = client.get(url).context["form"]
    data = {"starts_on": "2024-03-18"}
    for number, line in enumerate(form.lines[:3]):
        data |= {line["post"].html_name: line["post"].value(), line["student"].html_name: here.students[number].pk}
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.content.decode()
    assert [post.post for post in ClassPost.objects.order_by("pk")] == ["班长", "团支部书记", "学习委员"]
    assert "班长" not in [line["post"].value() for line in client.get(url).context["form"].lines]
    assert "请至少为一个职务选择学生" in client.post(url, {"starts_on": "2024-03-18"}).content.decode()


def test_foreign_classes_are_missing():
    here = room()
    head, _ = committee(here)
    for person in (room().user, college_admin(), hr()):
        for name, pk in (("posts", here.school_class.pk), ("post_new", here.school_class.pk), ("post_end", head.pk)):
            assert client_for(person).get(reverse(f"duties:{name}", args=[pk])).status_code == 404
    reader = client_for(assessor(here.college))
    assert reader.get(reverse("duties:posts", args=[here.school_class.pk])).status_code == 200


def test_few_and_many_posts_ask_the_same_number_of_questions(django_assert_num_queries):
    here = room(14)
    client, url = client_for(here.user), reverse("duties:posts", args=[here.school_class.pk])
    committee(here)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    rows = [PostInput(student.pk, f"职务{student.pk}") for student in here.students[2:]]
    posts.appoint(here.user, here.school_class, rows, MONDAY)
    with django_assert_num_queries(len(few)):
        client.get(url)
