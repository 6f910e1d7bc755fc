"""The work handbook of a class and term: what it will hold, then as PDF or workbook."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.documents.workbooks_out import PDF, XLSX, attachment_response
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.views import DetailPage
from teachers.models import SchoolClass

from ..exports.handbook import handbook_pdf, handbook_workbook
from ..handbook import Handbook, handbook_of, led_or_visible

READERS = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)


class HandbookPage(DetailPage):
    """GET shows the parts and what is missing; POST hands out the file and notes it in the log."""

    roles = READERS
    model = SchoolClass
    template_name = "duties/handbook.html"
    title = "班主任工作手册"

    def get_queryset(self) -> QuerySet[SchoolClass]:
        return led_or_visible(self.user).select_related("college", "programme")

    def get_title(self) -> str:
        return f"{self.object.name} 工作手册"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        if SchoolClass.objects.visible_to(self.user).filter(pk=self.object.pk).exists():
            return [(self.object.name, reverse("teachers:class", args=[self.object.pk])), (self.title, None)]
        return [(self.object.name, None), (self.title, None)]

    def terms(self) -> list[Term]:
        """Terms of the class's life that have begun, newest first."""
        school_class = self.object
        rows = Term.objects.select_related("school_year").filter(
            ends_on__gte=school_class.opens_on,
            starts_on__lte=min(school_class.closes_on or timezone.localdate(), timezone.localdate()),
        )
        return list(rows.order_by("-starts_on"))

    def handbook(self) -> tuple[Handbook | None, list[Term], Term | None]:
        terms = self.terms()
        asked = self.request.GET.get("term", "")
        if asked and not any(str(term.pk) == asked for term in terms):
            raise Http404
        chosen = next((term for term in terms if str(term.pk) == asked), terms[0] if terms else None)
        return (handbook_of(self.user, self.object, chosen) if chosen else None), terms, chosen

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handbook, terms, chosen = self.handbook()
        return self.render(handbook=handbook, terms=terms, chosen=chosen)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handbook, _, chosen = self.handbook()
        wanted = request.POST.get("file", "")
        if handbook is None or wanted not in ("pdf", "xlsx"):
            raise Http404
        data = handbook_pdf(handbook) if wanted == "pdf" else handbook_workbook(handbook)
        with transaction.atomic():
            audit(
                self.user, "duties.handbook_export", self.object, after={"term": str(chosen), "file": wanted},
                college=self.object.college_id,
            )  # fmt: skip
        return attachment_response(data, f"{handbook.title}.{wanted}", PDF if wanted == "pdf" else XLSX)
