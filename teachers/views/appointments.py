"""Appointments: list, one, and what can be done with one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, RolePage

from .. import posts
from ..calculation import ONE_DAY, Span
from ..filters import AppointmentFilter
from ..forms.appointments import ActingForm, CorrectForm, EndForm, RenewForm, RenewManyForm, VoidForm
from ..models import Appointment, Handover, Nomination, SchoolClass
from ..policies import appointments as policies
from ..policies import dismissals as dismissal_policies
from ..policies import filing as filing_policies
from ..policies import handovers as handover_policies
from ..policies.common import MANAGERS
from ..services import appointments as services
from ..services.days import term_end
from .common import COLLEGE_AND_OFFICE, Crumbs, NamedList, Step, VersionedAction, WithHistory

LIST = "teachers:appointments"


def with_people(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    return rows.select_related("school_class__college", "teacher__user", "teacher__college")


class Appointments(NamedList):
    title = "聘任"
    lead = "谁从哪天起带哪个班，是否已向继续教育学院备案（第二、十一条）。"
    roles = COLLEGE_AND_OFFICE
    model = Appointment
    template_name = "teachers/appointment_list.html"
    noun = "聘任"
    filterset_class = AppointmentFilter
    orderings = {
        "newest": ("开始日期（新的在前）", ("-starts_on",)),
        "class": ("班级", ("school_class__code", "starts_on")),
        "teacher": ("班主任", ("teacher__user__staff_no", "starts_on")),
        "term": ("聘期至", ("planned_end_on",)),
    }

    def get_queryset(self) -> QuerySet[Appointment]:
        return with_people(super().get_queryset())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        context = super().get_context_data(**kwargs)
        for row in context["object_list"]:
            row.is_over = row.term_over_on(today)
        return context | {"manages": self.user.access.has(*MANAGERS), "today": today}


class AppointmentPage(DetailPage):
    """What the pages about one appointment share."""

    model = Appointment
    object_name = "appointment"

    def get_queryset(self) -> QuerySet[Appointment]:
        return with_people(super().get_queryset())

    def get_breadcrumbs(self) -> Crumbs:
        crumbs: Crumbs = [("聘任", reverse(LIST))] if self.user.access.has(*COLLEGE_AND_OFFICE) else []
        crumbs.append((str(self.object), self.object.get_absolute_url()))
        return [*crumbs, (self.title, None)]


class AppointmentDetail(WithHistory, AppointmentPage):
    """For the college, the office and the teacher appointed."""

    template_name = "teachers/appointment_detail.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [*super().get_breadcrumbs()[:-2], (str(self.object), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one: Appointment = self.object
        # The appointed and the assessor see the post, not what was written about it between college and office.
        nomination = Nomination.objects.visible_to(self.user).filter(appointment=one).first()
        concerned = self.user.access.has(*COLLEGE_AND_OFFICE)
        return super().get_context_data(**kwargs) | {
            "steps": steps_for(self.user, one),
            "linked": concerned,
            "events": [
                {"at": event.at, "what": event.get_kind_display(), "who": event.by.name, "text": event.text}
                for event in one.filing_events.select_related("by")
                if concerned
            ],
            "conditions": nomination.conditions.all() if nomination else [],
            "handovers": Handover.objects.visible_to(self.user).filter(Q(outgoing=one) | Q(incoming=one)),
            "is_over": one.term_over_on(timezone.localdate()),
            "entries": self.entries_of(self.user, one),
        }


def steps_for(user: Any, one: Appointment) -> list[Step]:
    """The steps of the person's hats; the first allowed one is the obvious next."""
    here = [one.pk]
    found: list[Step] = []
    if user.access.has(Role.OFFICE):
        found += [
            Step("备案", reverse("teachers:file_appointment", args=here), filing_policies.can_file(user, one), "archive", "primary"),
            Step(
                "退问", reverse("teachers:filing_question", args=here), filing_policies.can_question(user, one),
                "question-circle",
            ),
        ]  # fmt: skip
    if user.access.has(*MANAGERS):
        if one.filing_question:
            answer = filing_policies.can_answer(user, one)
            found.append(
                Step("答复退问", reverse("teachers:filing_answer", args=here), answer, "chat-left-text", "primary")
            )
        found += [
            Step(
                "续聘", reverse("teachers:renew", args=here), policies.can_renew(user, one), "arrow-repeat",
                "primary" if one.term_over_on(timezone.localdate() + posts.LOOK_AHEAD) else "plain",
            ),
            Step(
                "交接给另一位班主任", reverse("teachers:handover_start", args=here),
                handover_policies.can_start(user, one), "arrow-left-right",
            ),
            Step("离任", reverse("teachers:end_appointment", args=here), policies.can_end(user, one), "box-arrow-right"),
        ]  # fmt: skip
        if one.is_open:
            propose = dismissal_policies.can_propose(user, one.teacher, one.school_class.college)
            url = f"{reverse('teachers:dismissal_create')}?teacher={one.teacher_id}"
            found.append(Step("提出解聘", url, propose, "exclamation-triangle"))
    correct = policies.can_correct(user, one)
    if user.access.has(*COLLEGE_AND_OFFICE):
        found.append(Step("更正", reverse("teachers:correct_appointment", args=here), correct, "pencil"))
        found.append(Step("作废", reverse("teachers:void_appointment", args=here), correct, "slash-circle"))
    return found


