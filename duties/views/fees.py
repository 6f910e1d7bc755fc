"""Fee periods and who owes: the school's periods, the classes of one period, the debtors of one class."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.views import DetailPage, RolePage, find_or_404
from teachers.models import SchoolClass

from .. import arrears
from ..arrears import ClassFees, Debtor
from ..forms.fees import DueForm, PeriodForm
from ..kinds.words import ARREARS
from ..links import link, new_record_url
from ..models import FeeDue, FeePeriod
from ..models.records import led_class_ids
from ..policies import fees as policies
from ..services import fee_rows
from ..services import fees as services

Crumbs = list[tuple[str, str | None]]
KEEPERS = (*policies.COLLEGE, Role.OFFICE)
Rows = list[tuple[SchoolClass, ClassFees]]


def classes_of(user: Any) -> QuerySet[SchoolClass]:
    """Classes about whose students' money the person reads."""
    return SchoolClass.objects.with_students_for(user).select_related("college").order_by("college__code", "code")


def rows_of(classes: QuerySet[SchoolClass], period: FeePeriod) -> Rows:
    """Classes with dues in the period and their figures, most debtors first."""
    found = arrears.class_fees(classes.order_by().values("pk"), period)
    rows = [(one, found[one.pk]) for one in classes if one.pk in found]
    return sorted(rows, key=lambda row: -row[1].debtors)


