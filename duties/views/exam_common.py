"""What the exam pages share: whose classes, one class in the address, links to records that are already filled in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.regulation.school_calendar import term_of
from gaobo_banzhuren.web.views import RolePage, find_or_404
from teachers.models import RosterEntry, SchoolClass, Student

from ..links import new_record_url
from ..models import ExamResult, ExamSession
from ..models.exams import ExamResultQuerySet
from ..policies import exams as policies
from ..retakes import STILL_STUDYING

Crumbs = list[tuple[str, str | None]]
STAFF = (*policies.COLLEGE, Role.OFFICE)
READERS = (Role.CLASS_TEACHER, *STAFF)


def classes_of(user: User) -> QuerySet[SchoolClass]:
    """Classes whose exams the person reads, student by student."""
    return SchoolClass.objects.with_students_for(user)


def results_for(user: User) -> ExamResultQuerySet:
    """Class teachers read results from the day of release, the classes' college and the office before."""
    rows = ExamResult.objects.all()
    if user.access.has(Role.OFFICE):
        return rows
    released = Q(session__results_on__isnull=True) | Q(session__results_on__lte=timezone.localdate())
    return rows.filter(released | Q(school_class__college_id__in=user.access.colleges(*policies.COLLEGE)))


def students_of(school_class: SchoolClass) -> QuerySet[Student]:
    """On the class's roster today and still studying."""
    entries = RosterEntry.objects.on(timezone.localdate()).filter(school_class=school_class, state__in=STILL_STUDYING)
    return Student.objects.filter(pk__in=entries.values("student")).order_by("student_no")


class ClassPage(RolePage):
    """A page about one class named in the address as `class_id`; a foreign one is missing."""

    roles: ClassVar[tuple[Role, ...]] = READERS

    @property
    def school_class(self) -> SchoolClass:
        if not hasattr(self, "_school_class"):
            rows = classes_of(self.user).select_related("college")
            self._school_class: SchoolClass = find_or_404(rows, pk=self.kwargs["class_id"])
        return self._school_class

    @property
    def may_work(self) -> Any:
        if not hasattr(self, "_may_work"):
            self._may_work = policies.can_work_on_class(self.user, self.school_class, timezone.localdate())
        return self._may_work

    def record_url(self, kind: str, students: Any = (), **known: object) -> str:
        """The prefilled form of a record, for who leads the class; records are the class teacher's."""
        if not hasattr(self, "_leads"):
            self._leads = policies.leads(self.user, self.school_class, timezone.localdate())
        return new_record_url(kind, self.school_class.pk, students, **known) if self._leads else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"school_class": self.school_class, "may_work": self.may_work}


class SessionClassPage(ClassPage):
    """A page about one class in one session: `pk` and `class_id` in the address."""

    @property
    def session(self) -> ExamSession:
        if not hasattr(self, "_session"):
            rows = ExamSession.objects.visible_to(self.user).select_related("college")
            rows = rows.filter(college_id__isnull=True) | rows.filter(college=self.school_class.college)
            self._session: ExamSession = find_or_404(rows, pk=self.kwargs["pk"])
        return self._session

    def get_breadcrumbs(self) -> Crumbs:
        pk, class_id = self.session.pk, self.school_class.pk
        return [
            ("考试", reverse("duties:exams")),
            (str(self.session), reverse("duties:exam_session", args=[pk])),
            (self.school_class.name, reverse("duties:exam_class", args=[pk, class_id])),
            (self.get_title(), None),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        window = self.session.window_on(today)
        context = super().get_context_data(**kwargs)
        return context | {"session": self.session, "window": window, "released": self.session.is_released(today)}


class TermPage(RolePage):
    """A page about one term: the one asked for with `?term=`, else the present or the latest one that has begun."""

    @property
    def term(self) -> Term | None:
        if not hasattr(self, "_term"):
            asked = self.request.GET.get("term", "")
            found = self.terms.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 12 else None
            today = timezone.localdate()
            self._term = found or term_of(today) or self.terms.filter(starts_on__lte=today).first()
        return self._term

    @property
    def terms(self) -> QuerySet[Term]:
        return Term.objects.select_related("school_year").order_by("-starts_on")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"term": self.term, "terms": list(self.terms)}
