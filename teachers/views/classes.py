"""Classes: the list, one class with its teachers and roster over time, and the form."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage

from ..forms.roster import ClassForm
from ..models import Appointment, Programme, RosterEntry, SchoolClass, StudentState
from ..policies import roster as policies
from ..posts import Stretch, class_timeline
from ..roster_filters import ClassFilter, by_name
from ..sections import class_sections
from ..services import classes as services

KEEPERS = (Role.COLLEGE_ADMIN, Role.OFFICE)
READERS = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.ASSESSOR, Role.OFFICE)
LEADERS = (*READERS, Role.CLASS_TEACHER)


def with_present_facts(rows: QuerySet[SchoolClass], today: dt.date) -> QuerySet[SchoolClass]:
    """Each class with its present headcount and teacher's name, in the list's own query."""
    heads = (
        RosterEntry.objects.on(today)
        .filter(school_class=OuterRef("pk"), state=StudentState.ENROLLED)
        .order_by()
        .values("school_class")
        .annotate(n=Count("pk"))
        .values("n")
    )
    led = Appointment.objects.on(today).filter(school_class=OuterRef("pk")).order_by("starts_on")
    return rows.select_related("college", "programme").annotate(
        heads=Coalesce(Subquery(heads), 0),
        teacher_name=Subquery(led.values("teacher__user__name")[:1]),
        teacher_pk=Subquery(led.values("teacher_id")[:1]),
    )


class ClassList(ListPage):
    roles = READERS
    title = "班级"
    template_name = "teachers/class_list.html"
    noun = "班级"
    model = SchoolClass
    filterset_class = ClassFilter
    text_label = "班级名称、拼音或代码"
    orderings = {
        "code": ("班级代码", ("code",)),
        "name": ("班级名称", ("name_pinyin",)),
        "heads": ("人数从多到少", ("-heads",)),
        "opens": ("开班日期从新到旧", ("-opens_on",)),
    }

    def get_queryset(self) -> QuerySet[SchoolClass]:
        return with_present_facts(SchoolClass.objects.visible_to(self.user), timezone.localdate())

    def search_text(self, rows: QuerySet[SchoolClass], text: str) -> QuerySet[SchoolClass]:
        return rows.filter(by_name(text, "code"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        for row in context.get("object_list", ()):
            row.phase_now = row.phase_on(today)
        context["may_create"] = self.user.access.has(*KEEPERS)
        return context


class MyClasses(ListPage):
    roles = (Role.CLASS_TEACHER,)
    title = "我的班级"
    template_name = "teachers/my_classes.html"
    model = SchoolClass
    orderings = {"code": ("班级代码", ("code",))}

    def get_queryset(self) -> QuerySet[SchoolClass]:
        today = timezone.localdate()
        own = Appointment.objects.effective().not_over(today).filter(teacher__user=self.user)
        rows = SchoolClass.objects.visible_to(self.user).filter(pk__in=own.values("school_class"))
        return with_present_facts(rows, today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        context["rows"] = [(row, row.phase_on(today)) for row in context.get("object_list", ())]
        return context


class ClassPage(DetailPage):
    """One class: who leads it, who is on its roster on a chosen day, and the teachers over time."""

    roles = LEADERS
    template_name = "teachers/class.html"
    model = SchoolClass
    object_name = "school_class"

    def get_queryset(self) -> QuerySet[SchoolClass]:
        return SchoolClass.objects.visible_to(self.user).select_related("college", "programme")

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        if self.user.access.has(*READERS):
            return [("班级", reverse("teachers:classes")), (str(self.object), None)]
        return [("我的班级", reverse("teachers:my_classes")), (str(self.object), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        school_class, today = self.object, timezone.localdate()
        asked = self.request.GET.get("day", "")[:10]
        chosen = _day(asked)
        day = chosen or today
        entries = list(
            RosterEntry.objects.on(day)
            .filter(school_class=school_class)
            .select_related("student")
            .order_by("student__student_no")
        )
        posts = Appointment.objects.on(day).filter(school_class=school_class).select_related("teacher__user")
        context |= {
            "day": day,
            "today": today,
            "bad_day": bool(asked) and chosen is None,
            "phase": school_class.phase_on(day),
            "enrolled": [entry for entry in entries if entry.state == StudentState.ENROLLED],
            "others": [entry for entry in entries if entry.state != StudentState.ENROLLED],
            "posts": list(posts),
            "timeline": [self.linked(stretch) for stretch in class_timeline(school_class, today)],
            "keep": policies.can_keep_class(self.user, school_class),
            "may_open_people": self.user.access.has(*READERS),
            "may_open_students": SchoolClass.objects.with_students_for(self.user).filter(pk=school_class.pk).exists(),
            "sections": class_sections(self.user, school_class),
        }
        return context

    def linked(self, stretch: Stretch) -> Stretch:
        """A class teacher reads who led the class before, but opens only the own appointment."""
        if self.user.access.has(*READERS) or stretch.teacher is None or stretch.teacher.user_id == self.user.pk:
            return stretch
        return replace(stretch, url="")


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


class ClassCreate(FormPage):
    roles = KEEPERS
    title = "新建班级"
    form_class = ClassForm

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("班级", reverse("teachers:classes")), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: ClassForm) -> str:
        data = form.cleaned_data
        self.made = services.create_class(
            self.user, code=data["code"], college=data["college"], fields=form.class_fields()
        )
        return f"已建立{self.made}。"

    def get_success_url(self) -> str:
        return reverse("teachers:class", args=[self.made.pk])


class ClassEdit(ObjectFormPage):
    roles = KEEPERS
    title = "修改班级"
    model = SchoolClass
    form_class = ClassForm

    def get_queryset(self) -> QuerySet[SchoolClass]:
        rows = SchoolClass.objects.visible_to(self.user).select_related("college", "programme")
        if self.user.access.has(Role.OFFICE):
            return rows
        return rows.filter(college_id__in=self.user.access.colleges(Role.COLLEGE_ADMIN))

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [
            ("班级", reverse("teachers:classes")),
            (str(self.object), reverse("teachers:class", args=[self.object.pk])),
            (self.title, None),
        ]

    def get_initial(self) -> dict[str, Any]:
        row = self.object
        programme: Programme = row.programme
        own = ("name", "entry_year", "opens_on", "teaching_ends_on", "closes_on", "version")
        return {name: getattr(row, name) for name in own} | {
            "project_type": programme.project_type,
            "sponsor": programme.sponsor,
            "major": programme.major,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user, "existing": True}

    def perform(self, form: ClassForm) -> str:
        version = form.cleaned_data["version"] or 0
        services.update_class(self.user, self.object, fields=form.class_fields(), version=version)
        return "已保存。已送审的月份不受影响。"

    def get_success_url(self) -> str:
        return reverse("teachers:class", args=[self.object.pk])


class ProgrammeList(ListPage):
    roles = READERS
    title = "专业项目"
    lead = "班级按项目类型、主考院校和专业归类；在班级资料中填写，自动归入。"
    template_name = "teachers/programmes.html"
    model = Programme
    orderings = {"type": ("项目类型", ("project_type", "sponsor", "major"))}

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("班级", reverse("teachers:classes")), (self.title, None)]

    def get_queryset(self) -> QuerySet[Programme]:
        seen = SchoolClass.objects.visible_to(self.user)
        today = timezone.localdate()
        opened = Q(classes__opens_on__lte=today) & (Q(classes__closes_on=None) | Q(classes__closes_on__gte=today))
        own = Q(classes__in=seen)
        return Programme.objects.annotate(
            all_classes=Count("classes", filter=own, distinct=True),
            open_classes=Count("classes", filter=own & opened, distinct=True),
        ).filter(all_classes__gt=0)
