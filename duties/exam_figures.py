"""Pass figures of exam papers (5.4): pure counting, standard library only.

A paper is one course sat (or not) by one student in one session. 缺考 and 免考 were not sat; a paper cancelled for 违纪
or 作弊 was sat and not passed. Rates are fractions, nothing is rounded except for display.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, TypeVar

PASSED, FAILED, ABSENT, BREACH, CHEATED, EXEMPT = "合格", "不合格", "缺考", "违纪", "作弊", "免考"
SAT: Final = frozenset({PASSED, FAILED, BREACH, CHEATED})
NOT_PASSED: Final = frozenset({FAILED, BREACH, CHEATED})
"""Sat and not passed: what counts towards 学业困难 (A-44)."""
OWED: Final = frozenset({FAILED, ABSENT, BREACH, CHEATED})
"""What puts a course on the retake list."""
CLEARS: Final = frozenset({PASSED, EXEMPT})
"""What takes it off again (trap 17)."""
STATUSES: Final = frozenset({PASSED, FAILED, ABSENT, BREACH, CHEATED, EXEMPT})
UNSCORED: Final = frozenset({ABSENT, EXEMPT})
"""A paper that was not sat carries no score."""
NO_DATA: Final = "无数据"

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: who, which course, how it ended, and its score in points if there is one."""

    student: int
    course: int
    status: str
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PassCount:
    """Counts of papers (科次) of a course, a class or a session; counts of several classes are added up, not averaged."""

    passed: int = 0
    failed: int = 0
    absent: int = 0
    breach: int = 0
    cheated: int = 0
    exempt: int = 0
    registered: int = 0
    scored: int = 0
    points: Decimal = field(default=Decimal(0))

    @property
    def sat(self) -> int:
        return self.passed + self.failed + self.breach + self.cheated

    @property
    def papers(self) -> int:
        return self.sat + self.absent + self.exempt

    @property
    def pass_rate(self) -> Fraction | None:
        """及格率: passed of those sat; None (无数据) when nobody sat."""
        return Fraction(self.passed, self.sat) if self.sat else None

    @property
    def registered_pass_rate(self) -> Fraction | None:
        """报考通过率: passed of those registered; None when nobody was."""
        return Fraction(self.passed, self.registered) if self.registered else None

    @property
    def mean(self) -> Fraction | None:
        """Mean of the papers that carry a score."""
        return Fraction(self.points) / self.scored if self.scored else None

    def __add__(self, other: PassCount) -> PassCount:
        return PassCount(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def pass_text(self) -> str:
        return percent(self.pass_rate)

    @property
    def registered_text(self) -> str:
        return percent(self.registered_pass_rate)

    @property
    def mean_text(self) -> str:
        return half_up(self.mean, "0.1") if self.mean is not None else "—"


def half_up(value: Fraction, step: str) -> str:
    """The value rounded half up to the step, for display only."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(step), ROUND_HALF_UP))


def percent(rate: Fraction | None) -> str:
    """A rate with two decimals of a percent; a zero denominator is 无数据, neither 0 nor 100."""
    return NO_DATA if rate is None else f"{half_up(rate * 100, '0.01')} %"


def count(papers: Iterable[Paper], registered: Iterable[tuple[int, int]] = ()) -> PassCount:
    """Count papers of one group. `registered` are (student, course) pairs in state 已报.

    报考科次 are those registered and those with a result (nobody sits unregistered), each once and without 免考.
    Raises ValueError for a status that is none.
    """
    tally = dict.fromkeys(STATUSES, 0)
    scored, points = 0, Decimal(0)
    entered: set[tuple[int, int]] = set(registered)
    exempt: set[tuple[int, int]] = set()
    for paper in papers:
        if paper.status not in STATUSES:
            raise ValueError(f"no such status: {paper.status}")
        tally[paper.status] += 1
        key = (paper.student, paper.course)
        (exempt if paper.status == EXEMPT else entered).add(key)
        if paper.score is not None and paper.status not in UNSCORED:
            scored += 1
            points += paper.score
    return PassCount(
        passed=tally[PASSED],
        failed=tally[FAILED],
        absent=tally[ABSENT],
        breach=tally[BREACH],
        cheated=tally[CHEATED],
        exempt=tally[EXEMPT],
        registered=len(entered - exempt),
        scored=scored,
        points=points,
    )


def count_by(
    papers: Iterable[tuple[Key, Paper]], registered: Iterable[tuple[Key, tuple[int, int]]] = ()
) -> Mapping[Key, PassCount]:
    """`count` per group, e.g. per course or per class and course, in the order in which the groups appear."""
    groups: dict[Key, list[Paper]] = defaultdict(list)
    entered: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for key, paper in papers:
        groups[key].append(paper)
    for key, pair in registered:
        entered[key].append(pair)
    return {key: count(groups.get(key, ()), entered.get(key, ())) for key in dict.fromkeys((*groups, *entered))}


def pooled(counts: Iterable[PassCount]) -> PassCount:
    """Counts of several groups together: rates of the sum, never the mean of rates."""
    return sum(counts, PassCount())


def named_courses(text: str, names: Iterable[str]) -> frozenset[str]:
    """Which of the course names a free text mentions; a name inside a longer one that is mentioned does not count."""
    found = set()
    rest = text
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        if name in rest:
            found.add(name)
            rest = rest.replace(name, "\n")
    return frozenset(found)
