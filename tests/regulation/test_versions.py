"""A new version: copied, changed, compared, previewed, activated by the office alone; what is settled never changes."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation import registry
from gaobo_banzhuren.regulation.in_force import rules_on
from gaobo_banzhuren.regulation.models import Reading, ReadingDecision, RuleVersion
from gaobo_banzhuren.regulation.registry import PreviewRow
from gaobo_banzhuren.regulation.rules import Tier
from gaobo_banzhuren.regulation.services import readings, versions
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.factories import audit_entries, college_admin, hr, office, person, sysadmin

pytestmark = pytest.mark.django_db

SEPTEMBER = dt.date(2024, 9, 1)


@pytest.fixture
def boss():
    return office()


@pytest.fixture
def current():
    return RuleVersion.objects.active().get()


@pytest.fixture
def draft(boss, current):
    return versions.create_draft(current, title="2024 年修订", effective_from=SEPTEMBER, note="", actor=boss)


def set_rate(draft, boss, rate):
    part = dataclasses.replace(draft.typed_parts().allowance, base_rate=Decimal(rate))
    return versions.save_part(draft, "allowance", part, edition=draft.edition, actor=boss)


def preview_and_activate(draft, boss, reason="校办〔2024〕9号"):
    versions.make_preview(draft, since=dt.date(2023, 10, 1), actor=boss)
    versions.activate(draft, reason=reason, edition=draft.edition, actor=boss)


@pytest.fixture
def previewer(monkeypatch):
    """Stands in for the allowance: one settled month of one college, recomputed by the base rate."""
    seen = []

    def recompute(rules, since):
        seen.append((rules.allowance.base_rate, since))
        yield PreviewRow(dt.date(2023, 11, 1), "X01", "信息学院", 60_000, int(rules.allowance.base_rate * 100))

    monkeypatch.setattr(registry, "_previewers", [recompute])
    return seen


@pytest.mark.clause("C0.3")
def test_a_draft_is_a_copy_and_leaves_the_version_in_force_alone(draft, current, boss):
    assert (draft.status, draft.parts, draft.based_on) == ("draft", current.parts, current)
    assert set_rate(draft, boss, "650") == 1
    current.refresh_from_db()
    assert current.typed_parts().allowance.base_rate == 600
    assert draft.typed_parts().allowance.base_rate == 650


@pytest.mark.clause("C0.3")
def test_changing_a_draft_is_logged_with_old_and_new(draft, boss):
    set_rate(draft, boss, "650")
    entry = audit_entries("regulation.draft_part")[-1]
    assert (entry.before, entry.after) == ({"allowance.base_rate": "600 元"}, {"allowance.base_rate": "650 元"})


@pytest.mark.clause("C0.3", "C12.1", "T12")
def test_an_activated_draft_holds_from_its_first_day(draft, boss):
    set_rate(draft, boss, "650")
    preview_and_activate(draft, boss)
    assert rules_on(dt.date(2024, 8, 31)).allowance.base_rate == 600
    assert rules_on(SEPTEMBER).allowance.base_rate == 650
    entry = audit_entries("regulation.activate")[-1]
    assert entry.reason == "校办〔2024〕9号"
    assert entry.after["changes"] == {"allowance.base_rate": ["600 元", "650 元"]}


def test_activation_needs_a_preview_of_exactly_this_content(draft, boss):
    with pytest.raises(UserError, match="试算"):
        versions.activate(draft, reason="通知", edition=draft.edition, actor=boss)
    versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    set_rate(draft, boss, "650")
    with pytest.raises(UserError, match="试算"):
        versions.activate(draft, reason="通知", edition=draft.edition, actor=boss)
    assert not RuleVersion.objects.active().filter(pk=draft.pk).exists()


def test_a_preview_of_another_first_day_does_not_count(draft, boss):
    versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    versions.save_head(
        draft, title=draft.title, effective_from=dt.date(2024, 10, 1), note="", edition=draft.edition, actor=boss
    )
    assert versions.latest_preview(draft) is None


def test_activation_needs_a_reason(draft, boss):
    versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    with pytest.raises(UserError, match="理由"):
        versions.activate(draft, reason="  ", edition=draft.edition, actor=boss)


@pytest.mark.clause("T14", "C9.1")
def test_weights_other_than_100_cannot_be_previewed_or_activated(draft, boss):
    rules = draft.typed_parts().assessment
    part = dataclasses.replace(rules.parts[0], weight=Decimal(16))
    broken = dataclasses.replace(rules, parts=(part, *rules.parts[1:]))
    versions.save_part(draft, "assessment", broken, edition=draft.edition, actor=boss)
    with pytest.raises(UserError, match="权重之和应为 100，现为 101"):
        versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    draft.previews.create(content_key=draft.content_key, since=SEPTEMBER, rows=[], made_by=boss)
    with pytest.raises(UserError, match="权重之和应为 100，现为 101"):
        versions.activate(draft, reason="通知", edition=draft.edition, actor=boss)


@pytest.mark.clause("C10.2.1c")
@pytest.mark.parametrize(
    "tiers",
    [
        [(0, 29, "0.6"), (31, None, "1")],
        [(0, 29, "0.6"), (29, None, "1")],
        [(0, 29, "0.6"), (30, 59, "1")],
        [],
    ],
)
def test_tiers_with_gap_overlap_or_open_end_cannot_be_activated(draft, boss, tiers):
    rows = tuple(Tier(first, last, Decimal(value)) for first, last, value in tiers)
    part = dataclasses.replace(draft.typed_parts().allowance, tiers=rows)
    versions.save_part(draft, "allowance", part, edition=draft.edition, actor=boss)
    assert versions.activation_problems(draft)
    with pytest.raises(UserError):
        versions.make_preview(draft, since=SEPTEMBER, actor=boss)


@pytest.mark.clause("A-25")
def test_a_version_starts_on_the_first_of_a_month_only(draft, boss, current):
    with pytest.raises(UserError, match="某月 1 日"):
        versions.create_draft(current, title="月中", effective_from=dt.date(2024, 9, 2), note="", actor=boss)
    with pytest.raises(UserError, match="某月 1 日"):
        versions.save_head(
            draft, title="月中", effective_from=dt.date(2024, 9, 15), note="", edition=draft.edition, actor=boss
        )


@pytest.mark.parametrize("day", [dt.date(2023, 10, 1), dt.date(2023, 9, 1)])
def test_a_version_never_starts_before_or_with_the_last_active_one(boss, current, day):
    draft = versions.create_draft(current, title="过早", effective_from=day, note="", actor=boss)
    versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    with pytest.raises(UserError, match="晚于最近生效的版本"):
        versions.activate(draft, reason="通知", edition=draft.edition, actor=boss)


@pytest.mark.clause("C13.1")
@pytest.mark.parametrize("make", [college_admin, hr, sysadmin, lambda: person(Role.AUDITOR)])
def test_only_the_office_changes_the_rules(draft, current, boss, make):
    stranger = make()
    part = draft.typed_parts().allowance
    before = RuleVersion.objects.count()
    for attempt in (
        lambda: versions.create_draft(current, title="x", effective_from=SEPTEMBER, note="", actor=stranger),
        lambda: versions.save_part(draft, "allowance", part, edition=draft.edition, actor=stranger),
        lambda: versions.make_preview(draft, since=SEPTEMBER, actor=stranger),
        lambda: versions.void(draft, reason="x", actor=stranger),
        lambda: versions.set_document(current, document_no="x", parent_document="", actor=stranger),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    with pytest.raises(NotAllowed, match="继续教育学院"):
        versions.activate(draft, reason="x", edition=draft.edition, actor=stranger)
    assert RuleVersion.objects.count() == before


def test_a_version_in_force_refuses_every_edit(current, boss):
    part = current.typed_parts().allowance
    for attempt in (
        lambda: versions.save_part(current, "allowance", part, edition=current.edition, actor=boss),
        lambda: versions.make_preview(current, since=SEPTEMBER, actor=boss),
        lambda: versions.save_head(
            current, title="x", effective_from=SEPTEMBER, note="", edition=current.edition, actor=boss
        ),
    ):
        with pytest.raises(NotAllowed, match="不能再改"):
            attempt()


def test_a_stale_save_of_a_draft_is_refused(draft, boss):
    stale = draft.edition
    set_rate(draft, boss, "650")
    with pytest.raises(StaleError):
        versions.save_part(draft, "rates", draft.typed_parts().rates, edition=stale, actor=boss)


def test_activating_twice_is_refused_the_second_time(draft, boss):
    preview_and_activate(draft, boss)
    with pytest.raises(NotAllowed):
        versions.activate(draft, reason="再来", edition=draft.edition, actor=boss)
    assert len(audit_entries("regulation.activate")) == 1


def test_the_preview_compares_settled_months_and_changes_nothing(draft, boss, previewer):
    set_rate(draft, boss, "650")
    preview = versions.make_preview(draft, since=dt.date(2023, 10, 15), actor=boss)
    assert previewer == [(Decimal(650), dt.date(2023, 10, 1))]
    assert preview.rows == [
        {
            "month": "2023-11-01",
            "college_code": "X01",
            "college_name": "信息学院",
            "settled_fen": 60_000,
            "recomputed_fen": 65_000,
        }
    ]
    assert rules_on(dt.date(2023, 11, 1)).allowance.base_rate == 600


def test_a_draft_can_be_given_up(draft, boss):
    versions.void(draft, reason="不改了", actor=boss)
    draft.refresh_from_db()
    assert (draft.status, draft.void_reason) == ("void", "不改了")
    with pytest.raises(NotAllowed):
        versions.void(draft, reason="再次", actor=boss)


def test_the_only_version_in_force_cannot_be_voided(current, boss):
    with pytest.raises(NotAllowed, match="唯一生效"):
        versions.void(current, reason="x", actor=boss)


def test_a_version_that_settled_months_use_cannot_be_voided(draft, boss, monkeypatch):
    preview_and_activate(draft, boss)
    monkeypatch.setattr(registry, "_usage_counters", [lambda version_id: 3 if version_id == draft.pk else 0])
    with pytest.raises(NotAllowed, match="已有 3 处"):
        versions.void(draft, reason="x", actor=boss)
    monkeypatch.setattr(registry, "_usage_counters", [])
    versions.void(draft, reason="录错", actor=boss)
    assert rules_on(SEPTEMBER).effective_from == dt.date(2023, 10, 1)


@pytest.mark.clause("O1")
def test_number_and_parent_document_can_be_entered_later(current, boss):
    versions.set_document(current, document_no="苏高职〔2023〕1号", parent_document="关于印发…的通知", actor=boss)
    current.refresh_from_db()
    assert current.document_no == "苏高职〔2023〕1号"
    assert [entry.action for entry in audit_entries("regulation.document")] == ["regulation.document"]


@pytest.mark.clause("C13.1", "A-05")
def test_confirmed_readings_are_carried_over_unless_their_value_changed(draft, current, boss):
    for code in ("A-01", "A-05"):
        readings.confirm(Reading.objects.get(pk=code), current, note="会议确认", interpretation=None, actor=boss)
    part = dataclasses.replace(draft.typed_parts().allowance, partial_month="day15")
    versions.save_part(draft, "allowance", part, edition=draft.edition, actor=boss)
    preview_and_activate(draft, boss, reason="改为 15 日在岗")
    notes = dict(ReadingDecision.objects.filter(version=draft).values_list("reading_id", "note"))
    assert notes == {"A-01": "会议确认", "A-05": "改为 15 日在岗"}


def test_two_drafts_of_one_day_activated_at_once_give_one_version(draft, current, boss, monkeypatch):
    """The other draft is activated between this one's checks and its write; the database's rule becomes a sentence."""
    other = versions.create_draft(current, title="另一份", effective_from=SEPTEMBER, note="", actor=boss)
    versions.make_preview(draft, since=SEPTEMBER, actor=boss)
    monkeypatch.setattr(versions, "activation_problems", lambda version: [])
    RuleVersion.objects.filter(pk=other.pk).update(status="active")
    with pytest.raises(StaleError, match="没有启用"):
        versions.activate(draft, reason="通知", edition=draft.edition, actor=boss)
    assert RuleVersion.objects.active().filter(effective_from=SEPTEMBER).get() == other
