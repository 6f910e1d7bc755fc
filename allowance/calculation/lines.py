"""From a person's posts to the lines of the month (5.8 and the settings of 第十条): exact sums, rounded once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from gaobo_banzhuren.regulation.rules import AllowanceRules, RoundingLevel, TeachingAndGraduating, TwoColleges

from .facts import Finding, FindingKind, Month, Phase, Post, TeacherMonth
from .money import round_fen, share_out
from .parts import month_parts
from .rates import RateBook
from .results import ClassHeads, CollegeShare, Line, MonthResult, RatePart, Stretch

Span = tuple[int, int, tuple[Post, ...]]
_FEN_PER_YUAN = 100


def calculate(teacher: TeacherMonth, month: Month, rules: AllowanceRules) -> tuple[Line, ...]:
    """Give one person's lines of the month, teaching first, colleges in the order of their codes.

    A person whose classes have no students gets a line of 0 that says so. Raise ``ValueError`` if a post lies outside
    the month.
    """
    return _Calculator(month, rules).lines(teacher)


def calculate_month(month: Month, teachers: Iterable[TeacherMonth], rules: AllowanceRules) -> MonthResult:
    """Give the lines of all persons and the hints of A-10 and A-84."""
    calculator = _Calculator(month, rules)
    lines: list[Line] = []
    findings: list[Finding] = []
    for teacher in teachers:
        own = calculator.lines(teacher)
        lines += own
        findings += calculator.hints(teacher, own)
    return MonthResult(tuple(lines), tuple(findings))


class _Calculator:
    """One month under one set of rules; keeps what is the same for every person."""

    def __init__(self, month: Month, rules: AllowanceRules) -> None:
        self.month, self.rules = month, rules
        self.days = month.days
        self.rates = RateBook(rules)
        first_day = month.first_day
        self.dates = [first_day.replace(day=number) for number in range(1, self.days + 1)]

    def lines(self, teacher: TeacherMonth) -> tuple[Line, ...]:
        spans = self._spans(teacher)
        drafts = []
        for phase in Phase:
            stretches = self._stretches(spans, phase)
            if stretches:
                drafts.append((phase, stretches))
        lines: list[Line] = []
        left = None if self.rules.ceiling_amount is None else int(self.rules.ceiling_amount * _FEN_PER_YUAN)
        for phase, stretches in drafts:
            uncapped, shown = self._amount(stretches, phase)
            total = uncapped if left is None else min(uncapped, left)
            left = None if left is None else left - total
            shares = self._shares(teacher, shown, total)
            who = (teacher.teacher_key, teacher.name, phase)
            lines += [
                Line(*who, share.college, share.amount_fen, total, uncapped, self.month, shown, shares)
                for share in shares
                if share.amount_fen or not total
            ]
        return tuple(lines)

    # ------------------------------------------------------------ stretches

    def _spans(self, teacher: TeacherMonth) -> list[Span]:
        """Cut the month where the set of posts changes."""
        posts = teacher.posts
        first_day, last_day = self.dates[0], self.dates[-1]
        cuts = set()
        for post in posts:
            if not first_day <= post.first_day <= post.last_day <= last_day:
                raise ValueError(
                    f"{teacher.name}（{teacher.teacher_key}）在 {post.class_name} 的在岗日期不在 {self.month} 内"
                )
            cuts.add(post.first_day.day)
            cuts.add(post.last_day.day + 1)
        marks = sorted(cuts)
        if len(marks) == 2:
            return [(marks[0], marks[1] - 1, posts)]
        spans = []
        for begin, following in pairwise(marks):
            active = tuple(post for post in posts if post.first_day.day <= begin <= post.last_day.day)
            if active:
                spans.append((begin, following - 1, active))
        return spans

    def _stretches(self, spans: Sequence[Span], phase: Phase) -> list[tuple[int, int, tuple[Post, ...], Decimal]]:
        """Give the days, classes and monthly rate paid by a line of this kind; neighbours that agree are one."""
        stretches: list[tuple[int, int, tuple[Post, ...], Decimal]] = []
        for first, last, posts in spans:
            counted = self._counted(posts, phase)
            if not counted:
                continue
            rate = self.rates.monthly(counted, phase)
            if stretches and stretches[-1][1] == first - 1 and _same_heads(stretches[-1][2], counted):
                first = stretches.pop()[0]
            stretches.append((first, last, counted, rate))
        return stretches

    def _counted(self, posts: tuple[Post, ...], phase: Phase) -> tuple[Post, ...]:
        """Choose the posts that a line of this kind counts on these days (A-12, A-13)."""
        ceiling = self.rules.ceiling_classes
        if ceiling is not None and len(posts) > ceiling:
            order = sorted(posts, key=lambda post: (post.phase is Phase.GRADUATING, -post.heads, post.class_code))
            posts = tuple(post for post in posts if post in order[:ceiling])
        own = tuple(post for post in posts if post.phase is phase)
        if len(own) == len(posts) or self.rules.teaching_and_graduating is TeachingAndGraduating.ADD:
            return own
        other = tuple(post for post in posts if post.phase is not phase)
        other_phase = Phase.GRADUATING if phase is Phase.TEACHING else Phase.TEACHING
        own_rate = self.rates.monthly(own, phase) if own else Decimal(0)
        other_rate = self.rates.monthly(other, other_phase)
        if not own_rate or not other_rate:
            return own
        if self.rules.teaching_and_graduating is TeachingAndGraduating.SUM_HEADS:
            return posts if phase is Phase.TEACHING else ()
        wins = own_rate > other_rate or (own_rate == other_rate and phase is Phase.TEACHING)
        return own if wins else ()

    # ------------------------------------------------------------ amounts

    def _amount(
        self, stretches: Sequence[tuple[int, int, tuple[Post, ...], Decimal]], phase: Phase
    ) -> tuple[int, tuple[Stretch, ...]]:
        rounding = self.rules.rounding
        by_stretch = rounding.level is RoundingLevel.STRETCH
        parts = month_parts([(first, last) for first, last, _, _ in stretches], self.month, self.rules)
        shown = []
        exact = Fraction(0)
        rounded = 0
        for (first, last, posts, rate), part in zip(stretches, parts, strict=True):
            fen = self.rates.fen(rate) * part.fraction
            exact += fen
            rounded += round_fen(fen, rounding) if by_stretch else 0
            shown.append(self._stretch(first, last, part.text, posts, rate, self.rates.parts(posts, phase)))
        return rounded if by_stretch else round_fen(exact, rounding), tuple(shown)

    def _stretch(
        self, first: int, last: int, part: str, posts: tuple[Post, ...], rate: Decimal, parts: tuple[RatePart, ...]
    ) -> Stretch:
        heads = sum(post.heads for post in posts)
        classes = tuple(_class_heads(post) for post in posts)
        return Stretch(self.dates[first - 1], self.dates[last - 1], last - first + 1, part, heads, rate, parts, classes)

    def _shares(self, teacher: TeacherMonth, stretches: Sequence[Stretch], total: int) -> tuple[CollegeShare, ...]:
        """Share a line over the colleges of its classes by headcount-days, or give it to the home college (A-19)."""
        headcount_days: dict[str, int] = {}
        days: dict[str, int] = {}
        for stretch in stretches:
            for item in stretch.classes:
                headcount_days[item.college] = headcount_days.get(item.college, 0) + item.headcount * stretch.days
                days[item.college] = days.get(item.college, 0) + stretch.days
        if self.rules.two_colleges is TwoColleges.HOME_COLLEGE:
            return (CollegeShare(teacher.home_college, sum(headcount_days.values()), total),)
        if len(headcount_days) == 1:
            ((college, number),) = headcount_days.items()
            return (CollegeShare(college, number, total),)
        # Paid classes without students (A-08, literal reading) have no headcount-days: their days decide.
        weights = headcount_days if any(headcount_days.values()) else days
        if total:
            weights = {college: number for college, number in weights.items() if number}
        amounts = share_out(total, weights)
        return tuple(CollegeShare(college, weights[college], amounts[college]) for college in sorted(weights))

    # ------------------------------------------------------------ hints

    def hints(self, teacher: TeacherMonth, lines: Sequence[Line]) -> list[Finding]:
        limits = {
            Phase.TEACHING: (self.rules.headcount_hint, FindingKind.MANY_STUDENTS),
            Phase.GRADUATING: (self.rules.two_posts_hint_from, FindingKind.TWO_POSTS),
        }
        found = []
        for phase, (limit, kind) in limits.items():
            own = [line for line in lines if line.kind is phase]
            if limit is None or not own:
                continue
            top = max(own[0].stretches, key=lambda stretch: stretch.headcount)
            if top.headcount >= limit:
                found.append(
                    Finding(
                        kind,
                        tuple(line.college for line in own),
                        top.first_day,
                        top.last_day,
                        teacher_key=teacher.teacher_key,
                        teacher_name=teacher.name,
                        headcount=top.headcount,
                    )
                )
        return found


def _same_heads(left: Sequence[Post], right: Sequence[Post]) -> bool:
    return len(left) == len(right) and all(
        one is other
        or (one.class_code, one.heads, one.phase, one.via) == (other.class_code, other.heads, other.phase, other.via)
        for one, other in zip(left, right, strict=True)
    )


def _class_heads(post: Post) -> ClassHeads:
    heads = post.heads
    whole = post.headcount if heads != post.headcount else None
    return ClassHeads(post.class_code, post.class_name, post.college, heads, post.via, whole)