def total_of(rows: Rows) -> ClassFees:
    """All classes together: counts and fractions added, never rates averaged."""
    total = ClassFees()
    for _, one in rows:
        for name in ("due", "due_fen", "paid_fen", "debtors", "owed_fen", "exempt", "deferred", "without_follow_up"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.renewal, total.first = total.renewal + one.renewal, total.first + one.first
        total.collection = total.collection + one.collection
    return total


class PeriodContext(RolePage):
    """Figures of the classes in one period."""

    roles = policies.READERS

    def figures(self, period: FeePeriod) -> dict[str, Any]:
        rows = rows_of(classes_of(self.user), period)
        return {
            "rows": rows,
            "total": total_of(rows),
            "several_colleges": len({one.college_id for one, _ in rows}) > 1,
            "keeps": self.user.access.has(*KEEPERS),
            "import_url": link("import_upload", "fees") if self.user.access.has(*KEEPERS) else "",
        }


class Fees(PeriodContext):
    """The newest period with its classes, and the way to the others."""

    title = "费用"
    template_name = "duties/fees.html"

    def get(self, request: Any) -> Any:
        periods = list(FeePeriod.objects.all())
        newest = periods[0] if periods else None
        context = self.figures(newest) if newest else {}
        return self.render(
            period=newest, others=periods[1:], may_add=policies.can_keep_periods(self.user),
            in_post=bool(led_class_ids(self.user)), **context,
        )  # fmt: skip


class PeriodPage(PeriodContext, DetailPage):
    """All classes of one period."""

    model = FeePeriod
    template_name = "duties/fee_period.html"
    object_name = "period"

    def get_queryset(self) -> QuerySet[FeePeriod]:
        return FeePeriod.objects.all()

    def get_breadcrumbs(self) -> Crumbs:
        return [("费用", reverse("duties:fees")), (str(self.object), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | self.figures(self.object) | {"may_edit": policies.can_keep_periods(self.user)}


class CreatePeriod(FormPage):
    roles = (Role.OFFICE,)
    title = "新建缴费期"
    form_class = PeriodForm

    def get_breadcrumbs(self) -> Crumbs:
        return [("费用", reverse("duties:fees")), (self.title, None)]

    def perform(self, form: PeriodForm) -> str:
        data = form.cleaned_data
        self.made = services.create_period(
            self.user, name=data["name"], starts_on=data["starts_on"], deadline=data["deadline"]
        )
        return f"已建立缴费期{self.made}。请导入或登记应缴名单。"

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class EditPeriod(ObjectFormPage):
    roles = (Role.OFFICE,)
    title = "修改缴费期"
    model = FeePeriod
    form_class = PeriodForm

    def get_queryset(self) -> QuerySet[FeePeriod]:
        return FeePeriod.objects.all()

    def get_breadcrumbs(self) -> Crumbs:
        return [("费用", reverse("duties:fees")), (str(self.object), self.get_success_url()), (self.title, None)]

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name", "starts_on", "deadline", "version")}

    def perform(self, form: PeriodForm) -> str:
        data = form.cleaned_data
        services.change_period(
            self.user, self.object, name=data["name"], starts_on=data["starts_on"], deadline=data["deadline"],
            version=data["version"] or 0,
        )  # fmt: skip
        return "缴费期已修改，各班的比率随之重新计算。"

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class AddDue(ObjectFormPage):
    """What one student is to pay; lists come in by import."""

    roles = KEEPERS
    title = "登记应缴"
    model = FeePeriod
    form_class = DueForm

    def get_queryset(self) -> QuerySet[FeePeriod]:
        return FeePeriod.objects.all()

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("费用", reverse("duties:fees")),
            (str(self.object), self.object.get_absolute_url()),
            (self.title, None),
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: DueForm) -> str:
        data = form.cleaned_data
        self.made = fee_rows.set_due(
            self.user, self.object, data["student_no"], data["due"], first_period=data["first_period"]
        )
        return f"已登记{self.made.student.name}的应缴。"

    def get_success_url(self) -> str:
        return reverse("duties:fee_due", args=[self.made.pk])


class Arrears(DetailPage):
    """Debtors of one class for one period: nobody spoke to first, then who owes most; one tap to write down a call."""

    roles = policies.READERS
    model = SchoolClass
    lookup = "pk"
    template_name = "duties/arrears.html"
    object_name = "school_class"

    def get_queryset(self) -> QuerySet[SchoolClass]:
        return classes_of(self.user)

    @property
    def object(self) -> Any:
        if not hasattr(self, "_object"):
            self._object = find_or_404(self.get_queryset(), pk=self.kwargs["class_id"])
        return self._object

    @property
    def period(self) -> FeePeriod:
        if not hasattr(self, "_period"):
            self._period: FeePeriod = find_or_404(FeePeriod.objects.all(), pk=self.kwargs["pk"])
        return self._period

    def get_title(self) -> str:
        return f"{self.object}欠费：{self.period}"

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("费用", reverse("duties:fees")),
            (str(self.period), self.period.get_absolute_url()),
            (str(self.object), None),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        one, period = self.object, self.period
        found = arrears.told_to(self.user, arrears.debtors(one, period))
        figures = arrears.class_fees([one.pk], period).get(one.pk, ClassFees())
        writes = policies.leads(self.user, one)
        return context | {
            "period": period,
            "figures": figures,
            "debtors": [self.row(debtor) for debtor in found],
            "writes": writes,
            "keeps": bool(policies.can_keep_dues(self.user, one.college_id)),
            "untouched": sum(not each.follow_ups and not each.went_to for each in found),
            "talk_all": self.talk_url([each for each in found if not each.follow_ups and not each.went_to])
            if writes
            else "",
            "settled": FeeDue.objects.filter(period=period, school_class=one)
            .exclude(pk__in=[each.due.pk for each in found])
            .select_related("student")
            .order_by("student__student_no"),
        }

    def row(self, debtor: Debtor) -> dict[str, Any]:
        due, here = debtor.due, self.object.pk
        known = {"period": due.period_id}
        return {
            "debtor": debtor,
            "due": due,
            "follow_url": new_record_url("arrears_followup", here, [due.student_id], **known),
            "parent_url": new_record_url("parent_contact", here, [due.student_id], category=ARREARS),
            "hardship_url": new_record_url("hardship", here, [due.student_id], **known),
        }

    def talk_url(self, debtors: list[Debtor]) -> str:
        """One talk or notice with everybody nobody spoke to yet."""
        students = [each.due.student_id for each in debtors]
        return new_record_url("arrears_followup", self.object.pk, students, period=self.period.pk) if students else ""
