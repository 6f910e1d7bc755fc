"""Spells in post of one class inside a month, before they become posts. Days are whole numbers 1 … 31."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from .facts import AppointmentFact, Phase, Via

K = TypeVar("K")

HALVES = ((1, 15), (16, 31))
"""The two halves of a month (note 1 of the half-month mode); the 15th is also the day of the ``day15`` mode."""


class Spell:
    """An appointment inside the month; ``share`` may be dropped where sharing is forbidden."""

    __slots__ = ("appointment", "first", "last", "share")

    def __init__(self, appointment: AppointmentFact, first: int, last: int, share: int | None) -> None:
        self.appointment, self.first, self.last, self.share = appointment, first, last, share

    @property
    def teacher_key(self) -> str:
        return self.appointment.teacher_key

    @property
    def via(self) -> Via:
        return self.appointment.via

    def until(self, last: int) -> Spell:
        return Spell(self.appointment, self.first, last, self.share)


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of one class that belong to one person, in one phase and with one headcount."""

    teacher_key: str
    first: int
    last: int
    via: Via
    share: int | None
    phase: Phase = Phase.TEACHING
    headcount: int = 0

    def having(self, first: int, last: int, phase: Phase, headcount: int) -> Piece:
        return Piece(self.teacher_key, first, last, self.via, self.share, phase, headcount)


def seated(spells: Sequence[Spell]) -> list[list[Spell]]:
    """Group spells into seats of the class: spells of one seat follow one another, different seats may overlap."""
    if len(spells) < 2:
        return [list(spells)] if spells else []
    seats: list[list[Spell]] = []
    for spell in sorted(spells, key=lambda spell: (spell.first, spell.last)):
        free = [seat for seat in seats if seat[-1].last < spell.first]
        if free:
            max(free, key=lambda seat: (seat[-1].share == spell.share, seat[-1].last)).append(spell)
        else:
            seats.append([spell])
    return seats


def half_winner(pieces: Iterable[Piece], first: int, last: int) -> Piece | None:
    """Who gets a half of the month: most days in post, at equal count the one who comes later; None if nobody.

    The piece given back spans nothing meaningful; its phase is the one on more of the winner's days (equal: the
    later one) and its headcount that of the winner's first day in the half.
    """
    inside = [
        replace(piece, first=max(piece.first, first), last=min(piece.last, last))
        for piece in pieces
        if piece.first <= last and piece.last >= first
    ]
    if not inside:
        return None
    inside.sort(key=lambda piece: piece.first)
    best = _most_days((piece.teacher_key, piece) for piece in inside)
    own = [piece for piece in inside if piece.teacher_key == best]
    phase = _most_days((piece.phase, piece) for piece in own)
    chosen = next(piece for piece in own if piece.phase is phase)
    return replace(chosen, first=0, last=0)


def _most_days(pieces: Iterable[tuple[K, Piece]]) -> K:
    days: dict[K, tuple[int, int]] = {}
    for key, piece in pieces:
        before = days.get(key, (0, 0))[0]
        days[key] = (before + piece.last - piece.first + 1, piece.first)
    return max(days, key=lambda key: days[key])
