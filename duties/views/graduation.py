"""The graduating class: where its three matters stand, and its candidates for 优秀毕业生 (article 6 (3))."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.web.actions import ObjectActionPage, ObjectFormPage, ReasonForm
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, find_or_404
from teachers.models import SchoolClass, Student

from .. import graduates
from ..fee_figures import NOTHING
from ..forms.graduation import AwardDecisionForm, AwardForm
from ..models import GraduateAward
from ..policies import fees as fee_policies
from ..policies import graduation as policies
from ..services import awards as services
from .fees import Crumbs, classes_of

READERS = fee_policies.READERS
State = GraduateAward.State
UNRANKED = 10_000


class OfClass(DetailPage):
    """A page about one class, which is the page's object. Below the hub only classes that graduate have pages."""

    roles = READERS
    model = SchoolClass
    object_name = "school_class"
    hub = False

    def get_queryset(self) -> QuerySet[SchoolClass]:
        return classes_of(self.user)

    @property
    def object(self) -> Any:
        if not hasattr(self, "_object"):
            found = find_or_404(self.get_queryset(), pk=self.kwargs["class_id"])
            if not self.hub and not graduates.graduating_since(found):
                raise Http404
            self._object = found
        return self._object

    @property
    def graduates(self) -> list[Student]:
        if not hasattr(self, "_graduates"):
            self._graduates = graduates.graduates_of([self.object.pk]).get(self.object.pk, [])
        return self._graduates

    def get_breadcrumbs(self) -> Crumbs:
        one = self.object
        return [
            (str(one), reverse("teachers:class", args=[one.pk])),
            ("毕业事项", reverse("duties:graduation", args=[one.pk])),
            *self.last_crumbs(),
        ]

    def last_crumbs(self) -> Crumbs:
        return [(self.title, None)]

    def url(self, name: str, *args: int) -> str:
        return reverse(f"duties:{name}", args=[self.object.pk, *args])


