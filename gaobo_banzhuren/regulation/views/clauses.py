"""制度对照."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from gaobo_banzhuren.web.views import RolePage

from ..clauses import Clause, Place, articles, clauses
from ..reading_states import ReadingState, reading_states

SHOW_ALL, SHOW_DELIVERED, SHOW_LATER, SHOW_SILENT = "", "delivered", "later", "silent"
CHOICES = [(SHOW_ALL, "全部"), (SHOW_DELIVERED, "已办到"), (SHOW_LATER, "后续实现"), (SHOW_SILENT, "有口径")]


@dataclass(frozen=True, slots=True)
class ShownClause:
    """A clause with what this person may open and the readings that apply."""

    clause: Clause
    places: tuple[tuple[Place, bool], ...]
    readings: tuple[ReadingState, ...]


@dataclass(frozen=True, slots=True)
class ShownArticle:
    number: int
    heading: str
    clauses: tuple[ShownClause, ...]


class ClausesPage(RolePage):
    title = "制度对照"
    lead = "制度每一条在系统里的位置、产生的记录和数字、未写明之处用的口径，以及证明它的测试。"
    template_name = "regulation/clauses.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("show", SHOW_ALL)
        states = {state.reading.code: state for state in reading_states()}
        shown = [self._shown(clause, states) for clause in clauses() if _matches(clause, chosen)]
        return self.render(
            articles=list(_by_article(shown)),
            choices=CHOICES,
            chosen=chosen,
            total=sum(not clause.group for clause in clauses()),
            delivered=sum(clause.delivered for clause in clauses()),
        )

    def _shown(self, clause: Clause, states: dict[str, ReadingState]) -> ShownClause:
        return ShownClause(
            clause,
            tuple((place, place.open_to(self.user)) for place in clause.places),
            tuple(states[code] for code in clause.readings if code in states),
        )


def _matches(clause: Clause, chosen: str) -> bool:
    if chosen == SHOW_DELIVERED:
        return clause.delivered
    if chosen == SHOW_LATER:
        return not clause.delivered
    if chosen == SHOW_SILENT:
        return bool(clause.readings)
    return True


def _by_article(shown: list[ShownClause]) -> Iterator[ShownArticle]:
    for number, heading in articles().items():
        own = tuple(each for each in shown if each.clause.article == number)
        if own:
            yield ShownArticle(number, heading, own)
