"""A graduating class: candidates, appraisals, leaving lists, and when it can be closed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from duties import graduates
from duties.fee_figures import Share
from duties.graduates import graduating_since, is_graduating, progress_of
from duties.models import Appraisal, DepartureItem, GraduateAward
from duties.opinions import digest_of, warning_about
from duties.policies import graduation as policies
from duties.services import appraisals, awards, departures
from duties.services.appraisals import AppraisalFields
from duties.services.awards import AwardFields
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import StudentState
from teachers.services import classes as class_services
from tests.duties.fees_given import due, period
from tests.duties.given import Room, room
from tests.duties.graduating_given import OPINION, all_left, graduating, on_day
from tests.factories import audit_entries, college_admin, college_head, office
from tests.teachers.given import day, enrolled

pytestmark = pytest.mark.django_db

COMPLETE = AppraisalFields(OPINION, True, True, "passed", True, True, True, "2024 上半年")
NOTICED = AwardFields("专业第一", 1, 30, day("2024-02-20"), day("2024-02-27"))


@pytest.fixture
def here() -> Room:
    return graduating()


@pytest.fixture
def admin(here):
    return college_admin(here.college)


def saved(where: Room, number: int = 0, version: int = 0, **values: object) -> tuple[Appraisal, str]:
    fields = replace(COMPLETE, **values)  # type: ignore[arg-type]
    return appraisals.save(where.user, where.school_class, where.students[number], fields, version=version)


# when a class graduates


@pytest.mark.clause("C6.3a")
def test_a_class_graduates_from_the_term_in_which_its_teaching_ends(here):
    assert graduating_since(here.school_class) == day("2023-09-01")
    assert not is_graduating(here.school_class, day("2023-08-31"))
    assert is_graduating(here.school_class, day("2024-03-18"))
    here.school_class.closes_on = day("2024-03-17")
    assert not is_graduating(here.school_class, day("2024-03-18"))
    assert not is_graduating(room().school_class, day("2024-03-18"))


# 优秀毕业生


@pytest.mark.clause("C6.3a")
def test_only_students_of_a_graduating_class_are_proposed(here):
    teaching = room()
    with pytest.raises(NotAllowed, match="只有毕业班"):
        awards.propose(teaching.user, teaching.school_class, teaching.students[0], NOTICED)
    with pytest.raises(UserError, match="不是"):
        awards.propose(here.user, here.school_class, teaching.students[0], NOTICED)
    gone = enrolled(here.school_class, 1, "2023-09-01", StudentState.WITHDRAWN)[0]
    with pytest.raises(UserError, match="不是"):
        awards.propose(here.user, here.school_class, gone, NOTICED)
    assert not GraduateAward.objects.exists()


@pytest.mark.clause("C6.3a")
def test_a_candidate_goes_up_after_the_notice_and_the_college_decides(here, admin):
    award = awards.propose(here.user, here.school_class, here.students[0], AwardFields("专业第一", 1, 30))
    with pytest.raises(UserError, match="公示的起止日期"):
        awards.submit(here.user, award)
    awards.change(here.user, award, NOTICED, version=award.version)
    with on_day("2024-02-27"), pytest.raises(UserError, match="公示结束后"):
        awards.submit(here.user, award)
    with on_day("2024-02-28"):
        awards.submit(here.user, award)
    with pytest.raises(NotAllowed):
        awards.decide(here.user, award, approved=True)
    with pytest.raises(NotAllowed):
        awards.decide(office(), award, approved=True)
    with pytest.raises(UserError, match="理由"):
        awards.decide(admin, award, approved=False)
    awards.decide(admin, award, approved=True)
    assert (award.state, award.decided_by) == (GraduateAward.State.APPROVED, admin)
    with pytest.raises(NotAllowed, match="不能撤回"):
        awards.withdraw(here.user, award, "改主意")
    assert [entry.action for entry in audit_entries("duties.award", award)] == [
        "duties.award_propose", "duties.award_change", "duties.award_submit", "duties.award_approved",
    ]  # fmt: skip


@pytest.mark.clause("C6.3a")
@pytest.mark.parametrize("before", GraduateAward.State.values)
@pytest.mark.parametrize("after", list(policies.MOVES))
def test_a_candidate_moves_only_as_the_map_says(here, admin, before, after):
    award = awards.propose(here.user, here.school_class, here.students[0], NOTICED)
    GraduateAward.objects.filter(pk=award.pk).update(state=before)
    award.refresh_from_db()
    steps = {
        "submitted": lambda: awards.submit(here.user, award),
        "approved": lambda: awards.decide(admin, award, approved=True),
        "refused": lambda: awards.decide(admin, award, approved=False, text="材料不全"),
        "withdrawn": lambda: awards.withdraw(here.user, award, "放弃"),
    }
    if before in policies.MOVES[after]:
        steps[after]()
        assert award.state == after
    else:
        with pytest.raises(NotAllowed):
            steps[after]()
        assert GraduateAward.objects.get().state == before


def test_a_withdrawn_candidate_may_be_proposed_again_another_twice_may_not(here):
    award = awards.propose(here.user, here.school_class, here.students[0], NOTICED)
    with pytest.raises(UserError, match="已有推荐"):
        awards.propose(here.user, here.school_class, here.students[0], NOTICED)
    awards.withdraw(here.user, award, "本人放弃")
    awards.propose(here.user, here.school_class, here.students[0], NOTICED)
    assert progress_of([here.school_class.pk])[here.school_class.pk].proposed == Share(1, 5)


def test_who_leads_the_class_does_not_decide_even_as_head_of_the_college(here):
    from gaobo_banzhuren.accounts.roles import Role
    from tests.factories import with_role

    award = awards.propose(here.user, here.school_class, here.students[0], NOTICED)
    awards.submit(here.user, award)
    with_role(here.user, Role.COLLEGE_HEAD, here.college)
    with pytest.raises(NotAllowed, match="自己班级"):
        awards.decide(here.user, award, approved=True)


@pytest.mark.clause("A-88", "C6.3a")
def test_the_ratio_is_a_limit_only_when_the_office_has_set_one(here):
    first, second = (awards.propose(here.user, here.school_class, one, NOTICED) for one in here.students[:2])
    assert graduates.most_awards(here.school_class, 5) is None
    SchoolYear.objects.filter(name="2023-2024").update(graduate_award_percent=Decimal("39"))
    assert graduates.most_awards(here.school_class, 5) == 1  # 1.95 persons
    awards.submit(here.user, first)
    with pytest.raises(UserError, match="最多上报 1 名"):
        awards.submit(here.user, second)
    SchoolYear.objects.filter(name="2023-2024").update(graduate_award_percent=None)
    assert awards.submit(here.user, second).state == GraduateAward.State.SUBMITTED


# 毕业生鉴定


@pytest.mark.clause("C6.3b")
@pytest.mark.parametrize(
    ("text", "warned"),
    [("", "还没有写意见"), ("该生表现良好。", "一句短语"), ("表现好，同意毕业。", "太短"), (OPINION, "")],
)
def test_empty_and_one_phrase_opinions_are_warned(text, warned):
    assert warned in warning_about(text)
    assert bool(warning_about(text)) == bool(warned)


@pytest.mark.clause("C6.3b")
def test_a_thin_opinion_is_kept_with_its_warning(here):
    one, warning = saved(here, opinion="该生表现良好。")
    assert one.opinion == "该生表现良好。"
    assert "一句短语" in warning
    assert saved(here, version=one.version)[1] == ""


@pytest.mark.clause("C6.3b")
def test_the_same_words_for_a_second_student_are_refused_whatever_the_name_and_marks(here):
    first, second = here.students[:2]
    saved(here, opinion=f"{first.name}同学，{OPINION}")
    for text in (f"{first.name}同学，{OPINION}", f"{second.name}同学 {OPINION}"):
        with pytest.raises(UserError, match=f"与{first.name}的相同"):
            saved(here, 1, opinion=text)
    assert saved(here, 1, opinion=f"{OPINION}毕业设计获校级优秀。")[1] == ""
    other = graduating()
    for text in (f"{other.students[0].name}同学，{OPINION}", f"{first.name}同学，{OPINION}"):
        with pytest.raises(UserError, match="另一个班的学生"):
            saved(other, opinion=text)
    assert digest_of(" ，。", ()) == ""


@pytest.mark.clause("C6.3b")
def test_complete_means_every_step_and_is_counted_over_the_graduates(here):
    one, _ = saved(here)
    saved(here, 1, opinion=f"{OPINION}二", photo_ok=False)
    saved(here, 2, opinion=f"{OPINION}三", qualification="failed")
    key = here.school_class.pk
    assert progress_of([key])[key].appraised == Share(1, 5)
    with pytest.raises(StaleError):
        saved(here, version=one.version + 1)
    with pytest.raises(UserError, match="不能登记为已盖章"):
        saved(here, 3, opinion="")


@pytest.mark.clause("C6.3b")
def test_a_step_is_marked_for_many_at_once(here, admin):
    keys = [one.pk for one in here.students]
    assert appraisals.mark(admin, here.school_class, "photo_ok", keys) == 5
    assert appraisals.mark(admin, here.school_class, "photo_ok", keys) == 0
    assert appraisals.mark(admin, here.school_class, "qualification", keys[:2]) == 2
    with pytest.raises(UserError, match="还没有意见"):
        appraisals.mark(admin, here.school_class, "stamped", keys)
    with pytest.raises(UserError, match="本班的毕业生"):
        appraisals.mark(admin, here.school_class, "photo_ok", [room().students[0].pk])
    for actor in (room().user, college_admin(), office()):
        with pytest.raises(NotAllowed):
            appraisals.mark(actor, here.school_class, "photo_ok", keys)


# 离校清单 and closing


@pytest.mark.clause("C6.3c")
def test_left_is_who_has_every_item_done_or_excused(here):
    all_left(here, here.user, but=1)
    last, key = here.students[-1], here.school_class.pk
    assert progress_of([key])[key].left == Share(4, 5)
    for item in DepartureItem.Item.values:
        departures.settle(here.user, here.school_class, item, [last.pk], excused="走读，未住校")
    assert progress_of([key])[key].left == Share(5, 5)
    departures.reopen(here.user, here.school_class, "books", [last.pk], "登错")
    assert progress_of([key])[key].left == Share(4, 5)


@pytest.mark.clause("C6.3c")
def test_fees_are_not_settled_while_somebody_owes(here, admin):
    due(admin, period(), here.students[0])
    with pytest.raises(UserError, match="欠 6,800"):
        departures.settle(here.user, here.school_class, "fees", [here.students[0].pk], on=day("2024-03-01"))
    departures.settle(here.user, here.school_class, "fees", [here.students[0].pk], excused="学校批准挂账")
    assert DepartureItem.objects.get().excused_reason == "学校批准挂账"
    with pytest.raises(UserError, match="原因"):
        departures.settle(here.user, here.school_class, "books", [here.students[0].pk])


def closing(where: Room, on: str | None) -> class_services.ClassFields:
    one = where.school_class
    programme = one.programme
    return class_services.ClassFields(
        one.name, programme.project_type, programme.sponsor, programme.major, one.entry_year, one.opens_on,
        one.teaching_ends_on, day(on) if on else None,
    )  # fmt: skip


@pytest.mark.clause("C6.3c")
def test_a_class_is_closed_only_when_everybody_has_left(here, admin):
    all_left(here, here.user, but=1)
    name = here.students[-1].name
    for last in ("2024-03-31", "2099-06-30"):
        with pytest.raises(UserError, match=f"还有 1 名学生的离校清单没有办完或免办（{name}）"):
            class_services.update_class(admin, here.school_class, fields=closing(here, last), version=1)
    for item in DepartureItem.Item.values:
        departures.settle(here.user, here.school_class, item, [here.students[-1].pk], excused="已参军")
    class_services.update_class(admin, here.school_class, fields=closing(here, "2024-03-31"), version=1)
    here.school_class.refresh_from_db()
    assert here.school_class.closes_on == day("2024-03-31")


def test_a_planned_last_day_of_a_class_that_still_learns_is_only_a_plan():
    here = room()
    admin = college_admin(here.college)
    class_services.update_class(admin, here.school_class, fields=closing(here, "2099-06-30"), version=1)
    with pytest.raises(UserError, match="还不能结班"):
        class_services.update_class(admin, here.school_class, fields=closing(here, "2024-03-31"), version=2)


def test_strangers_and_closed_classes_are_refused(here):
    keys = [here.students[0].pk]
    for actor in (room().user, college_head(), office()):
        with pytest.raises(NotAllowed):
            departures.settle(actor, here.school_class, "books", keys, on=day("2024-03-01"))
    here.school_class.closes_on = day("2024-03-31")
    here.school_class.save()
    with pytest.raises(NotAllowed, match="结班前"):
        departures.settle(here.user, here.school_class, "books", keys, on=day("2024-03-01"))