class Hub(OfClass):
    """Three matters, each with its figure, and what still stands against closing the class."""

    title = "毕业事项"
    template_name = "duties/graduation.html"
    hub = True

    def get_title(self) -> str:
        return f"{self.object}毕业事项"

    def get_breadcrumbs(self) -> Crumbs:
        return [(str(self.object), reverse("teachers:class", args=[self.object.pk])), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        one = self.object
        progress = graduates.progress_of([one.pk]).get(one.pk, graduates.Progress(NOTHING, NOTHING, NOTHING))
        return context | {
            "since": graduates.graduating_since(one),
            "graduating": graduates.is_graduating(one, timezone.localdate()),
            "progress": progress,
            "against": graduates.against_closing(one, timezone.localdate()) if graduates.graduating_since(one) else [],
            "most": graduates.most_awards(one, progress.proposed.denominator),
        }


class Awards(OfClass):
    """Candidates in their rank, with what may be done next."""

    title = "优秀毕业生"
    template_name = "duties/graduate_awards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        one = self.object
        rows = sorted(
            GraduateAward.objects.filter(school_class=one).select_related(
                "student", "decided_by", "proposed_by", "school_class"
            ),
            key=lambda row: (row.state in (State.REFUSED, State.WITHDRAWN), row.rank or UNRANKED, row.pk),
        )
        # Asked once: the policies look at the same class for each row.
        leads = bool(policies.can_propose(self.user, one))
        decides = one.college_id in self.user.access.colleges(*fee_policies.COLLEGE)
        found = [{"award": row, **self.steps(row, leads=leads, decides=decides)} for row in rows]
        counted = sum(row.state != State.WITHDRAWN for row in rows)
        return context | {
            "rows": found,
            "counted": counted,
            "graduates": len(self.graduates),
            "most": graduates.most_awards(one, len(self.graduates)),
            "propose": policies.can_propose(self.user, one),
        }

    def steps(self, row: GraduateAward, *, leads: bool, decides: bool) -> dict[str, bool]:
        proposed, submitted = row.state == State.PROPOSED, row.state == State.SUBMITTED
        return {
            "edit": leads and proposed,
            "withdraw": leads and (proposed or submitted),
            "decide": decides and submitted,
        }


class Propose(OfClass, ObjectFormPage):
    title = "推荐优秀毕业生"
    template_name = "web/form.html"
    form_class = AwardForm
    submit_label = "推荐"

    def last_crumbs(self) -> Crumbs:
        return [("优秀毕业生", self.get_success_url()), (self.title, None)]

    @property
    def object(self) -> Any:
        found = super().object
        if not fee_policies.leads(self.user, found):
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        taken = set(
            GraduateAward.objects.filter(school_class=self.object)
            .exclude(state=State.WITHDRAWN)
            .values_list("student_id", flat=True)
        )
        return super().get_form_kwargs() | {"students": [one for one in self.graduates if one.pk not in taken]}

    def perform(self, form: AwardForm) -> str:
        chosen = {str(one.pk): one for one in self.graduates}[form.cleaned_data["student"]]
        services.propose(self.user, self.object, chosen, form.award_fields())
        return f"已推荐{chosen.name}。班级公示结束后上报学院。"

    def get_success_url(self) -> str:
        return self.url("graduate_awards")


class AwardPart(ObjectActionPage):
    """A step of one candidate. Its class teacher, its college and the office find it."""

    roles = READERS
    model = GraduateAward
    object_name = "award"

    def get_queryset(self) -> QuerySet[GraduateAward]:
        rows = GraduateAward.objects.filter(school_class__in=classes_of(self.user).order_by().values("pk"))
        return rows.select_related("student", "school_class__college")

    def get_title(self) -> str:
        return f"{self.title}：{self.object.student.name}"

    def get_breadcrumbs(self) -> Crumbs:
        one = self.object.school_class
        return [
            (str(one), reverse("teachers:class", args=[one.pk])),
            ("优秀毕业生", self.get_success_url()),
            (self.title, None),
        ]

    def get_success_url(self) -> str:
        return reverse("duties:graduate_awards", args=[self.object.school_class_id])


class EditAward(AwardPart):
    title = "修改推荐"
    form_class = AwardForm
    submit_label = "保存"

    def get_decision(self) -> Decision:
        return policies.can_change(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        names = ("basis", "rank", "votes", "notice_from", "notice_to", "version")
        return {name: getattr(self.object, name) for name in names}

    def perform(self, form: AwardForm) -> str:
        services.change(self.user, self.object, form.award_fields(), version=form.cleaned_data["version"] or 0)
        return "已保存。"


class SubmitAward(AwardPart):
    title = "上报学院"
    submit_label = "上报"

    def get_decision(self) -> Decision:
        return policies.can_change(self.user, self.object)

    def get_consequences(self) -> list[str]:
        one = self.object
        notice = f"{one.notice_from} 至 {one.notice_to}" if one.notice_to else "还没有填写"
        return [f"班级公示：{notice}。", "上报后不能再改，学院审批前可以撤回。"]

    def perform(self, form: Any) -> str:
        services.submit(self.user, self.object)
        return f"{self.object.student.name}的推荐已上报学院。"


class DecideAward(AwardPart):
    title = "学院意见"
    form_class = AwardDecisionForm
    template_name = "duties/graduate_award_decide.html"

    def get_decision(self) -> Decision:
        return policies.can_decide(self.user, self.object)

    def perform(self, form: AwardDecisionForm) -> str:
        approved = form.cleaned_data["verdict"] == "approve"
        services.decide(self.user, self.object, approved=approved, text=form.cleaned_data["text"])
        return f"{self.object.student.name}：{'同意' if approved else '不同意'}。"


class WithdrawAward(AwardPart):
    title = "撤回推荐"
    form_class = ReasonForm
    submit_label = "撤回"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_withdraw(self.user, self.object)

    def get_consequences(self) -> list[str]:
        return ["推荐撤回后保留记录；该生可以重新推荐。"]

    def perform(self, form: ReasonForm) -> str:
        services.withdraw(self.user, self.object, form.cleaned_data["reason"])
        return "推荐已撤回。"
