"""The figures of class teachers over the days in post (A-36, A-37)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .classes import ClassFigures


@dataclass(frozen=True, slots=True)
class TeacherFigures:
    """`pooled` over all classes by the setting of A-37, with the teacher's own (tasks, meetings); `by_class` each."""

    pooled: ClassFigures
    by_class: dict[int, ClassFigures]


def teacher_figures(
    teacher_ids: Iterable[int], first: dt.date, last: dt.date, *, only: Collection[str] | None = None
) -> dict[int, TeacherFigures]:
    """Figures of each teacher over the days in post from `first` to `last`. A fixed number of queries."""
    raise NotImplementedError
