"""Students: the list, one student over time, and the changes with their day."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage, find_or_404

from ..forms.roster import CorrectStartForm, GuardianForm, MoveForm, StateForm, StudentForm, initial_of
from ..models import Guardian, RosterEntry, SchoolClass, Student
from ..policies import roster as policies
from ..roster_filters import StudentFilter, by_name
from ..sections import student_sections
from ..services import students as services
from .classes import KEEPERS


def with_present_entry(rows: QuerySet[Student]) -> QuerySet[Student]:
    """Each student with the present class and state, in the list's own query."""
    entry = RosterEntry.objects.on(timezone.localdate()).filter(student=OuterRef("pk"))
    return rows.annotate(
        state_now=Subquery(entry.values("state")[:1]),
        class_name=Subquery(entry.values("school_class__name")[:1]),
        class_pk=Subquery(entry.values("school_class_id")[:1]),
    )


class StudentList(ListPage):
    roles = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)
    title = "学生"
    template_name = "teachers/student_list.html"
    noun = "学生"
    model = Student
    filterset_class = StudentFilter
    text_label = "姓名、拼音、学号或准考证号"
    orderings = {"number": ("学号", ("student_no",)), "name": ("姓名", ("name_pinyin",))}

    def get_queryset(self) -> QuerySet[Student]:
        return with_present_entry(Student.objects.visible_to(self.user))

    def search_text(self, rows: QuerySet[Student], text: str) -> QuerySet[Student]:
        return rows.filter(by_name(text, "student_no", "exam_no"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["may_create"] = self.user.access.has(*KEEPERS)
        return context


class StudentPage(DetailPage):
    roles = (*StudentList.roles, Role.CLASS_TEACHER)
    template_name = "teachers/student.html"
    model = Student
    object_name = "student"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        if self.user.access.has(*StudentList.roles):
            return [("学生", reverse("teachers:students")), (self.object.name, None)]
        return [("我的班级", reverse("teachers:my_classes")), (self.object.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        seen = SchoolClass.objects.visible_to(self.user)
        entries = list(
            RosterEntry.objects.filter(student=self.object, school_class__in=seen)
            .select_related("school_class", "recorded_by", "voided_by")
            .order_by("-starts_on", "-pk")
        )
        standing = [entry for entry in entries if entry.voided_at is None]
        latest = services.latest_entry(self.object)
        context |= {
            "entries": standing,
            "voided": [entry for entry in entries if entry.voided_at is not None],
            "latest": standing[0] if standing else None,
            "guardians": self.object.guardians.all(),
            "keep": policies.can_keep_class(self.user, latest.school_class),
            "reveal": policies.can_reveal(self.user, latest.school_class),
            "sections": student_sections(self.user, self.object),
        }
        return context


class StudentCreate(FormPage):
    roles = KEEPERS
    title = "新增学生"
    form_class = StudentForm

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("学生", reverse("teachers:students")), (self.title, None)]

    def get_initial(self) -> dict[str, Any]:
        return {"school_class": self.request.GET.get("class", "")[:12], "joins_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: StudentForm) -> str:
        data = form.cleaned_data
        self.made = services.add_student(
            self.user,
            student_no=data["student_no"],
            fields=form.student_fields(),
            school_class=data["school_class"],
            joins_on=data["joins_on"],
        )
        return f"已将{self.made.name}加入{data['school_class']}。"

    def get_success_url(self) -> str:
        return reverse("teachers:student", args=[self.made.pk])


class StudentAction(ObjectFormPage):
    """A form about one student of a college whose roster the person keeps."""

    roles = KEEPERS
    model = Student

    def get_queryset(self) -> QuerySet[Student]:
        rows = Student.objects.visible_to(self.user)
        if self.user.access.has(Role.OFFICE):
            return rows
        kept = RosterEntry.objects.standing().filter(
            school_class__college_id__in=self.user.access.colleges(Role.COLLEGE_ADMIN)
        )
        return rows.filter(pk__in=kept.values("student"))

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [
            ("学生", reverse("teachers:students")),
            (self.object.name, reverse("teachers:student", args=[self.object.pk])),
            (self.title, None),
        ]

    def get_success_url(self) -> str:
        return reverse("teachers:student", args=[self.object.pk])


class StudentEdit(StudentAction):
    title = "修改资料"
    form_class = StudentForm

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user, "existing": self.object}

    def perform(self, form: StudentForm) -> str:
        version = form.cleaned_data["version"] or 0
        services.update_student(self.user, self.object, fields=form.student_fields(), version=version)
        return "已保存。"


class StudentStateChange(StudentAction):
    title = "变更状态"
    form_class = StateForm
    submit_label = "变更"

    def get_initial(self) -> dict[str, Any]:
        return {"from_day": timezone.localdate()}

    def perform(self, form: StateForm) -> str:
        data = form.cleaned_data
        services.change_state(self.user, self.object, state=data["state"], from_day=data["from_day"], note=data["note"])
        return f"{self.object.name}自 {data['from_day']} 起为「{data['state']}」。"


class StudentMove(StudentAction):
    title = "转班"
    form_class = MoveForm
    submit_label = "转班"

    def get_initial(self) -> dict[str, Any]:
        return {"from_day": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: MoveForm) -> str:
        data = form.cleaned_data
        services.move_to_class(
            self.user, self.object, school_class=data["school_class"], from_day=data["from_day"], note=data["note"]
        )
        return f"{self.object.name}自 {data['from_day']} 起在{data['school_class']}。"


class RosterCorrect(StudentAction):
    title = "更正日期"
    form_class = CorrectStartForm
    submit_label = "更正"

    @property
    def entry(self) -> RosterEntry:
        rows = RosterEntry.objects.visible_to(self.user).standing().filter(student=self.object)
        found: RosterEntry = find_or_404(rows.select_related("school_class"), pk=self.kwargs["entry"])
        if not policies.can_keep_class(self.user, found.school_class):
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": self.entry.starts_on}

    def perform(self, form: CorrectStartForm) -> str:
        data = form.cleaned_data
        services.correct_start(self.user, self.entry, starts_on=data["starts_on"], reason=data["reason"])
        return "已更正；原记录作废并保留。已送审的月份不受影响，差额会在未送审的月份中提示。"


class GuardianSave(StudentAction):
    title = "家长"
    form_class = GuardianForm

    @property
    def guardian(self) -> Guardian | None:
        if "guardian" not in self.kwargs:
            return None
        found: Guardian = find_or_404(Guardian.objects.filter(student=self.object), pk=self.kwargs["guardian"])
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"guardian": self.guardian}

    def perform(self, form: GuardianForm) -> str:
        services.save_guardian(self.user, self.object, guardian=self.guardian, **form.cleaned_data)
        return "已保存家长信息。"
