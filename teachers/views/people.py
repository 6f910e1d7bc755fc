"""Class teachers as people: the list, one person with posts, leave and papers, and the forms."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage, ReasonForm
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage, find_or_404

from ..forms.roster import DocumentForm, TeacherForm
from ..models import ClassTeacher, TeacherDocument
from ..models.appointments import EFFECTIVE_STATES
from ..policies import roster as policies
from ..posts import service_record
from ..roster_filters import TeacherFilter, by_person
from ..services import people as services
from .classes import KEEPERS, LEADERS, READERS


class TeacherList(ListPage):
    roles = READERS
    title = "班主任"
    template_name = "teachers/teacher_list.html"
    noun = "班主任"
    model = ClassTeacher
    filterset_class = TeacherFilter
    text_label = "姓名、拼音或工号"
    orderings = {
        "number": ("工号", ("user__staff_no",)),
        "name": ("姓名", ("user__name_pinyin",)),
        "classes": ("现带班数从多到少", ("-classes_now", "user__staff_no")),
    }

    def get_queryset(self) -> QuerySet[ClassTeacher]:
        today = timezone.localdate()
        still = Q(appointments__ends_on=None) | Q(appointments__ends_on__gte=today)
        now = Q(appointments__state__in=EFFECTIVE_STATES, appointments__starts_on__lte=today) & still
        rows = ClassTeacher.objects.visible_to(self.user).select_related("user", "college")
        return rows.annotate(classes_now=Count("appointments__school_class", filter=now, distinct=True))

    def search_text(self, rows: QuerySet[ClassTeacher], text: str) -> QuerySet[ClassTeacher]:
        return rows.filter(by_person(text))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["may_create"] = self.user.access.has(*KEEPERS)
        return context


class TeacherPage(DetailPage):
    """One class teacher: present classes, the whole service record, leave and papers. A teacher sees the own page."""

    roles = LEADERS
    template_name = "teachers/teacher.html"
    model = ClassTeacher
    object_name = "teacher"

    def get_queryset(self) -> QuerySet[ClassTeacher]:
        return ClassTeacher.objects.visible_to(self.user).select_related("user", "college")

    def get_title(self) -> str:
        return str(self.object.name)

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        if self.user.access.has(*READERS):
            return [("班主任", reverse("teachers:people")), (self.object.name, None)]
        return [(self.object.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        services_done = service_record(self.object, today)
        context |= {
            "record": services_done,
            "now": [line for line in services_done if line.appointment.starts_on <= today and line.appointment.is_open],
            "total_days": sum(line.days for line in services_done),
            "leaves": self.object.leaves.standing().select_related("stand_in__user"),
            "documents": self.object.documents.filter(removed_at=None).select_related("file", "added_by"),
            "keep": policies.can_keep(self.user, self.object.college_id),
            "own": self.object.user_id == self.user.pk,
            "reveal": policies.can_reveal_teacher(self.user, self.object),
        }
        return context


class TeacherCreate(FormPage):
    roles = KEEPERS
    title = "新增班主任"
    form_class = TeacherForm

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("班主任", reverse("teachers:people")), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: TeacherForm) -> str:
        data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        self.made = services.create_teacher(self.user, **data)
        return f"已建立{self.made.name}的账号，发放登录码后即可登录。"

    def get_success_url(self) -> str:
        return reverse("teachers:teacher", args=[self.made.pk])


class TeacherAction(ObjectFormPage):
    """A form about one class teacher of a college whose roster the person keeps."""

    roles = KEEPERS
    model = ClassTeacher

    def get_queryset(self) -> QuerySet[ClassTeacher]:
        rows = ClassTeacher.objects.visible_to(self.user).select_related("user", "college")
        if self.user.access.has(Role.OFFICE):
            return rows
        return rows.filter(college_id__in=self.user.access.colleges(Role.COLLEGE_ADMIN))

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [
            ("班主任", reverse("teachers:people")),
            (self.object.name, reverse("teachers:teacher", args=[self.object.pk])),
            (self.title, None),
        ]

    def get_success_url(self) -> str:
        return reverse("teachers:teacher", args=[self.object.pk])


class TeacherEdit(TeacherAction):
    title = "修改资料"
    form_class = TeacherForm

    def get_initial(self) -> dict[str, Any]:
        teacher = self.object
        own = ("college", "category", "sex", "version")
        return {name: getattr(teacher, name) for name in own} | {"name": teacher.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user, "existing": self.object}

    def perform(self, form: TeacherForm) -> str:
        services.update_teacher(self.user, self.object, **form.cleaned_data)
        return "已保存。已送审的月份不受影响。"


class DocumentAdd(TeacherAction):
    title = "添加材料"
    form_class = DocumentForm
    submit_label = "添加"

    def perform(self, form: DocumentForm) -> str:
        data = form.cleaned_data
        file = store(data["file"], owner=self.user, purpose=services.DOCUMENT_PURPOSE)
        services.add_document(self.user, self.object, title=data["title"], file=file)
        return f"已添加「{data['title']}」。"


class DocumentRemove(ObjectActionPage):
    roles = KEEPERS
    title = "移除材料"
    model = ClassTeacher
    form_class = ReasonForm
    submit_label = "移除"
    submit_tone = "danger"

    def get_queryset(self) -> QuerySet[ClassTeacher]:
        rows = ClassTeacher.objects.visible_to(self.user).select_related("user", "college")
        if self.user.access.has(Role.OFFICE):
            return rows
        return rows.filter(college_id__in=self.user.access.colleges(Role.COLLEGE_ADMIN))

    @property
    def document(self) -> TeacherDocument:
        rows = TeacherDocument.objects.filter(teacher=self.object, removed_at=None).select_related("teacher__college")
        found: TeacherDocument = find_or_404(rows, pk=self.kwargs["document"])
        return found

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [
            ("班主任", reverse("teachers:people")),
            (self.object.name, reverse("teachers:teacher", args=[self.object.pk])),
            (self.title, None),
        ]

    def get_consequences(self) -> list[str]:
        return [f"「{self.document.title}」不再显示在{self.object.name}的页面上。", "文件和这次移除的记录保留。"]

    def perform(self, form: ReasonForm) -> str:
        services.remove_document(self.user, self.document, reason=form.cleaned_data["reason"])
        return "已移除。"

    def get_success_url(self) -> str:
        return reverse("teachers:teacher", args=[self.object.pk])
