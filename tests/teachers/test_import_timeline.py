"""Whatever rows come one after the other: no day twice, a row read again changes nothing, an export reads back."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from teachers.imports.timeline import Contradiction, Said, desired, difference, latest_row

DAY_ONE = dt.date(2023, 9, 1)
days = st.integers(0, 12).map(lambda number: DAY_ONE + dt.timedelta(days=number))


@st.composite
def rows(draw):
    """A legal row: a state other than 在读 has its day, and no state begins before the student joined."""
    joined, state = draw(days), draw(st.sampled_from(["在读", "休学", "退学"]))
    since = draw(days.filter(lambda day: day >= joined)) if state != "在读" or draw(st.booleans()) else None
    return Said(draw(st.sampled_from(["K1", "K2"])), joined, state, since)


def recorded(spells):
    return [spell._replace(pk=number) for number, spell in enumerate(spells, 1)]


@given(st.lists(rows(), min_size=1, max_size=6))
def test_any_order_of_rows_keeps_the_timeline_sound(told):
    now = []
    for said in told:
        try:
            wanted = desired(now, said)
        except Contradiction:
            continue
        change = difference(now, wanted)
        kept = [spell for spell in now if spell not in change.void and spell not in [old for old, _ in change.close]]
        result = sorted(
            [*kept, *(spell._replace(last=last) for spell, last in change.close), *change.make],
            key=lambda spell: spell.first,
        )
        assert [spell.facts for spell in result] == [spell.facts for spell in wanted]
        now = recorded(result)
        for spell, after in itertools.pairwise(now):
            assert spell.last is not None
            assert spell.first <= spell.last < after.first
        assert now[-1].last is None
        assert desired(now, said) == now, "the same row again"
        assert desired(now, latest_row(now)) == now, "the exported row"
