"""优秀毕业生: proposed by the class, shown to it, handed to the college, decided there (article 6 (3))."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import SchoolClass, Student

from ..graduates import GONE_UP, graduates_of, most_awards
from ..models import GraduateAward
from ..policies import graduation as policies

State = GraduateAward.State


@dataclass(frozen=True, slots=True)
class AwardFields:
    """What the class says about its candidate."""

    basis: str
    rank: int | None = None
    votes: int | None = None
    notice_from: dt.date | None = None
    notice_to: dt.date | None = None


@transaction.atomic
def propose(actor: User, school_class: SchoolClass, student: Student, fields: AwardFields) -> GraduateAward:
    """Propose a graduate of the class. Raises UserError for anybody else and for a second proposal in the year."""
    policies.can_propose(actor, school_class).require()
    if student not in graduates_of([school_class.pk]).get(school_class.pk, []):
        raise UserError(f"{student.name}不是{school_class}的毕业生，不能推荐。")
    _check(fields)
    assert school_class.teaching_ends_on is not None
    year = school_class.teaching_ends_on.year
    try:
        with transaction.atomic():
            award = GraduateAward.objects.create(
                school_class=school_class, student=student, year=year, proposed_by=actor, **_columns(fields)
            )
    except IntegrityError:
        raise UserError(f"{student.name}在 {year} 年已有推荐。") from None
    _audit(actor, "duties.award_propose", award, None)
    return award


@transaction.atomic
def change(actor: User, award: GraduateAward, fields: AwardFields, *, version: int) -> GraduateAward:
    """Change a proposal that has not gone up, as it was read in `version`."""
    policies.can_change(actor, award).require()
    _check(fields)
    before = _facts(award)
    _move(award, (State.PROPOSED,), version=version, **_columns(fields))
    _audit(actor, "duties.award_change", award, before)
    return award


@transaction.atomic
def submit(actor: User, award: GraduateAward) -> GraduateAward:
    """Hand the proposal to the college: with its grounds, after the notice in the class, within the ratio if one is set."""
    policies.can_change(actor, award).require()
    if award.notice_from is None or award.notice_to is None:
        raise UserError("上报前请填写班级公示的起止日期。")
    if award.notice_to >= timezone.localdate():
        raise UserError(f"班级公示到 {award.notice_to}，公示结束后才能上报。")
    _within_ratio(award)
    before = _facts(award)
    _move(award, policies.MOVES[State.SUBMITTED], state=State.SUBMITTED)
    _audit(actor, "duties.award_submit", award, before)
    return award


def _within_ratio(award: GraduateAward) -> None:
    # The class row is held, so that two proposals at one moment do not pass the limit together.
    school_class = SchoolClass.objects.select_for_update().get(pk=award.school_class_id)
    graduates = len(graduates_of([school_class.pk]).get(school_class.pk, []))
    most = most_awards(school_class, graduates)
    if most is None:
        return
    gone_up = GraduateAward.objects.filter(school_class=school_class, year=award.year, state__in=GONE_UP).count()
    if gone_up >= most:
        raise UserError(f"按设定的比例（口径 A-88），本班 {graduates} 名毕业生最多上报 {most} 名，已报 {gone_up} 名。")


@transaction.atomic
def decide(actor: User, award: GraduateAward, *, approved: bool, text: str = "") -> GraduateAward:
    """The college agrees, or refuses with its reason."""
    policies.can_decide(actor, award).require()
    if not approved and not text.strip():
        raise UserError("不同意请写明理由。")
    before = _facts(award)
    state = State.APPROVED if approved else State.REFUSED
    _move(
        award, policies.MOVES[state], state=state, decided_by=actor, decided_at=timezone.now(),
        decision_text=text.strip()[:300],
    )  # fmt: skip
    _audit(actor, f"duties.award_{state}", award, before, text.strip())
    return award


@transaction.atomic
def withdraw(actor: User, award: GraduateAward, reason: str) -> GraduateAward:
    """The class takes its proposal back before the college decided; the student may be proposed again."""
    policies.can_withdraw(actor, award).require()
    if not reason.strip():
        raise UserError("请写明撤回的原因。")
    before = _facts(award)
    _move(award, policies.MOVES[State.WITHDRAWN], state=State.WITHDRAWN)
    _audit(actor, "duties.award_withdraw", award, before, reason.strip())
    return award


def _check(fields: AwardFields) -> None:
    if not fields.basis.strip():
        raise UserError("请写明推荐的事迹和依据。")
    first, last = fields.notice_from, fields.notice_to
    if first and last and last < first:
        raise UserError(f"公示结束 {last} 早于开始 {first}，请改正。")


def _columns(fields: AwardFields) -> dict[str, Any]:
    return asdict(fields) | {"basis": fields.basis.strip()}


def _move(award: GraduateAward, allowed: tuple[str, ...], version: int | None = None, **values: Any) -> None:
    rows = GraduateAward.objects.filter(pk=award.pk, state__in=allowed, version=version or award.version)
    if not rows.update(version=F("version") + 1, **values):
        raise StaleError(f"{award.student.name}的推荐刚有变化，没有保存。请刷新后核对。")
    award.refresh_from_db()


def _facts(award: GraduateAward) -> dict[str, Any]:
    names = ("state", "rank", "votes", "notice_from", "notice_to")
    return {name: getattr(award, name) for name in names} | {"basis": sensitive(award.basis)}


def _audit(actor: User, action: str, award: GraduateAward, before: dict[str, Any] | None, reason: str = "") -> None:
    audit(
        actor, action, award, before=before, after=_facts(award), reason=reason, college=award.school_class.college_id
    )
