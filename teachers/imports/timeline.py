"""A row of the sheet 学生 against the recorded spans of that student: what the spans ought to be.

Pure: spans in, spans out. A row says 在读 from 入班日期, and its state from 状态日期 if that is not 在读; with 在读 a
状态日期 is the day of return (复学). What contradicts recorded history is refused, never overwritten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

ENROLLED: Final = "在读"
ONE_DAY: Final = dt.timedelta(days=1)


class Spell(NamedTuple):
    """One span of one student: the class by its code, both days included. `pk` None: not recorded yet."""

    class_code: str
    state: str
    first: dt.date
    last: dt.date | None
    pk: int | None = None

    @property
    def facts(self) -> tuple[str, str, dt.date, dt.date | None]:
        return self[:4]


class Said(NamedTuple):
    """What the row says."""

    class_code: str
    joined: dt.date
    state: str
    state_on: dt.date | None


class Contradiction(Exception):
    """The row and the recorded history cannot both be true; `field` is the column to look at."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def fresh(said: Said, prior: Sequence[Spell] = ()) -> list[Spell]:
    """Spans of a student who is new in the class. Joined and left on the same day: only the state."""
    if said.state == ENROLLED:
        return [*prior, Spell(said.class_code, ENROLLED, said.joined, None)]
    since = said.state_on or said.joined
    spells = list(prior)
    if said.joined < since:
        spells.append(Spell(said.class_code, ENROLLED, said.joined, since - ONE_DAY))
    spells.append(Spell(said.class_code, said.state, since, None))
    return spells


def current_stay(recorded: Sequence[Spell]) -> int:
    """Index of the first span of the last unbroken run in one class."""
    index = len(recorded)
    while index and recorded[index - 1].class_code == recorded[-1].class_code:
        index -= 1
    return index


def latest_row(recorded: Sequence[Spell]) -> Said:
    """The row that stands for the recorded spans in an export; reading it again changes nothing."""
    stay = recorded[current_stay(recorded) :]
    last = stay[-1]
    plain = last.state == ENROLLED and len(stay) == 1
    return Said(last.class_code, stay[0].first, last.state, None if plain else last.first)


def desired(recorded: Sequence[Spell], said: Said) -> list[Spell]:
    """The spans as they ought to be; those of `recorded` that stay come back as they are.

    Raises Contradiction when the row says something that the recorded history excludes.
    """
    result = _desired(recorded, said)
    if not _says(result, said):
        since = result[-1]
        raise Contradiction("state_on", f"与记录不符（{since.first} 起为「{since.state}」），请在学生页更正")
    return result


def _says(spells: Sequence[Spell], said: Said) -> bool:
    """Whether the row, read once more, finds itself in the spans."""
    last = spells[-1]
    begins = said.state == ENROLLED or last.first == said.state_on
    return (last.class_code, last.state) == (said.class_code, said.state) and begins


def _desired(recorded: Sequence[Spell], said: Said) -> list[Spell]:
    if not recorded:
        return fresh(said)
    start = current_stay(recorded)
    prior, stay = list(recorded[:start]), list(recorded[start:])
    if said.class_code != recorded[-1].class_code:
        return _moved(recorded, prior, stay, said)
    if said.joined != stay[0].first and prior:
        raise Contradiction("joined_on", f"与记录不符：该生 {stay[0].first} 转入本班，日期请在学生页更正")
    return _merged([*prior, *_same_class(stay, said)])


def _moved(recorded: Sequence[Spell], prior: list[Spell], stay: list[Spell], said: Said) -> list[Spell]:
    last = recorded[-1]
    if any(spell.class_code == said.class_code and spell.first == said.joined for spell in prior):
        raise Contradiction("class_code", f"与记录不符：该生 {stay[0].first} 起已转到班级「{last.class_code}」")
    if prior and prior[-1].class_code == said.class_code and said.joined == stay[0].first:
        raise Contradiction(
            "class_code", f"与记录不符：该生 {stay[0].first} 从本班转到班级「{last.class_code}」，请在学生页更正"
        )
    if said.joined > last.first:
        ends = said.joined - ONE_DAY
        kept = last if last.last is not None and last.last <= ends else last._replace(last=ends, pk=None)
        return fresh(said, [*recorded[:-1], kept])
    if said.joined == last.first:
        # The state began on the day of the move, so it never held; or the first class was a slip.
        return fresh(said, recorded[:-1])
    if said.joined == stay[0].first:
        moved = [spell._replace(class_code=said.class_code, pk=None) for spell in stay]
        return _merged([*prior, *_same_class(moved, said)])
    raise Contradiction(
        "joined_on", f"早于该生在班级「{last.class_code}」的记录（{stay[0].first} 起），转班请填写实际入班日期"
    )


