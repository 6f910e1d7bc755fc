"""Monthly rates: coefficients by heads, the 毕业班 rate, and how several classes are put together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from gaobo_banzhuren.regulation.rules import (
    AllowanceRules,
    CoefficientScope,
    GraduatingCoefficient,
    GraduatingPer,
    Tier,
    ZeroStudents,
)

from .facts import Phase, Post
from .results import RatePart

_FEN_PER_YUAN = 100
_NOBODY = "没有学生"


class RateBook:
    """Monthly rates in yuan under one set of rules, each looked up once."""

    def __init__(self, rules: AllowanceRules) -> None:
        self._rules = rules
        self._minimums = [tier.minimum for tier in rules.tiers]
        self._parts: dict[tuple[bool, int], RatePart] = {}
        self._fen: dict[Decimal, Fraction] = {}

    def monthly(self, posts: Sequence[Post], phase: Phase) -> Decimal:
        """Give what a whole month with these classes is worth by a line of this kind."""
        parts = self.parts(posts, phase)
        return parts[0].monthly_rate if len(parts) == 1 else sum((part.monthly_rate for part in parts), Decimal(0))

    def fen(self, yuan: Decimal) -> Fraction:
        """Give the exact amount in 分."""
        found = self._fen.get(yuan)
        if found is None:
            found = self._fen[yuan] = Fraction(yuan) * _FEN_PER_YUAN
        return found

    def parts(self, posts: Sequence[Post], phase: Phase) -> tuple[RatePart, ...]:
        """Give the rates whose sum is the monthly rate, each with its heads, coefficient and tier."""
        if phase is Phase.GRADUATING:
            return self._graduating(posts)
        scope = self._rules.coefficient_scope
        if scope is CoefficientScope.TEACHER_TOTAL:
            return (self._teaching(sum(post.heads for post in posts)),)
        each = tuple(self._teaching(post.heads) for post in posts)
        if scope is CoefficientScope.PER_CLASS:
            return each
        return (max(each, key=lambda part: (part.monthly_rate, part.headcount)),)

    def tier(self, heads: int) -> Tier | None:
        """Find the tier; None for nobody, unless zero students are read literally (A-08)."""
        if not heads and self._rules.zero_students is ZeroStudents.NOTHING:
            return None
        return self._rules.tiers[max(bisect_right(self._minimums, heads) - 1, 0)]

    def _teaching(self, heads: int) -> RatePart:
        part = self._parts.get((True, heads))
        if part is None:
            tier = self.tier(heads)
            if tier is None:
                part = RatePart(heads, None, _NOBODY, Decimal(0))
            else:
                part = RatePart(heads, tier.coefficient, tier.text, self._rules.base_rate * tier.coefficient)
            self._parts[True, heads] = part
        return part

    def _graduating(self, posts: Sequence[Post]) -> tuple[RatePart, ...]:
        if self._rules.graduating_per is GraduatingPer.CLASS:
            return tuple(self._graduating_part(post.heads) for post in posts)
        return (self._graduating_part(sum(post.heads for post in posts)),)

    def _graduating_part(self, heads: int) -> RatePart:
        part = self._parts.get((False, heads))
        if part is None:
            part = self._parts[False, heads] = self._new_graduating_part(heads)
        return part

    def _new_graduating_part(self, heads: int) -> RatePart:
        rules = self._rules
        if not heads:
            return RatePart(heads, None, _NOBODY, Decimal(0))
        rate, words, coefficient = rules.graduating_rate, "毕业班定额", None
        if rules.graduating_per is GraduatingPer.POSTS_OF_STANDARD_SIZE:
            posts = -(-heads // rules.standard_class_size)
            rate, words = rate * posts, f"毕业班定额 {posts} 份"
        tier = self.tier(heads)
        if rules.graduating_coefficient is GraduatingCoefficient.BY_TIER and tier is not None:
            coefficient = tier.coefficient
            rate, words = rate * coefficient, f"{words}，{tier.text}"
        return RatePart(heads, coefficient, words, rate)
