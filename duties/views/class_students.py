"""Class committee, special students and the talk plan: pages of one class."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, RolePage, find_or_404
from teachers.models import SchoolClass, Student
from teachers.views.common import Crumbs, VersionedAction

from ..filters.papers import present_term
from ..forms.students import (
    CommitteeForm,
    DutiesForm,
    EndPostForm,
    LiftForm,
    SpecialChangeForm,
    SpecialForm,
    TalkPlanForm,
)
from ..links import link, new_record_url
from ..models import ClassPost, PlannedTalk, Privacy, SpecialStudent
from ..models.records import led_class_ids
from ..policies import students as policies
from ..rosters import students_on
from ..services import posts, specials, talk_plans

TERMS_SHOWN = 4
CATEGORY_OF_KIND = {"study": "study", "money": "money", "mind": "mind", "discipline": "discipline", "family": "family"}
"""The category of a talk that fits the kind of a mark."""


class OfClass(RolePage):
    """A page under one class that the person sees."""

    roles: ClassVar[tuple[Role, ...]] = policies.READERS
    room = ""
    room_label = ""

    def classes(self) -> QuerySet[SchoolClass]:
        return SchoolClass.objects.with_students_for(self.user)

    @property
    def school_class(self) -> SchoolClass:
        if not hasattr(self, "_school_class"):
            rows = self.classes().select_related("college")
            self._school_class: SchoolClass = find_or_404(rows, pk=self.kwargs["pk"])
        return self._school_class

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.user.access.has(*self.roles):
            _ = self.school_class
        return super().dispatch(request, *args, **kwargs)

    @property
    def room_url(self) -> str:
        return reverse(f"duties:{self.room}", args=[self.school_class.pk])

    def get_title(self) -> str:
        return f"{self.title}：{self.school_class.name}" if self.title == self.room_label else self.title

    def get_breadcrumbs(self) -> Crumbs:
        own: Crumbs = [(self.school_class.name, reverse("teachers:class", args=[self.school_class.pk]))]
        if self.title == self.room_label:
            return [*own, (self.title, None)]
        return [*own, (self.room_label, self.room_url), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "school_class": self.school_class,
            "room": self.room,
            "rooms": self.rooms(),
        }

    def rooms(self) -> list[tuple[str, str, str]]:
        """The neighbouring pages that open for this person: name, label, address."""
        reads = self.user.access.has(*policies.READERS)
        found = [("posts", "班委"), *([("specials", "特殊学生")] if reads else [])]
        if policies.leads(self.user, self.school_class):
            found.append(("talk_plan", "谈话计划"))
        return [(name, label, reverse(f"duties:{name}", args=[self.school_class.pk])) for name, label in found]

    def get_success_url(self) -> str:
        return self.room_url


class OfRow(DetailPage):
    """A step on one row of a class; the row names the class."""

    roles = policies.READERS
    room = ""
    room_label = ""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("school_class__college", "student")

    @property
    def room_url(self) -> str:
        return reverse(f"duties:{self.room}", args=[self.object.school_class_id])

    def get_title(self) -> str:
        return f"{self.title}：{self.object.student.name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [(f"{self.object.school_class.name} {self.room_label}", self.room_url), (self.title, None)]

    def get_success_url(self) -> str:
        return self.room_url


class Posts(OfClass):
    title = room_label = "班委"
    room = "posts"
    roles = policies.POST_READERS
    template_name = "duties/posts.html"

    def classes(self) -> QuerySet[SchoolClass]:
        return SchoolClass.objects.visible_to(self.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(ClassPost.objects.filter(school_class=self.school_class).select_related("student"))
        today = timezone.localdate()
        return super().get_context_data(**kwargs) | {
            "current": [row for row in rows if row.ends_on is None],
            "former": sorted((row for row in rows if row.ends_on), key=lambda row: row.ends_on or today, reverse=True),
            "keep": policies.can_keep_posts(self.user, self.school_class),
        }


class NewPosts(OfClass, FormPage):
    title = "登记班委"
    room, room_label = "posts", "班委"
    roles = (Role.CLASS_TEACHER, *policies.COLLEGE)
    form_class = CommitteeForm
    template_name = "duties/post_form.html"
    lead = "为每个职务选学生；没有选学生的行不登记。"

    def get_form_kwargs(self) -> dict[str, Any]:
        held = ClassPost.objects.filter(school_class=self.school_class, ends_on=None).values_list("post", flat=True)
        people = students_on([self.school_class.pk], timezone.localdate())
        return super().get_form_kwargs() | {"people": people, "held": set(held)}

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate()}

    def perform(self, form: CommitteeForm) -> str:
        made = posts.appoint(self.user, self.school_class, form.inputs, form.cleaned_data["starts_on"])
        return f"已登记 {len(made)} 个职务。"


class PostAction(OfRow, VersionedAction):
    model = ClassPost
    room, room_label = "posts", "班委"
    roles = (Role.CLASS_TEACHER, *policies.COLLEGE)

    def get_decision(self) -> Decision:
        return policies.can_change_post(self.user, self.object)

    def get_success_url(self) -> str:
        return self.room_url


class ChangeDuties(PostAction):
    title = "修改职责"
    form_class = DutiesForm
    submit_label = "保存"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"duties": self.object.duties}

    def perform(self, form: DutiesForm) -> str:
        posts.change_duties(self.user, self.object, **form.cleaned_data)
        return "职责已保存。"


class EndPost(PostAction):
    title = "卸任"
    form_class = EndPostForm
    submit_label = "卸任"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"ends_on": timezone.localdate()}

    def get_consequences(self) -> list[str]:
        return [f"{self.object.student.name}不再担任{self.object.post}，任职保留为历史。"]

    def perform(self, form: EndPostForm) -> str:
        posts.end(self.user, self.object, **form.cleaned_data)
        return f"{self.object.student.name}已卸任{self.object.post}。"


class Specials(OfClass):
    title = room_label = "特殊学生"
    room = "specials"
    template_name = "duties/specials.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(
            SpecialStudent.objects.visible_to(self.user)
            .filter(school_class=self.school_class)
            .select_related("student", "marked_by", "school_class")
        )
        leads = policies.leads(self.user, self.school_class)
        for row in rows:
            row.reads_note = policies.reads_note(self.user, row)
            row.change = policies.can_change_mark(self.user, row)
            row.lift = policies.can_lift(self.user, row)
            category = CATEGORY_OF_KIND.get(row.kind, "other")
            here = self.school_class.pk
            row.talk_url = new_record_url("talk", here, [row.student_id], category=category) if leads else ""
            row.case_url = new_record_url("case_study", here, [row.student_id]) if leads else ""
            row.records_url = f"{link('records')}?student={row.student_id}" if link("records") else ""
        order = list(SpecialStudent.Level.values)
        return super().get_context_data(**kwargs) | {
            "current": sorted((r for r in rows if r.until is None), key=lambda r: -order.index(r.level)),
            "former": [row for row in rows if row.until is not None],
            "mark": policies.can_mark(self.user, self.school_class),
        }


class MarkSpecial(OfClass, FormPage):
    title = "标记特殊学生"
    room, room_label = "specials", "特殊学生"
    roles = (Role.CLASS_TEACHER, Role.COLLEGE_HEAD)
    form_class = SpecialForm
    template_name = "duties/special_form.html"
    submit_label = "标记"

    def people(self) -> Any:
        return students_on([self.school_class.pk], timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": self.people()}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("student", "")
        found: dict[str, Any] = {"since": timezone.localdate(), "level": SpecialStudent.Level.WATCH.value}
        return found | ({"student": asked} if asked.isdecimal() else {})

    def perform(self, form: SpecialForm) -> str:
        data = dict(form.cleaned_data)
        student = Student.objects.get(pk=data.pop("student"))
        made = specials.mark(self.user, self.school_class, student, **data)
        hidden = "，内容保密" if made.privacy != Privacy.NORMAL else ""
        return f"已标记{student.name}{hidden}。"


class SpecialAction(OfRow, VersionedAction):
    model = SpecialStudent
    room, room_label = "specials", "特殊学生"

    def get_decision(self) -> Decision:
        return policies.can_change_mark(self.user, self.object)

    def get_success_url(self) -> str:
        return self.room_url


class ChangeSpecial(SpecialAction):
    title = "调整程度"
    form_class = SpecialChangeForm
    submit_label = "保存"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"level": self.object.level, "note": self.object.note}

    def perform(self, form: SpecialChangeForm) -> str:
        specials.change(self.user, self.object, **form.cleaned_data)
        return "已保存。"


class LiftSpecial(SpecialAction):
    title = "解除"
    form_class = LiftForm
    submit_label = "解除"

    def get_decision(self) -> Decision:
        return policies.can_lift(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"until": timezone.localdate()}

    def get_consequences(self) -> list[str]:
        return [f"{self.object.student.name}不再列为特殊学生，标记保留为历史。"]

    def perform(self, form: LiftForm) -> str:
        specials.lift(self.user, self.object, **form.cleaned_data)
        return "已解除。"


class ReadNote(OfRow, ObjectFormPage):
    """GET says that the reading is noted, POST shows the words once."""

    model = SpecialStudent
    room, room_label = "specials", "特殊学生"
    title = "查阅说明"
    template_name = "duties/special_note.html"
    autosave = False
    submit_label = "查阅"

    def perform(self, form: Any) -> HttpResponseBase:
        return self.render(note=specials.read_note(self.user, self.object), shown=True)


class TalkPlan(OfClass, FormPage):
    """Who still waits for a talk, one tap from the talk's form; everybody planned with one button."""

    title = room_label = "谈话计划"
    room = "talk_plan"
    roles = (Role.CLASS_TEACHER,)
    form_class = TalkPlanForm
    template_name = "duties/talk_plan.html"
    autosave = False

    def classes(self) -> QuerySet[SchoolClass]:
        return SchoolClass.objects.filter(pk__in=led_class_ids(self.user))

    @property
    def term(self) -> Term | None:
        if not hasattr(self, "_term"):
            asked = self.request.GET.get("term", "")
            rows = Term.objects.select_related("school_year")
            self._term = find_or_404(rows, pk=asked) if asked.isdecimal() else present_term()
        return self._term

    @property
    def rows(self) -> list[talk_plans.PlanRow]:
        if not hasattr(self, "_rows"):
            term = self.term
            self._rows = talk_plans.rows_of(self.user, self.school_class, term) if term else []
        return self._rows

    def get_form_kwargs(self) -> dict[str, Any]:
        open_students = [row.student for row in self.rows if row.plan is None]
        return super().get_form_kwargs() | {"open_students": open_students}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        here = self.school_class.pk
        today = timezone.localdate()
        lines = [
            {
                "row": row,
                "talk_url": new_record_url("talk", here, [row.student.pk]),
                "overdue": bool(row.plan and row.plan.planned_on and row.plan.planned_on < today and not row.done),
            }
            for row in self.rows
        ]
        return context | {
            "term": self.term,
            "terms": Term.objects.select_related("school_year")
            .filter(starts_on__lte=today)
            .order_by("-starts_on")[:TERMS_SHOWN],
            "waiting": [line for line in lines if not line["row"].done],
            "done": [line for line in lines if line["row"].done],
            "coverage": talk_plans.coverage(self.school_class, self.term) if self.term else None,
            "planned": sum(row.plan is not None for row in self.rows),
            "planned_of": f" ÷ {sum(row.plan is not None for row in self.rows)}",
            "planned_done": sum(row.plan is not None and row.done for row in self.rows),
            "unplanned": sum(row.plan is None for row in self.rows),
        }

    def perform(self, form: TalkPlanForm) -> str:
        assert self.term is not None
        remove = self.request.POST.get("remove", "")
        if remove.isdecimal():
            found = PlannedTalk.objects.visible_to(self.user).filter(school_class=self.school_class)
            talk_plans.unplan(self.user, find_or_404(found.select_related("teacher", "school_class"), pk=remove))
            return "已从计划中去掉，谈过的话不受影响。"
        data = form.cleaned_data
        everybody = self.request.POST.get("do") == "all"
        chosen = [row.student.pk for row in self.rows if row.plan is None] if everybody else data["students"]
        new = talk_plans.plan(
            self.user, self.school_class, self.term, chosen, planned_on=data["planned_on"], purpose=data["purpose"]
        )
        return f"已计划 {new} 名学生。"

    def get_success_url(self) -> str:
        return f"{self.room_url}?{self.request.GET.urlencode()}".rstrip("?")
