"""The list of work records and the page of one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.documents.workbooks_out import XLSX, attachment_response
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage
from teachers.models import SchoolClass
from teachers.roster_filters import by_name

from .. import kinds
from ..exports.records import records_workbook
from ..models import Privacy, RecordClass, RecordNote, RecordState, RecordStudent, RecordTag, WorkRecord
from ..policies import records as policies
from ..policies.reading import Reading, known_students, lists_facts, reader
from ..record_filters import RecordFilter
from ..services import records as services
from ..showing import HIDDEN, in_list, lines_of, students_of, tags_of, with_everything
from .recording import Crumbs

READERS = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)
MOST_EXPORTED = 5000


class Records(ListPage):
    roles = READERS
    title = "工作记录"
    template_name = "duties/record_list.html"
    model = WorkRecord
    filterset_class = RecordFilter
    text_label = "学生、班级、记录人或主题"
    export_label = "导出 Excel"
    orderings = {
        "newest": ("日期（新的在前）", ("draft_last", "-happened_on", "-pk")),
        "oldest": ("日期（旧的在前）", ("draft_last", "happened_on", "pk")),
        "changed": ("最近修改", ("draft_last", "-updated_at")),
    }

    def get_queryset(self) -> QuerySet[WorkRecord]:
        first = Case(When(state=RecordState.DRAFT, then=Value(0)), default=Value(1), output_field=IntegerField())
        return with_everything(WorkRecord.objects.visible_to(self.user)).annotate(draft_last=first)

    def search_text(self, rows: QuerySet[WorkRecord], text: str) -> QuerySet[WorkRecord]:
        """By class and author in every row; by student and title only where the person may meet them in a list."""
        joined = "".join(text.split())
        of_class = RecordClass.objects.filter(
            Q(school_class__name__icontains=joined) | Q(school_class__code__istartswith=joined), record=OuterRef("pk")
        )
        named = RecordStudent.objects.filter(record=OuterRef("pk"), student__in=_students(text))
        tagged = RecordTag.objects.filter(record=OuterRef("pk"), value__icontains=joined)
        open_titles = [kind.key for kind in kinds.KINDS if not kind.confidential]
        own = Q(author=self.user) & (Q(title__icontains=joined) | Q(text__icontains=joined) | Exists(tagged))
        title = Q(title__icontains=joined, privacy=Privacy.NORMAL, kind__in=open_titles)
        return rows.filter(
            Exists(of_class)
            | own
            | title
            | Q(author__name__icontains=joined)
            | (Exists(named) & known_students(self.user))
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        who = reader(self.user)
        context["rows"] = [in_list(record, who.reading(record)) for record in context["object_list"]]
        context["narrowed_by"] = self.narrowed_by()
        context["writes"] = self.user.access.has(Role.CLASS_TEACHER)
        context["several_classes"] = len({row.classes for row in context["rows"]}) > 1
        context["staff"] = self.user.access.has(Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)
        return context

    def narrowed_by(self) -> list[str]:
        """In words what a link narrowed the list to and no control shows."""
        if self.filter is None or not self.filter.is_bound or not self.filter.form.is_valid():
            return []
        given = self.filter.form.cleaned_data
        words = {
            "student": "学生",
            "teacher": "班主任",
            "session": "场次",
            "theme": "教育主题",
            "since": "从",
            "until": "到",
        }
        found = [
            f"{label}：{getattr(given[name], 'name', given[name])}" for name, label in words.items() if given[name]
        ]
        if given["category"]:
            found.append(f"类型：{kinds.category_name(given['kind'], given['category'])}")
        if given["unread"]:
            found.append("有没看的批注")
        return found

    def render_export(self, rows: QuerySet[WorkRecord]) -> HttpResponseBase:
        found = list(rows[: MOST_EXPORTED + 1])
        note = (
            f"只导出前 {MOST_EXPORTED} 条，还有更多；请按学期或班级筛选后分次导出。"
            if len(found) > MOST_EXPORTED
            else ""
        )
        found = found[:MOST_EXPORTED]
        with transaction.atomic():
            audit(self.user, "duties.records_export", after={"rows": len(found)}, object_text="工作记录")
        name = f"工作记录 {timezone.localdate():%Y-%m-%d}.xlsx"
        return attachment_response(records_workbook(self.user, found, note=note), name, XLSX)


def _students(text: str) -> Any:
    from teachers.models import Student

    return Student.objects.filter(by_name(text, "student_no")).values("pk")


class RecordPage(DetailPage):
    """One record. A reading that has to be logged is logged by opening the page (A-87)."""

    roles = READERS
    template_name = "duties/record.html"
    model = WorkRecord
    lookup = "public_id"
    object_name = "record"

    def get_queryset(self) -> QuerySet[WorkRecord]:
        return with_everything(super().get_queryset()).select_related("decided_by", "follows", "term__school_year")

    @property
    def object(self) -> WorkRecord:
        self.kwargs.setdefault("public_id", self.kwargs["uuid"])
        found: WorkRecord = super().object
        return found

    def get_title(self) -> str:
        return kinds.name_of(self.object.kind)

    def get_breadcrumbs(self) -> Crumbs:
        return [("工作记录", reverse("duties:records")), (f"{self.get_title()} {self.object.happened_on}", None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.reading = reader(self.user).reading(self.object)
        if self.reading is Reading.LOGGED and request.method == "GET":
            services.log_reading(self.user, self.object)
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | record_context(self.user, self.object, self.reading)


def record_context(user: User, record: WorkRecord, found: Reading, *, given: bool = False) -> dict[str, Any]:
    """What the page of a record shows to somebody with this reading; `given` after a stated reason."""
    reading = Reading.LOGGED if given else found
    kind = kinds.kind_of(record.kind)
    shows_people = reading.shows_texts or lists_facts(record, reading)
    opened = set(
        SchoolClass.objects.with_students_for(user)
        .filter(pk__in=[link.school_class_id for link in record.class_links.all()])
        .values_list("pk", flat=True)
    )
    classes = set(
        SchoolClass.objects.visible_to(user)
        .filter(pk__in=[link.school_class_id for link in record.class_links.all()])
        .values_list("pk", flat=True)
    )
    mine = record.author_id == user.pk
    notes = list(record.notes.select_related("by"))
    lines = lines_of(record, reading)
    return {
        "kind": kind,
        "reading": reading,
        "mine": mine,
        "lines": [line for line in lines if not line.long],
        "texts": [line for line in lines if line.long],
        "hidden": (not reading.shows_texts and any(each.confidential for each in kind.fields) and kind.confidential)
        or (not reading.shows_texts and record.privacy != Privacy.NORMAL),
        "hidden_text": HIDDEN,
        "needs_reason": found is Reading.REASON and not given,
        "classes": [(link.school_class, link.school_class_id in classes) for link in record.class_links.all()],
        "students": _people(record, RecordStudent.Part.ABOUT, opened) if shows_people else [],
        "absent": _people(record, RecordStudent.Part.ABSENT, opened) if shows_people else [],
        "themes": tags_of(record, RecordTag.Group.THEME),
        "tags": tags_of(record, RecordTag.Group.OWN) if mine else [],
        "files": list(record.files.select_related("file")) if found.shows_texts else [],
        "notes": [noted(note, kind) for note in notes if _shows_note(user, note, notes, reading)],
        "unread": mine and any(n.kind == RecordNote.Kind.COMMENT and n.seen_at is None for n in notes),
        "steps": steps_for(user, record, kind),
    }


def _people(record: WorkRecord, part: str, opened: set[int]) -> list[tuple[Any, bool]]:
    return [(link.student, link.school_class_id in opened) for link in students_of(record, part)]


def _shows_note(user: User, note: RecordNote, notes: list[RecordNote], reading: Reading) -> bool:
    """Who may not read the texts sees the own comments, and the answers once having commented."""
    if reading.shows_texts or note.by_id == user.pk:
        return True
    asked = any(each.kind == RecordNote.Kind.COMMENT and each.by_id == user.pk for each in notes)
    return note.kind == RecordNote.Kind.ANSWER and asked


def noted(note: RecordNote, kind: kinds.Kind) -> dict[str, Any]:
    """A note with the corrected fields by their labels."""
    changes = []
    for name, after in note.after.items():
        each = kind.field(name)
        label = each.label if each else "日期"
        before = note.before.get(name)
        words = each.shown if each and each.choices else lambda value: "—" if value in (None, "") else str(value)
        changes.append((label, words(before) or "—", words(after) or "—"))
    return {"note": note, "changes": changes}


def steps_for(user: User, record: WorkRecord, kind: kinds.Kind) -> list[dict[str, Any]]:
    """What the person may do next with the record; what is not theirs at all is left out."""

    def step(name: str, label: str, icon: str, tone: str = "plain") -> dict[str, Any]:
        url = reverse(f"duties:record_{name}", args=[record.public_id])
        return {"label": label, "url": url, "icon": icon, "tone": tone}

    steps = []
    if policies.can_edit(user, record):
        steps += [step("edit", "接着写", "pencil", "primary"), step("discard", "丢弃草稿", "trash")]
    if policies.can_append(user, record):
        label = "补充措施或跟进" if kind.progress == "matter" else "补充跟进"
        steps += [
            step("note", label, "plus-lg"),
            step("correct", "更正", "pencil"),
            step("files", "添加附件", "paperclip"),
        ]
    if kind.progress in ("matter", "problem") and policies.can_close(user, record):
        steps.insert(0, step("close", "办结", "check-circle", "primary"))
    if kind.progress in ("decision", "report") and policies.can_decide(user, record):
        label = "答复" if kind.progress == "report" else "认定或撤销"
        steps.insert(0, step("decide", label, "check2-square", "primary"))
    if policies.can_comment(user, record):
        steps.append(step("comment", "写批注", "chat-left-text"))
    if policies.can_void(user, record):
        steps.append(step("void", "作废", "slash-circle"))
    return steps
