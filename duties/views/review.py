"""工作检查: the matrix of the college, one teacher, and reminders."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage, RolePage
from teachers.models import ClassTeacher, SchoolClass
from teachers.models.classes import SchoolClassQuerySet

from .. import terms
from ..forms.reminders import ReminderForm
from ..measures.teachers import teacher_figures
from ..models import Reminder
from ..policies.reminders import SENDERS
from ..review import Line, Matrix, matrix_of, to_do_first
from ..services import reminders

PER_PAGE = 40
LONGEST_LIST = 8


class ReviewPage(RolePage):
    """What the pages of the check share: the classes under one's care and the term."""

    roles = SENDERS

    def classes(self) -> SchoolClassQuerySet:
        rows = SchoolClass.objects.visible_to(self.user)
        if not self.user.access.has(Role.OFFICE):
            rows = rows.filter(college_id__in=self.user.access.colleges(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD))
        return rows.select_related("college").order_by("code")

    def term(self) -> tuple[list[Term], Term | None]:
        known = terms.begun(timezone.localdate())
        term = terms.chosen(self.request.GET.get("term", ""), known)
        if known and term is None:
            raise Http404
        return known, term

    def matrix(self, classes: SchoolClassQuerySet, term: Term) -> Matrix:
        return matrix_of(classes.open_on_any(term.starts_on, term.ends_on), term, timezone.localdate())


class Review(ReviewPage):
    title = "工作检查"
    lead = "每位班主任本学期各项工作的进展，逾期最多的排在最前。"
    template_name = "duties/review.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known, term = self.term()
        classes, colleges, college = self._college(self.classes())
        if term is None:
            return self.render(matrix=None, terms=[], chosen=None)
        matrix = self.matrix(classes, term)
        page = Paginator(self._ordered(matrix), PER_PAGE).get_page(request.GET.get("page"))
        return self.render(
            matrix=matrix, page=page, terms=known, chosen=term, colleges=colleges, college=college,
            order=self._order(), behind=sum(1 for line in matrix.lines if line.overdue), total=len(matrix.lines),
        )  # fmt: skip

    def _college(self, classes: SchoolClassQuerySet) -> tuple[SchoolClassQuerySet, list[College], College | None]:
        if not self.user.access.has(Role.OFFICE):
            return classes, [], None
        colleges = list(College.objects.order_by("code"))
        asked = self.request.GET.get("college", "")
        college = next((one for one in colleges if str(one.pk) == asked), None)
        return (classes.filter(college=college) if college else classes), colleges, college

    def _order(self) -> str:
        asked = self.request.GET.get("order", "")
        return asked if asked in ("name", "done") else "overdue"

    def _ordered(self, matrix: Matrix) -> list[Line]:
        lines = list(matrix.lines)
        if self._order() == "name":
            lines.sort(key=lambda line: line.teacher.user.staff_no)
        elif self._order() == "done":
            lines.sort(key=lambda line: (-line.done, line.teacher.user.staff_no))
        return lines


