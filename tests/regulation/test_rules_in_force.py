"""Which rules hold on a day, and that rules in force cannot be changed behind the product's back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from gaobo_banzhuren.regulation import triggers
from gaobo_banzhuren.regulation.bundle import digest_of, write_parts
from gaobo_banzhuren.regulation.data_files import first_parts
from gaobo_banzhuren.regulation.in_force import (
    DamagedRuleError,
    NoRuleError,
    rules_for_month,
    rules_of,
    rules_on,
    system_settings,
)
from gaobo_banzhuren.regulation.loading import load_regulation
from gaobo_banzhuren.regulation.models import Reading, RuleVersion, SchoolYear

pytestmark = pytest.mark.django_db

DAY = dt.date


def version(effective_from, *, base_rate="600", status="active"):
    data = write_parts(first_parts())
    data["allowance"]["base_rate"] = base_rate
    return RuleVersion.objects.create(
        title="测试版本", effective_from=effective_from, status=status, parts=data, digest=digest_of(data)
    )


@pytest.mark.clause("C12.1", "A-26", "L27")
@pytest.mark.parametrize("day", [DAY(2023, 9, 30), DAY(2023, 9, 1), DAY(2020, 1, 1)])
def test_before_october_2023_no_rule_applies(day):
    with pytest.raises(NoRuleError, match="无适用制度"):
        rules_on(day)


@pytest.mark.clause("C12.1", "A-26", "A-25", "O26")
def test_the_whole_of_october_2023_is_covered():
    assert rules_on(DAY(2023, 10, 1)).effective_from == DAY(2023, 10, 1)
    assert rules_for_month(DAY(2023, 10, 31)).allowance.base_rate == 600
    with pytest.raises(NoRuleError, match="2023-09 无适用制度"):
        rules_for_month(DAY(2023, 9, 30))


@pytest.mark.clause("T12", "C0.3")
def test_a_later_version_holds_from_its_first_day_and_not_before():
    version(DAY(2024, 9, 1), base_rate="700")
    assert rules_for_month(DAY(2024, 8, 15)).allowance.base_rate == 600
    assert rules_for_month(DAY(2024, 9, 15)).allowance.base_rate == 700


def test_drafts_and_voided_versions_are_never_in_force():
    version(DAY(2024, 9, 1), base_rate="700", status="draft")
    version(DAY(2024, 10, 1), base_rate="800", status="void")
    assert rules_on(DAY(2024, 12, 1)).allowance.base_rate == 600


def test_the_rules_stored_with_a_settled_month_are_found_again():
    later = version(DAY(2024, 9, 1), base_rate="700")
    assert rules_of(later.pk).allowance.base_rate == Decimal(700)
    with pytest.raises(NoRuleError):
        rules_of(0)


def test_asking_for_the_rules_is_one_light_query(django_assert_num_queries):
    rules_on(DAY(2024, 3, 1))
    with django_assert_num_queries(1):
        rules_on(DAY(2024, 4, 1))


def test_a_changed_draft_is_not_served_from_memory():
    draft = version(DAY(2024, 9, 1), base_rate="700", status="draft")
    assert rules_of(draft.pk).allowance.base_rate == 700
    data = {**draft.parts, "allowance": {**draft.parts["allowance"], "base_rate": "710"}}
    RuleVersion.objects.filter(pk=draft.pk).update(parts=data, digest=digest_of(data))
    assert rules_of(draft.pk).allowance.base_rate == 710


def test_content_that_does_not_match_its_digest_is_refused():
    draft = version(DAY(2024, 9, 1), status="draft")
    RuleVersion.objects.filter(pk=draft.pk).update(digest="0" * 64)
    with pytest.raises(DamagedRuleError):
        rules_of(draft.pk)


@pytest.mark.clause("C0.3")
@pytest.mark.parametrize(
    "change",
    [
        {"parts": {}},
        {"digest": "0" * 64},
        {"effective_from": DAY(2023, 11, 1)},
        {"title": "另一名称"},
        {"status": "draft"},
    ],
)
def test_the_database_refuses_to_change_a_version_in_force(change):
    current = RuleVersion.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleVersion.objects.filter(pk=current.pk).update(**change)
    assert RuleVersion.objects.get().digest == current.digest


def test_without_the_trigger_the_change_would_go_through():
    """Shows that the test above proves the trigger and nothing else."""
    triggers.drop(connection)
    assert RuleVersion.objects.update(title="另一名称") == 1
    assert not triggers.installed(connection)
    triggers.install(connection)
    assert triggers.installed(connection)


@pytest.mark.clause("A-25")
@pytest.mark.parametrize("day", [DAY(2024, 9, 2), DAY(2024, 9, 30)])
def test_the_database_refuses_a_version_that_starts_inside_a_month(day):
    with pytest.raises(DatabaseError), transaction.atomic():
        version(day)


def test_two_active_versions_of_one_day_are_refused():
    with pytest.raises(DatabaseError), transaction.atomic():
        version(DAY(2023, 10, 1))
    version(DAY(2023, 10, 1), status="draft")


def test_loading_again_changes_nothing(capsys):
    before = list(RuleVersion.objects.values()), list(Reading.objects.values()), list(SchoolYear.objects.values())
    assert load_regulation(apps.get_model).nothing
    call_command("load_rules")
    after = list(RuleVersion.objects.values()), list(Reading.objects.values()), list(SchoolYear.objects.values())
    assert before == after
    assert "制度版本 0，口径 0，学年 0" in capsys.readouterr().out


def test_loading_into_an_empty_database_brings_everything():
    for year in SchoolYear.objects.all():
        year.terms.all().delete()
        year.payable_months.all().delete()
        year.delete()
    Reading.objects.all().delete()
    loaded = load_regulation(apps.get_model)
    assert (loaded.versions, loaded.readings, loaded.school_years) == (0, 80, 6)
    assert list(SchoolYear.objects.order_by("starts_on").values_list("name", flat=True)) == [
        "2022-2023",
        "2023-2024",
        "2024-2025",
        "2025-2026",
        "2026-2027",
        "2027-2028",
    ]


@pytest.mark.clause("A-24", "A-28", "A-70", "A-72", "A-83", "A-85", "A-87")
def test_system_settings_start_with_the_defaults():
    settings = system_settings()
    assert settings.store_identity_columns is False
    assert settings.headcount_objection_days == 3
    assert settings.score_visibility == "after_publicity"
    assert settings.certificate_number("2023-2024", 7) == "高博继教优班〔2023-2024〕007"
    assert (settings.office_name, settings.office_second_name) == ("继续教育学院", "继续教育处")
    assert settings.external_teachers_allowed
    assert settings.sensitive_talk_readers == "author_and_head"
