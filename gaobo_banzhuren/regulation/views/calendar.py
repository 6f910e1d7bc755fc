"""School years, terms, payable months, holidays and make-up days."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage
from gaobo_banzhuren.web.policy import Decision, deny
from gaobo_banzhuren.web.views import DetailPage, RolePage

from .. import policies
from ..forms import ConfirmMonthsForm, DayListForm, NewYearForm, PayableMonthsForm, SettingsForm, TermsForm
from ..in_force import rules_since
from ..leaves import leaves
from ..models import CalendarDay, SchoolYear
from ..services import calendar as services
from .home import OFFICE, crumbs

CALENDAR_ROLES = (Role.OFFICE, Role.SYSADMIN)


class CalendarPage(RolePage):
    title = "校历"
    lead = "公示按工作日计算：周一至周五，除去放假，加上调休上班的周末。"
    template_name = "regulation/calendar.html"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs((self.title, None))

    def get(self, request: HttpRequest) -> HttpResponse:
        days = CalendarDay.objects.visible_to(self.user)
        wanted = request.GET.get("year", "")
        if wanted.isdigit() and len(wanted) == 4:
            days = days.filter(day__year=int(wanted))
        return self.render(
            days=days,
            years=[day.year for day in CalendarDay.objects.dates("day", "year")],
            wanted=wanted,
            school_years=SchoolYear.objects.all(),
            can_edit=policies.can_edit_calendar(self.user),
            can_decide=policies.can_decide(self.user),
        )


class AddDaysPage(FormPage):
    roles = CALENDAR_ROLES
    title = "登记放假与调休"
    form_class = DayListForm
    submit_label = "登记"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs(("校历", reverse("regulation:calendar")), (self.title, None))

    def perform(self, form: Any) -> str:
        added = services.add_days(form.days, actor=self.user)
        return f"登记 {added} 天，{len(form.days) - added} 天原已登记。"

    def get_success_url(self) -> str:
        return reverse("regulation:calendar")


class RemoveDayPage(ObjectActionPage):
    roles = CALENDAR_ROLES
    model = CalendarDay
    title = "删除校历日"
    submit_label = "删除"
    submit_tone = "danger"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs(("校历", reverse("regulation:calendar")), (self.title, None))

    def get_consequences(self) -> list[str]:
        day: CalendarDay = self.object
        return [f"{day.day.isoformat()}（{day.get_kind_display()}，{day.name}）从校历中删除，按星期几判断是否工作日。"]

    def perform(self, form: Any) -> str:
        text = str(self.object)
        services.remove_day(self.object, actor=self.user)
        return f"已删除 {text}。"

    def get_success_url(self) -> str:
        return reverse("regulation:calendar")


class NewYearPage(FormPage):
    roles = OFFICE
    title = "新建学年"
    form_class = NewYearForm
    submit_label = "新建"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs(("校历", reverse("regulation:calendar")), (self.title, None))

    def get_initial(self) -> dict[str, Any]:
        last = SchoolYear.objects.first()
        return {"start": last.ends_on.year if last else timezone.localdate().year}

    def perform(self, form: Any) -> str:
        self.year = services.create_school_year(form.cleaned_data["start"], actor=self.user)
        return f"{self.year} 已建立：12 个月预先勾选计发，请核对后确认。"

    def get_success_url(self) -> str:
        return reverse("regulation:school_year", args=[self.year.name])


class YearDetailPage(DetailPage):
    """Base of the pages about one school year."""

    model = SchoolYear
    lookup = "name"
    object_name = "year"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        year = self.object
        url = reverse("regulation:school_year", args=[year.name])
        here = [] if self.request.path == url else [(self.get_title(), None)]
        return crumbs(("校历", reverse("regulation:calendar")), (str(year), url if here else None), *here)

    def get_success_url(self) -> str:
        return reverse("regulation:school_year", args=[self.object.name])


class SchoolYearPage(YearDetailPage):
    template_name = "regulation/school_year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year: SchoolYear = self.object
        days = CalendarDay.objects.filter(day__range=(year.starts_on, year.ends_on))
        since = rules_since()
        return super().get_context_data(**kwargs) | {
            "rules_since": since,
            "before_rules": since is not None and year.ends_on < since,
            "months": year.payable_months.all(),
            "terms": year.terms.all(),
            "settings": list(leaves(year.settings(), "year")),
            "days": days,
            "can_decide": policies.can_decide(self.user),
            "can_edit_calendar": policies.can_edit_calendar(self.user),
        }


class MonthsPage(YearDetailPage, ObjectFormPage):
    roles = OFFICE
    title = "计发月份"
    lead = "勾选发放津贴的月份（A-04）。改动后须重新确认；已结算的月份不变。"
    template_name = "web/form.html"

    def get_form(self) -> PayableMonthsForm:
        return PayableMonthsForm(**self.get_form_kwargs(), year=self.object)

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        changed = services.set_payable_months(self.object, data["months"], edition=data["edition"], actor=self.user)
        return "计发月份已改，请核对后确认。" if changed else "没有改动。"


class ConfirmMonthsPage(YearDetailPage, ObjectActionPage):
    roles = OFFICE
    title = "确认计发月份"
    form_class = ConfirmMonthsForm
    submit_label = "确认"

    def get_initial(self) -> dict[str, Any]:
        return {"edition": self.object.edition}

    def get_decision(self) -> Decision:
        if self.object.payable_confirmed:
            return deny(f"{self.object} 的计发月份已经确认。")
        return policies.can_decide(self.user)

    def get_consequences(self) -> list[str]:
        rows = self.object.payable_months.filter(payable=True)
        months = "、".join(f"{row.month.year}年{row.month.month}月" for row in rows)
        return [
            f"{self.object} 按 {len(rows)} 个月计发：{months or '无'}。",
            "月表不再提示计发月份未确认，批次可以送人事。",
        ]

    def perform(self, form: Any) -> str:
        services.confirm_payable_months(self.object, edition=form.cleaned_data["edition"], actor=self.user)
        return "计发月份已确认。"


class TermsPage(YearDetailPage, ObjectFormPage):
    roles = OFFICE
    title = "学期"
    lead = "填写本学年各学期的起止日期；空行不计。"
    template_name = "web/form.html"

    def get_form(self) -> TermsForm:
        return TermsForm(**self.get_form_kwargs(), year=self.object)

    def perform(self, form: Any) -> str:
        services.save_terms(self.object, form.terms, edition=form.cleaned_data["edition"], actor=self.user)
        return "学期已保存。"


class YearSettingsPage(YearDetailPage, ObjectFormPage):
    roles = OFFICE
    title = "学年设置"
    template_name = "regulation/settings_form.html"

    def get_form(self) -> SettingsForm:
        return SettingsForm(**self.get_form_kwargs(), part=self.object.settings(), edition=self.object.edition)

    def perform(self, form: Any) -> str:
        services.save_year_settings(self.object, form.part, edition=form.cleaned_data["edition"], actor=self.user)
        return "学年设置已保存。"