def _same_class(stay: list[Spell], said: Said) -> list[Spell]:
    stay = _joined(stay, said.joined)
    if len(stay) == 1 and stay[0].state == ENROLLED and stay[0].first == said.joined:
        return stay if said.state == ENROLLED else fresh(said)
    last, before = stay[-1], stay[:-1]
    since = said.state_on
    if said.state == last.state and (since is None or since == last.first):
        return stay
    if since is None:
        raise Contradiction("state", f"与记录不符：该生 {last.first} 起为「{last.state}」；若已复学，请填写状态日期")
    new = Spell(said.class_code, said.state, since, None)
    if said.state == last.state:
        return _begins(before, new, said)
    if since > last.first:
        return [*before, last._replace(last=since - ONE_DAY, pk=None), new]
    if since == last.first:
        return [*before, new]
    if any(spell.state == said.state and spell.first == since for spell in before):
        raise Contradiction("state_on", f"与记录不符：该状态之后，该生 {last.first} 起为「{last.state}」")
    return _begins(before, new, said)


def _begins(before: list[Spell], new: Spell, said: Said) -> list[Spell]:
    """The latest span with its true first day; the one before it then ends the day before."""
    if not before:
        return fresh(said)
    previous = before[-1]
    if new.first > previous.first:
        return [*before[:-1], previous._replace(last=new.first - ONE_DAY, pk=None), new]
    if len(before) == 1 and previous.state == ENROLLED and new.first == previous.first:
        return [new]
    raise Contradiction("state_on", f"早于已有的记录（{previous.first} 起为「{previous.state}」）")


def _joined(stay: list[Spell], joined: dt.date) -> list[Spell]:
    """The stay with its first day put right."""
    first, rest = stay[0], stay[1:]
    if first.first == joined:
        return stay
    if first.state != ENROLLED:
        if joined < first.first:
            return [Spell(first.class_code, ENROLLED, joined, first.first - ONE_DAY), *stay]
    elif not rest or joined < rest[0].first:
        return [first._replace(first=joined, pk=None), *rest]
    elif joined == rest[0].first:
        return rest
    raise Contradiction("joined_on", f"晚于已有的记录（{(rest or stay)[0].first} 起为「{(rest or stay)[0].state}」）")


def _merged(spells: list[Spell]) -> list[Spell]:
    """Neighbours of one class and state without a gap are one span."""
    result: list[Spell] = []
    for spell in spells:
        before = result[-1] if result else None
        if (
            before is not None
            and spell.pk is None
            and before[:2] == spell[:2]
            and before.last is not None
            and before.last + ONE_DAY == spell.first
        ):
            result[-1] = before._replace(last=spell.last, pk=None)
        else:
            result.append(spell)
    return result


class Difference(NamedTuple):
    """How to get from the recorded spans to the desired ones without overwriting any."""

    close: list[tuple[Spell, dt.date]]
    void: list[Spell]
    make: list[Spell]

    def __bool__(self) -> bool:
        return bool(self.close or self.void or self.make)


def difference(recorded: Sequence[Spell], wanted: Sequence[Spell]) -> Difference:
    """An open span that only gets a last day is closed; every other changed span is voided and made anew."""
    facts = {spell.facts for spell in recorded}
    kept = {spell.facts for spell in wanted if spell.facts in facts}
    make = [spell for spell in wanted if spell.facts not in kept]
    close, void = [], []
    for spell in recorded:
        if spell.facts in kept:
            continue
        ending = next((new for new in make if new[:3] == spell[:3] and spell.last is None and new.last), None)
        if ending is not None and ending.last is not None:
            make.remove(ending)
            close.append((spell, ending.last))
        else:
            void.append(spell)
    return Difference(close, void, make)
