"""Pages of the graduating class as class teacher, college and office see them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.models import Appraisal, DepartureItem, GraduateAward
from duties.services import awards, departures
from duties.services.awards import AwardFields
from tests.duties.given import Room, room
from tests.duties.graduating_given import OPINION, all_left, graduating
from tests.factories import assessor, audit_entries, client_for, college_admin, college_head, office
from tests.teachers.given import day, enrolled

pytestmark = pytest.mark.django_db
PAGES = ("graduation", "graduate_awards", "appraisals", "departures")


@pytest.fixture
def here() -> Room:
    return graduating(3)


def url(name: str, where: Room, *args: int) -> str:
    return reverse(f"duties:{name}", args=[where.school_class.pk, *args])


@pytest.mark.clause("C6.3a", "C6.3b", "C6.3c")
def test_the_hub_shows_the_three_figures_and_why_the_class_cannot_be_closed(here):
    all_left(here, here.user, but=1)
    awards.propose(here.user, here.school_class, here.students[0], AwardFields("专业第一"))
    text = client_for(here.user).get(url("graduation", here)).content.decode()
    assert "1 ÷ 3" in text
    assert "0 ÷ 3" in text
    assert "2 ÷ 3" in text
    assert "还有 1 名学生的离校清单没有办完" in text


def test_the_page_of_a_class_leads_to_its_graduation_once_an_end_of_teaching_is_entered(here):
    for where, there in ((here, True), (room(1), False)):
        page = client_for(where.user).get(reverse("teachers:class", args=[where.school_class.pk])).content.decode()
        assert (url("graduation", where) in page) == there


def test_a_class_that_still_learns_has_the_hub_with_what_to_wait_for_and_nothing_below():
    here = room(3)
    client = client_for(here.user)
    assert "还不是毕业班" in client.get(url("graduation", here)).content.decode()
    for name in PAGES[1:]:
        assert client.get(url(name, here)).status_code == 404


def test_who_opens_what(here):
    one = here.students[0].pk
    award = awards.propose(here.user, here.school_class, here.students[0], AwardFields("专业第一"))
    for user in (here.user, college_admin(here.college), office()):
        for name in PAGES:
            assert client_for(user).get(url(name, here)).status_code == 200, name
        assert client_for(user).get(url("appraisal", here, one)).status_code == 200
        assert client_for(user).get(url("departure", here, one)).status_code == 200
    for user in (room().user, college_head(), assessor(here.college)):
        for name in PAGES:
            assert client_for(user).get(url(name, here)).status_code == 404, name
        assert client_for(user).get(reverse("duties:graduate_award_decide", args=[award.pk])).status_code == 404
    refused = client_for(office()).post(
        url("departures", here), {"students": [one], "item": "books", "on": "2024-03-01"}
    )
    assert refused.status_code == 403
    assert not DepartureItem.objects.exists()
    assert client_for(office()).get(url("graduate_award_propose", here)).status_code == 404


@pytest.mark.clause("C6.3a")
def test_a_candidate_goes_from_the_class_to_the_college_on_the_pages(here):
    teacher, admin = client_for(here.user), client_for(college_admin(here.college))
    data = {
        "student": here.students[0].pk, "basis": "专业第一", "rank": 1, "votes": 30,
        "notice_from": "2024-02-20", "notice_to": "2024-02-27",
    }  # fmt: skip
    teacher.post(url("graduate_award_propose", here), data)
    award = GraduateAward.objects.get()
    teacher.post(reverse("duties:graduate_award_edit", args=[award.pk]), data | {"version": 1, "votes": 31})
    teacher.post(reverse("duties:graduate_award_submit", args=[award.pk]))
    page = admin.get(reverse("duties:graduate_award_decide", args=[award.pk])).content.decode()
    assert "专业第一" in page
    admin.post(reverse("duties:graduate_award_decide", args=[award.pk]), {"verdict": "approve", "text": ""})
    award.refresh_from_db()
    assert (award.votes, award.state) == (31, "approved")


@pytest.mark.clause("C6.3b")
def test_an_opinion_is_written_and_a_copied_one_is_refused_on_the_page(here):
    client = client_for(here.user)
    first, second = here.students[:2]
    data = {"opinion": OPINION, "qualification": "open", "version": 0}
    client.post(url("appraisal", here, first.pk), data)
    assert Appraisal.objects.get().opinion == OPINION
    refused = client.post(url("appraisal", here, second.pk), data).content.decode()
    assert f"与{first.name}的相同" in refused
    assert OPINION in refused
    thin = client.post(url("appraisal", here, second.pk), data | {"opinion": "表现良好"}, follow=True).content.decode()
    assert "请注意" in thin
    stale = client.post(url("appraisal", here, first.pk), data | {"version": 7, "opinion": f"{OPINION}改"})
    assert stale.status_code == 409
    assert f"{OPINION}改" in stale.content.decode()


@pytest.mark.clause("C6.3b", "C6.3c")
def test_steps_and_items_are_marked_for_the_ticked_students(here):
    client = client_for(here.user)
    keys = [one.pk for one in here.students[:2]]
    client.post(url("appraisals", here), {"students": keys, "step": "photo_ok"})
    assert Appraisal.objects.filter(photo_ok=True).count() == 2
    client.post(url("departures", here), {"students": keys, "item": "cards", "on": "2024-03-01"})
    assert DepartureItem.objects.filter(item="cards", done_on=day("2024-03-01")).count() == 2
    refused = client.post(url("departures", here), {"students": keys[:1], "item": "books", "on": "2099-01-01"})
    assert f'value="{keys[0]}" checked' in refused.content.decode()
    nobody = client.post(url("departures", here), {"item": "cards", "on": "2024-03-01"}).content.decode()
    assert "请先勾选学生" in nobody


@pytest.mark.clause("C6.3c")
def test_one_students_list_is_filled_excused_and_reopened_on_one_page(here):
    client = client_for(here.user)
    page = url("departure", here, here.students[0].pk)
    empty = {f"{item}_state": "open" for item in DepartureItem.Item.values}
    client.post(page, empty | {"books_state": "done", "books_on": "2024-03-01", "cards_state": "excused"})
    assert not DepartureItem.objects.exists()  # the reason of the excuse is missing
    data = empty | {
        "books_state": "done",
        "books_on": "2024-03-01",
        "cards_state": "excused",
        "cards_reason": "遗失已补办",
    }
    client.post(page, data)
    assert DepartureItem.objects.count() == 2
    client.post(page, data | {"books_state": "open"})
    assert DepartureItem.objects.get().item == "cards"


@pytest.mark.clause("C6.3c")
def test_the_page_of_the_class_says_why_it_cannot_be_closed(here):
    all_left(here, here.user, but=1)
    one = here.school_class
    data = {
        "name": one.name, "project_type": one.programme.project_type, "sponsor": one.programme.sponsor,
        "major": one.programme.major, "opens_on": "2023-09-01", "teaching_ends_on": "2024-01-31",
        "closes_on": "2024-03-31", "version": one.version,
    }  # fmt: skip
    client = client_for(college_admin(here.college))
    page = client.post(reverse("teachers:class_edit", args=[one.pk]), data).content.decode()
    assert f"还不能结班：还有 1 名学生的离校清单没有办完或免办（{here.students[-1].name}）" in page
    one.refresh_from_db()
    assert one.closes_on is None
    for item in DepartureItem.Item.values:
        departures.settle(here.user, one, item, [here.students[-1].pk], excused="已参军")
    client.post(reverse("teachers:class_edit", args=[one.pk]), data)
    one.refresh_from_db()
    assert one.closes_on == day("2024-03-31")


def test_the_appraisals_are_printed_and_the_log_tells(here):
    client = client_for(here.user)
    assert "还没有写好的意见" in client.get(url("appraisals_pdf", here)).content.decode()
    client.post(
        url("appraisal", here, here.students[0].pk), {"opinion": OPINION, "qualification": "open", "version": 0}
    )
    answer = client.get(url("appraisals_pdf", here))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert audit_entries("duties.appraisal_print")[0].after == {"rows": 1}


def test_lists_ask_the_same_number_of_questions_for_three_and_twelve(here):
    client = client_for(here.user)
    counts: dict[str, list[int]] = {name: [] for name in PAGES}
    for more in (0, 9):
        here.students += enrolled(here.school_class, more)
        for student in here.students[-3:]:
            departures.settle(here.user, here.school_class, "books", [student.pk], on=day("2024-03-01"))
            awards.propose(here.user, here.school_class, student, AwardFields("表现突出"))
        for name, seen in counts.items():
            client.get(url(name, here))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url(name, here)).status_code == 200
            seen.append(len(queries))
    assert all(low == high for low, high in counts.values()), counts