class ReviewTeacher(ReviewPage, DetailPage):
    """One class teacher: figures over the days in post and the checklist of each class."""

    model = ClassTeacher
    template_name = "duties/review_teacher.html"

    def get_queryset(self) -> QuerySet[ClassTeacher]:
        return ClassTeacher.objects.visible_to(self.user).with_names()

    def get_title(self) -> str:
        return f"{self.object.name} 工作检查"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("工作检查", reverse("duties:review")), (self.object.name, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known, term = self.term()
        if term is None:
            return self.render(line=None, terms=[], chosen=None)
        led = self.classes().filter(appointments__teacher=self.object).distinct()
        matrix = self.matrix(led, term)
        line = next((one for one in matrix.lines if one.teacher.pk == self.object.pk), None)
        last = min(term.ends_on, timezone.localdate())
        figures = teacher_figures([self.object.pk], term.starts_on, max(last, term.starts_on))[self.object.pk]
        sent = (
            Reminder.objects.visible_to(self.user).filter(teacher=self.object).select_related("sent_by", "school_class")
        )
        return self.render(
            line=line, terms=known, chosen=term, last=last, pooled=list(figures.pooled.values()),
            checklists=[(one, *to_do_first(line.rows[one.pk])) for one in line.classes] if line else [],
            reminders=sent[:LONGEST_LIST],
        )  # fmt: skip


class Remind(ReviewPage, FormPage):
    """Remind one or many class teachers; those that the address names are ticked."""

    title = "提醒班主任"
    template_name = "duties/remind.html"
    form_class = ReminderForm
    submit_label = "发送提醒"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("工作检查", reverse("duties:review")), (self.title, None)]

    def lines(self) -> list[Line]:
        if not hasattr(self, "_lines"):
            _, term = self.term()
            self._lines = list(self.matrix(self.classes(), term).lines) if term else []
        return self._lines

    def get_form_kwargs(self) -> dict[str, Any]:
        keys = [line.teacher.pk for line in self.lines()]
        return super().get_form_kwargs() | {"teachers": ClassTeacher.objects.filter(pk__in=keys).with_names()}

    def get_initial(self) -> dict[str, Any]:
        asked = {key for key in self.request.GET.getlist("teacher") if key.isdecimal()}
        item = self._item()
        picked = [
            line.teacher.pk
            for line in self.lines()
            if str(line.teacher.pk) in asked or (not asked and item and self._lacks(line, item))
        ]
        label = next((c.text for c in self._columns() if c.key == item), "")
        text = f"「{label}」还没有完成，请尽快补上。" if label else "本学期清单里有逾期的事项，请尽快补上。"
        return {"teachers": picked, "text": text}

    def _item(self) -> str:
        return self.request.GET.get("item", "")[:30]

    def _columns(self) -> list[Any]:
        return [row.item for line in self.lines() for rows in line.rows.values() for row in rows]

    @staticmethod
    def _lacks(line: Line, item: str) -> bool:
        return any(row.item.key == item and row.state == "overdue" for rows in line.rows.values() for row in rows)

    def perform(self, form: ReminderForm) -> str:
        wanted = {teacher.pk for teacher in form.cleaned_data["teachers"]}
        receivers = [
            reminders.Receiver(line.teacher, line.classes[0]) for line in self.lines() if line.teacher.pk in wanted
        ]
        made = reminders.send(self.user, receivers, form.cleaned_data["text"], item=self._item())
        skipped = len(receivers) - len(made)
        more = f"，另有 {skipped} 位已有同样的提醒" if skipped else ""
        return f"已提醒 {len(made)} 位班主任{more}。"

    def get_success_url(self) -> str:
        return reverse("duties:review")


class Reminders(ListPage):
    """Reminders one got or sent, open ones first."""

    roles = (Role.CLASS_TEACHER, *SENDERS)
    title = "提醒"
    model = Reminder
    template_name = "duties/reminders.html"
    orderings = {"newest": ("最新的在前", ("done_at", "-sent_at"))}

    def get_queryset(self) -> QuerySet[Reminder]:
        return Reminder.objects.visible_to(self.user).select_related("teacher__user", "sent_by", "school_class")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_list_context()
        return self.render(**context)


class PutAway(ObjectActionPage):
    roles = (Role.CLASS_TEACHER,)
    model = Reminder
    title = "收起提醒"
    submit_label = "知道了，收起"

    def get_queryset(self) -> QuerySet[Reminder]:
        return Reminder.objects.filter(teacher__user=self.user).select_related("teacher__user")

    def get_consequences(self) -> list[str]:
        return [str(self.object), "收起之后不再出现在首页，仍可在提醒列表里看到。"]

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("提醒", reverse("duties:reminders")), (self.title, None)]

    def perform(self, form: Any) -> str:
        reminders.put_away(self.user, self.object)
        return "已收起。"

    def get_success_url(self) -> str:
        return reverse("duties:reminders")
