"""Small honest charts as plain numbers for inline SVG; the table behind a chart holds the same points. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

WIDTH, HEIGHT = 320, 96
MARGIN = 6
LEAST = Decimal("0.8")
"""The height of a bar that stands for nothing: a line on the floor."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value: what it belongs to, its words, and where it stands. `y` None: nothing was recorded."""

    label: str
    text: str
    x: Decimal
    y: Decimal | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Points in a box of WIDTH × HEIGHT. `runs` are unbroken stretches: a gap in the data is a gap in the line."""

    title: str
    points: Sequence[Point]
    low: str
    high: str
    runs: Sequence[str] = ()
    target_y: Decimal | None = None
    target_text: str = ""
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        return all(point.y is None for point in self.points)

    @property
    def bars(self) -> list[tuple[Decimal, Decimal, Decimal, Decimal]]:
        """x, y, width, height of a bar for every point with a value."""
        step = Fraction(WIDTH - 2 * MARGIN, max(len(self.points), 1))
        wide = _tenth(min(step * 3 / 5, Fraction(36)))
        floor = HEIGHT - MARGIN
        return [
            (point.x - wide / 2, point.y, wide, max(floor - point.y, LEAST))
            for point in self.points
            if point.y is not None
        ]


def rate_line(
    title: str,
    rows: Sequence[tuple[str, Fraction | None, str]],
    *,
    target: Fraction | None = None,
    target_text: str = "",
) -> Chart:
    """Rates over time: (label, rate or None, words). The scale begins at the nearest full tenth below the lowest value
    and says so, so that a drop is seen and not made up."""
    known = [rate for _, rate, _ in rows if rate is not None] + ([target] if target is not None else [])
    low = Fraction(int(min(known, default=Fraction(0)) * 10), 10)
    low = min(low, Fraction(9, 10))
    return _chart(title, rows, low, Fraction(1), f"{int(low * 100)} %", "100 %", target, target_text)


def count_bars(title: str, rows: Sequence[tuple[str, int]]) -> Chart:
    """Numbers side by side, from zero."""
    most = max((number for _, number in rows), default=0)
    shown = [(label, Fraction(number), str(number)) for label, number in rows]
    return _chart(title, shown, Fraction(0), Fraction(max(most, 1)), "0", str(most), None, "")


def _chart(
    title: str,
    rows: Sequence[tuple[str, Fraction | None, str]],
    low: Fraction,
    high: Fraction,
    low_text: str,
    high_text: str,
    target: Fraction | None,
    target_text: str,
) -> Chart:
    step = Fraction(WIDTH - 2 * MARGIN, max(len(rows), 1))
    points = [
        Point(label, text, _tenth(MARGIN + step * (2 * number + 1) / 2), _height(value, low, high))
        for number, (label, value, text) in enumerate(rows)
    ]
    return Chart(title, points, low_text, high_text, _runs(points), _height(target, low, high), target_text)


def _height(value: Fraction | None, low: Fraction, high: Fraction) -> Decimal | None:
    if value is None:
        return None
    share = (value - low) / (high - low)
    return _tenth(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN))


def _tenth(place: Fraction) -> Decimal:
    """A place on the paper; finer than a tenth of a unit nobody sees."""
    return Decimal((2 * 10 * place + 1) // 2) / 10


def _runs(points: Sequence[Point]) -> list[str]:
    runs: list[list[str]] = [[]]
    for point in points:
        if point.y is None:
            runs.append([])
        else:
            runs[-1].append(f"{point.x},{point.y}")
    return [" ".join(run) for run in runs if run]