class AppointmentAction(AppointmentPage, VersionedAction):
    roles = COLLEGE_AND_OFFICE
    template_name = "web/confirm.html"

    def get_title(self) -> str:
        return f"{self.title}：{self.object}"


class EndAppointment(AppointmentAction):
    title = "离任"
    roles = MANAGERS
    form_class = EndForm
    submit_label = "确认离任"

    def get_decision(self) -> Decision:
        return policies.can_end(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        planned = self.object.planned_end_on
        today = timezone.localdate()
        return super().get_initial() | {"last_day": min(today, planned) if planned else today}

    def get_consequences(self) -> Sequence[str]:
        one = self.object
        return [
            f"{one.teacher.name}从最后在岗日的第二天起不再是{one.school_class}的班主任，津贴计发到最后在岗日。",
            "没有人接任的日子列为空缺，不计发津贴；有人接任请改用“交接”。",
            "班级页面随之关闭，本人的任职记录保留。",
        ]

    def perform(self, form: EndForm) -> str:
        data = form.cleaned_data
        services.end_appointment(
            self.user, self.object, last_day=data["last_day"], reason=data["reason"], note=data["note"],
            version=data["version"],
        )  # fmt: skip
        return f"{self.object.teacher.name}在岗到 {data['last_day']}。"


class RenewAppointment(AppointmentAction):
    title = "续聘"
    roles = MANAGERS
    form_class = RenewForm
    submit_label = "续聘"

    def get_decision(self) -> Decision:
        return policies.can_renew(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        one = self.object
        start = one.planned_end_on + ONE_DAY if one.planned_end_on else timezone.localdate()
        return super().get_initial() | {"planned_end_on": term_end(one.school_class, start)}

    def get_consequences(self) -> Sequence[str]:
        one = self.object
        now = f"现聘期至 {one.planned_end_on}。" if one.planned_end_on else "原来没有约定聘期。"
        return [
            f"{now}续聘后到新聘期的最后一天都计在岗，包括已经过去的日子。",
            "续聘记入备案往来，继续教育学院可以看到。",
        ]

    def perform(self, form: RenewForm) -> str:
        data = form.cleaned_data
        services.renew(
            self.user, self.object, planned_end_on=data["planned_end_on"], note=data["note"], version=data["version"]
        )
        return f"已续聘至 {data['planned_end_on']}。"


class CorrectAppointment(AppointmentAction):
    title = "更正"
    form_class = CorrectForm
    submit_label = "作废原记录并重新录入"

    def get_decision(self) -> Decision:
        return policies.can_correct(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        names = ("starts_on", "ends_on", "end_reason", "planned_end_on", "share")
        return super().get_initial() | {name: getattr(self.object, name) for name in names}

    def get_consequences(self) -> Sequence[str]:
        return [
            f"原记录（{self.object.starts_on} 起）改为“已作废”，保留可查，不再计算。",
            "按下面的日期新建一条聘任，需要重新备案；已送人事的月份不变，差额由津贴更正处理。",
        ]

    def perform(self, form: CorrectForm) -> str:
        data = form.cleaned_data
        names = ("starts_on", "ends_on", "end_reason", "planned_end_on", "share", "reason", "version")
        self.corrected = services.correct_appointment(self.user, self.object, **{name: data[name] for name in names})
        return "已更正；原记录作废，保留在列表的“已作废”中。"

    def get_success_url(self) -> str:
        return self.corrected.get_absolute_url()


class VoidAppointment(AppointmentAction):
    title = "作废"
    form_class = VoidForm
    submit_label = "作废"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_correct(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            "这条聘任从未成立：全部日子不再计在岗，班级在这些日子成为空缺。",
            "记录保留，状态为“已作废”。只是日期录错时请用“更正”。",
        ]

    def perform(self, form: VoidForm) -> str:
        data = form.cleaned_data
        services.void_appointment(self.user, self.object, reason=data["reason"], version=data["version"])
        return "已作废。"


class AppointActing(FormPage):
    title = "聘任代理班主任"
    lead = "班级暂时没有班主任时，先由人代理；正式班主任请用“提名”。"
    roles = MANAGERS
    form_class = ActingForm
    submit_label = "聘任"

    def get_breadcrumbs(self) -> Crumbs:
        return [("聘任", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {"school_class": self.request.GET.get("class"), "starts_on": timezone.localdate()}

    def perform(self, form: ActingForm) -> str:
        data = form.cleaned_data
        self.appointment = services.appoint_acting(
            self.user, school_class=data["school_class"], teacher=data["person"], starts_on=data["starts_on"],
            planned_end_on=data["planned_end_on"], note=data["note"],
        )  # fmt: skip
        return f"{data['person'].name}从 {data['starts_on']} 起代理{data['school_class']}，已向继续教育学院报备。"

    def get_success_url(self) -> str:
        return self.appointment.get_absolute_url()


class RenewMany(FormPage):
    """At the end of a school year a college renews in one go (C2.3)."""

    title = "聘期将满"
    lead = "聘期已满而没有续聘的日子不计在岗。勾选后一次续聘；不再续聘的请办离任或交接。"
    roles = MANAGERS
    form_class = RenewManyForm
    template_name = "teachers/appointment_renew.html"
    submit_label = "续聘所选"

    def get_breadcrumbs(self) -> Crumbs:
        return [("聘任", reverse(LIST)), (self.title, None)]

    def get_rows(self) -> list[Appointment]:
        today = timezone.localdate()
        mine = Appointment.objects.visible_to(self.user).filter(
            school_class__college_id__in=self.user.access.colleges(*MANAGERS)
        )
        rows = list(with_people(posts.expiring(mine, today)).order_by("planned_end_on", "school_class__code"))
        for row in rows:
            row.is_over = row.term_over_on(today)  # type: ignore[attr-defined]
            row.decision = policies.can_renew(self.user, row)  # type: ignore[attr-defined]
        return rows

    def get_initial(self) -> dict[str, Any]:
        """The end of the school year that the next term lies in."""
        soon = timezone.localdate() + posts.LOOK_AHEAD + ONE_DAY
        year = SchoolYear.objects.filter(starts_on__lte=soon, ends_on__gte=soon).first()
        return {"planned_end_on": year.ends_on if year else None}

    def get_form_kwargs(self) -> dict[str, Any]:
        self.rows = self.get_rows()
        return super().get_form_kwargs() | {"offered": self.rows}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"rows": self.rows}

    def perform(self, form: RenewManyForm) -> str:
        data = form.cleaned_data
        count = services.renew_many(
            self.user, data["rows"], planned_end_on=data["planned_end_on"], versions=form.versions
        )
        return f"已续聘 {count} 人，聘期至 {data['planned_end_on']}。"

    def get_success_url(self) -> str:
        return reverse(LIST)


class Vacancies(RolePage):
    """Classes without anybody in post, from the start of the school year to the days ahead."""

    title = "空缺"
    lead = "开班期间没有班主任在岗的日子，不计发津贴（口径 A-27）。"
    roles = COLLEGE_AND_OFFICE
    template_name = "teachers/vacancy_list.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        today = timezone.localdate()
        window = Span(self._since(today), today + posts.LOOK_AHEAD)
        classes, whole_school = SchoolClass.objects.visible_to(self.user), self.user.access.has(Role.OFFICE)
        colleges = self.user.access.colleges(*MANAGERS)
        if not whole_school:
            classes = classes.filter(college_id__in=colleges)
        found = posts.vacancies(classes, window)
        now = [one for one in found if one.span.first <= today <= one.span.last]
        coming = [one for one in found if one.span.first > today]
        past = [one for one in found if one.span.last < today]
        return self.render(
            now=now, coming=coming, past=past, window=window, manages=self.user.access.has(*MANAGERS), today=today,
            among_colleges=whole_school or len(colleges) > 1,
        )  # fmt: skip

    def _since(self, today: dt.date) -> dt.date:
        year = SchoolYear.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
        return year.starts_on if year else today.replace(month=1, day=1)
