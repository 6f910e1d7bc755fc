"""Year overviews: a college's teachers, all colleges, one teacher."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from allowance.models import MonthSheet, SheetLine, SheetState
from allowance.years import YearTable, colleges_table, months_of, teachers_table, year_workbook
from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.workbooks_out import attachment_response
from gaobo_banzhuren.regulation.in_force import rules_since
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.web.views import RolePage, find_or_404
from teachers.models import ClassTeacher

from .base import COLLEGE, KEEPERS, TEACHER, Crumbs
from .downloads import note_export


class YearBase(RolePage):
    """Base of the pages about one school year."""

    @property
    def year(self) -> SchoolYear:
        if not hasattr(self, "_year"):
            self._year: SchoolYear = find_or_404(SchoolYear.objects.all(), name=self.kwargs["slug"])
        return self._year

    @property
    def years(self) -> list[str]:
        """Those that have begun and in which rules held, newest first."""
        begun = SchoolYear.objects.filter(
            starts_on__lte=timezone.localdate(), ends_on__gte=rules_since() or timezone.localdate()
        )
        return list(begun.order_by("-name").values_list("name", flat=True))


class YearPage(YearBase):
    """A college's teachers by month; the office first sees the colleges and opens one of them."""

    roles = KEEPERS
    template_name = "allowance/year.html"

    @property
    def college(self) -> College | None:
        """The one asked for, or the only own one; None shows all colleges."""
        office = self.user.access.has(Role.OFFICE)
        rows = College.objects.all()
        if not office:
            rows = rows.filter(pk__in=self.user.access.colleges(*COLLEGE))
        asked = self.request.GET.get("college", "")
        if asked:
            if not asked.isdecimal():
                raise Http404
            found: College = find_or_404(rows, pk=int(asked[:15]))
            return found
        own = [] if office else list(rows[:2])
        return own[0] if len(own) == 1 else None

    def get_title(self) -> str:
        college = self.college
        return f"{self.year.name} 学年津贴" + (f" · {college}" if college else "")

    def get_breadcrumbs(self) -> Crumbs:
        home = "津贴汇总" if self.user.access.has(Role.OFFICE) else "津贴月表"
        return [(home, reverse("allowance:months")), (f"{self.year.name} 学年", None)]

    def sheets(self, college: College | None) -> QuerySet[MonthSheet]:
        rows = MonthSheet.objects.visible_to(self.user)
        return rows.filter(college=college) if college else rows

    def table(self, college: College | None) -> YearTable:
        make = teachers_table if college else colleges_table
        return make(self.year, self.sheets(college))

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        college = self.college
        return self.render(table=self.table(college), college=college, years=self.years, year=self.year)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The workbook of what the page shows."""
        if "export" not in request.POST:
            raise Http404
        college = self.college
        name = college.name if college else "全校"
        first, second = ("工号", "姓名") if college else ("学院代码", "学院名称")
        data = year_workbook([(name, first, second, self.table(college))])
        note_export(self.user, None, "xlsx", text=f"{slug} 学年津贴 {name}", college=college.pk if college else None)
        return attachment_response(data, f"班主任津贴_{slug}学年_{name}.xlsx")


class TeacherYearPage(YearBase):
    """One teacher's lines of the year, as far as the reader may see them."""

    roles = (*KEEPERS, *TEACHER)
    template_name = "allowance/teacher_year.html"

    @property
    def teacher(self) -> ClassTeacher:
        if not hasattr(self, "_teacher"):
            rows = ClassTeacher.objects.visible_to(self.user).select_related("user", "college")
            self._teacher: ClassTeacher = find_or_404(rows, pk=self.kwargs["pk"])
        return self._teacher

    @property
    def is_own(self) -> bool:
        return self.teacher.user_id == self.user.pk

    def get_title(self) -> str:
        return f"{self.teacher.name} {self.year.name} 学年津贴"

    def get_breadcrumbs(self) -> Crumbs:
        if self.is_own and not self.user.access.has(*KEEPERS):
            return [("我的津贴", reverse("allowance:mine")), (f"{self.year.name} 学年", None)]
        up = reverse("allowance:year", args=[self.year.name])
        return [("津贴月表", reverse("allowance:months")), (f"{self.year.name} 学年", up), (self.teacher.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        lines = list(
            SheetLine.objects.visible_to(self.user)
            .filter(teacher=self.teacher, sheet__month__in=months_of(self.year))
            .exclude(sheet__state=SheetState.DRAFT)
            .select_related("sheet__college")
            .order_by("sheet__month", "sheet__college__code", "sequence")
        )
        context |= {
            "teacher": self.teacher,
            "year": self.year,
            "lines": lines,
            "total_fen": sum(line.amount_fen for line in lines),
            "line_url": "allowance:my_line" if self.is_own else "allowance:line",
        }
        return context

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        return self.render()
