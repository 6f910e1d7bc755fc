"""Silent points stay visible: default, confirmed or changed, by whom, with the interpretations of article 13."""

import dataclasses
import datetime as dt

import pytest

from gaobo_banzhuren.regulation.in_force import system_settings
from gaobo_banzhuren.regulation.models import Interpretation, Reading, ReadingDecision, RuleVersion, SchoolYear
from gaobo_banzhuren.regulation.reading_states import State, reading_states, unconfirmed_count
from gaobo_banzhuren.regulation.services import calendar, versions
from gaobo_banzhuren.regulation.services.readings import confirm, interpret
from gaobo_banzhuren.regulation.services.system import save_system_settings
from gaobo_banzhuren.web.errors import NotAllowed, UserError
from tests.factories import audit_entries, college_admin, office, sysadmin, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return office()


@pytest.fixture
def current():
    return RuleVersion.objects.active().get()


def reading(code):
    return Reading.objects.get(pk=code)


def state_of(code, version=None):
    return next(state for state in reading_states(version) if state.reading.code == code)


def ask(boss, **changes):
    values = {
        "clause": "C10.2.1c",
        "question": "两个班怎么取系数？",
        "answer": "按合计人数。",
        "given_on": dt.date(2024, 3, 1),
        "reading": reading("A-01"),
        "setting_changed": "",
        "supersedes": None,
    }
    return interpret(**{**values, **changes}, actor=boss)


@pytest.mark.clause("C13.1", "A-01", "A-04")
def test_all_eighty_silent_points_start_as_defaults_with_their_values():
    states = reading_states()
    assert len(states) == 80
    assert unconfirmed_count(states) == 80
    assert [value.text for value in state_of("A-01").values] == ["按班主任所带在读班合计人数取一个系数"]
    assert [value.text for value in state_of("A-04").values] == ["12 个月"]


@pytest.mark.clause("C13.1")
def test_confirming_records_who_when_and_why_without_changing_the_value(boss, current):
    before = state_of("A-08").values
    interpretation = ask(boss, reading=reading("A-08"))
    confirm(reading("A-08"), current, note="办公会同意", interpretation=interpretation, actor=boss)
    state = state_of("A-08")
    assert (state.state, state.values) == (State.CONFIRMED, before)
    assert (state.decision.decided_by, state.decision.note) == (boss, "办公会同意")
    assert state.decision.interpretation == interpretation
    assert [entry.action for entry in audit_entries("regulation.confirm_reading")] == ["regulation.confirm_reading"]


def test_confirming_again_replaces_the_note_and_keeps_one_decision(boss, current):
    for note in ("第一次", "第二次"):
        confirm(reading("A-08"), current, note=note, interpretation=None, actor=boss)
    assert [decision.note for decision in ReadingDecision.objects.all()] == ["第二次"]


@pytest.mark.clause("C13.1")
def test_a_changed_value_shows_as_changed_in_the_new_version_only(boss, current):
    draft = versions.create_draft(current, title="新", effective_from=dt.date(2024, 9, 1), note="", actor=boss)
    part = dataclasses.replace(draft.typed_parts().allowance, zero_students="lowest_tier")
    versions.save_part(draft, "allowance", part, edition=draft.edition, actor=boss)
    assert state_of("A-08", draft).state is State.CHANGED
    assert state_of("A-08", draft).values[0].default == "不发放并提示"
    assert state_of("A-08", current).state is State.DEFAULT


@pytest.mark.clause("A-28")
def test_a_changed_system_setting_shows_as_changed(boss):
    new = dataclasses.replace(system_settings(), headcount_objection_days=5)
    assert save_system_settings(new, reason="放宽", actor=boss) == 1
    assert state_of("A-28").state is State.CHANGED
    assert system_settings().headcount_objection_days == 5
    save_system_settings(dataclasses.replace(new, headcount_objection_days=3), reason="改回", actor=boss)
    assert state_of("A-28").state is State.DEFAULT
    assert [entry.after for entry in audit_entries("regulation.system_settings")] == [
        {"headcount_objection_days": 5},
        {"headcount_objection_days": 3},
    ]


@pytest.mark.clause("A-72")
@pytest.mark.parametrize(
    "pattern",
    ["无流水号", "{name}{number}", "{number", "{number:0999999999d}", "{cycle.__class__}{number}", "{number!r}{}"],
)
def test_a_certificate_number_without_running_number_is_refused(boss, pattern):
    new = dataclasses.replace(system_settings(), certificate_number_pattern=pattern)
    with pytest.raises(UserError, match="证书编号"):
        save_system_settings(new, reason="x", actor=boss)


@pytest.mark.clause("A-04", "L30")
def test_fewer_payable_months_show_as_changed(boss):
    year = SchoolYear.objects.get(starts_on__lte=today(), ends_on__gte=today())
    months = {row.month for row in year.payable_months.all() if row.month.month not in (2, 8)}
    calendar.set_payable_months(year, months, edition=year.edition, actor=boss)
    state = state_of("A-04")
    assert state.state is State.CHANGED
    assert state.values[0].text == "10 个月（9、10、11、12、1、3、4、5、6、7 月）"


@pytest.mark.clause("C13.1")
def test_interpretations_are_numbered_within_their_year(boss):
    numbers = [ask(boss).label, ask(boss).label, ask(boss, given_on=dt.date(2025, 1, 5)).label]
    assert numbers == ["解释〔2024〕1号", "解释〔2024〕2号", "解释〔2025〕1号"]
    assert len(audit_entries("regulation.interpret")) == 3


@pytest.mark.clause("C13.1")
@pytest.mark.parametrize("make", [college_admin, sysadmin])
def test_only_the_office_confirms_and_interprets(current, make):
    stranger = make()
    with pytest.raises(NotAllowed, match="第十三条"):
        confirm(reading("A-08"), current, note="", interpretation=None, actor=stranger)
    with pytest.raises(NotAllowed, match="第十三条"):
        ask(stranger)
    with pytest.raises(NotAllowed, match="第十三条"):
        save_system_settings(system_settings(), reason="", actor=stranger)
    assert not Interpretation.objects.exists()
    assert not ReadingDecision.objects.exists()


def test_an_interpretation_needs_question_and_answer_and_no_future_day(boss):
    with pytest.raises(UserError):
        ask(boss, answer="  ")
    with pytest.raises(UserError, match="今天之后"):
        ask(boss, given_on=today() + dt.timedelta(days=1))


def test_an_interpretation_of_another_point_does_not_confirm_this_one(boss, current):
    with pytest.raises(UserError, match="A-01"):
        confirm(reading("A-08"), current, note="", interpretation=ask(boss), actor=boss)


def test_listing_all_readings_is_a_fixed_number_of_queries(boss, current, django_assert_num_queries):
    with django_assert_num_queries(7):
        reading_states()
    for code in ("A-01", "A-02", "A-03"):
        confirm(reading(code), current, note="", interpretation=None, actor=boss)
        ask(boss, reading=reading(code))
    with django_assert_num_queries(7):
        reading_states()
