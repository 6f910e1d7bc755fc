"""班级概况: one class on one page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.views import DetailPage
from teachers.models import SchoolClass

from .. import terms
from ..measures.behind import known_keys
from ..overview import overview_of


class ClassOverview(DetailPage):
    """Thinking and study of a class in a term, each number with the records behind it."""

    roles = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD, Role.OFFICE)
    model = SchoolClass
    template_name = "duties/overview.html"
    title = "班级概况"

    def get_title(self) -> str:
        return f"{self.object.name} 概况"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [(self.object.name, reverse("teachers:class", args=[self.object.pk])), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = timezone.localdate()
        known = terms.begun(today)
        term = terms.chosen(request.GET.get("term", ""), known)
        if known and term is None:
            raise Http404
        if term is None:
            return self.render(terms=[], chosen=None, overview=None)
        last = min(term.ends_on, today)
        overview = overview_of(self.user, self.object, term.starts_on, max(last, term.starts_on), today)
        return self.render(terms=known, chosen=term, overview=overview, last=last, openable=known_keys())
