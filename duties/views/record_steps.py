"""What is done with a record after it was written: appended, corrected, closed, decided, commented, read for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import ObjectActionPage, ReasonForm
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny

from .. import kinds
from ..forms import record_steps as forms
from ..models import Progress, RecordNote, RecordState, WorkRecord
from ..policies import records as policies
from ..policies.reading import Reading, reader
from ..services import records as services
from ..showing import with_everything
from .recording import Crumbs
from .records import READERS, record_context

STAFF = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)


class RecordStep(ObjectActionPage):
    """A step on one record. Of records that are somebody else's there are only the steps that could be the person's."""

    roles = READERS
    model = WorkRecord
    lookup = "public_id"
    template_name = "duties/record_step.html"
    object_name = "record"
    authors_only = True

    def get_queryset(self) -> QuerySet[WorkRecord]:
        rows = super().get_queryset()
        return rows.filter(author=self.user) if self.authors_only else rows

    @property
    def object(self) -> WorkRecord:
        self.kwargs.setdefault("public_id", self.kwargs["uuid"])
        found: WorkRecord = super().object
        return found

    @property
    def kind(self) -> kinds.Kind:
        return kinds.kind_of(self.object.kind)

    def get_title(self) -> str:
        return f"{self.title}：{self.kind.name} {self.object.happened_on}"

    def get_breadcrumbs(self) -> Crumbs:
        url = self.object.get_absolute_url()
        return [("工作记录", reverse("duties:records")), (self.kind.name, url), (self.title, None)]

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()


class Discard(RecordStep):
    title = "丢弃草稿"
    submit_label = "丢弃"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_edit(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["这份草稿会被删除，不能恢复。"]

    def perform(self, form: Any) -> str:
        services.discard_draft(self.user, self.object)
        return "草稿已丢弃。"

    def get_success_url(self) -> str:
        return reverse("duties:records")


class AddNote(RecordStep):
    title = "补充跟进"
    form_class = forms.NoteForm

    def get_decision(self) -> Decision:
        return policies.can_append(self.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        planned = self.object.follow_up_on
        # A visit still to come stays planned unless the person takes it out.
        return {"follow_up_on": planned} if planned and planned > timezone.localdate() else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind}

    def perform(self, form: forms.NoteForm) -> str:
        data = form.cleaned_data
        services.append(
            self.user, self.object, data["kind"], data["text"], on=data["on"], follow_up_on=data["follow_up_on"]
        )
        return "已补充，原文没有改动。"


class AddFiles(RecordStep):
    title = "添加附件"
    form_class = forms.FilesForm
    submit_label = "上传"

    def get_decision(self) -> Decision:
        return deny("记录已作废。") if self.object.state == RecordState.VOIDED else ALLOW

    def perform(self, form: forms.FilesForm) -> str:
        with transaction.atomic():
            stored = services.attach(self.user, self.object, form.cleaned_data["files"])
        return f"已添加 {len(stored)} 个附件。"


class Correct(RecordStep):
    title = "更正"
    form_class = forms.CorrectionForm
    template_name = "duties/record_correct.html"

    def get_decision(self) -> Decision:
        return policies.can_append(self.user, self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"record": self.object, "kind": self.kind}

    def perform(self, form: forms.CorrectionForm) -> str:
        services.correct(self.user, self.object, form.changes(), form.cleaned_data["reason"])
        return "已更正，原来的内容列在经过里。"


class Void(RecordStep):
    title = "作废"
    form_class = ReasonForm
    submit_label = "作废"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return policies.can_void(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return ["这条记录不再计入清单和任何数字，保留可查并注明原因。"]

    def perform(self, form: ReasonForm) -> str:
        services.void(self.user, self.object, form.cleaned_data["reason"])
        return "记录已作废。"


class Close(RecordStep):
    title = "办结"
    form_class = forms.ResultForm
    submit_label = "办结"

    def get_decision(self) -> Decision:
        return policies.can_close(self.user, self.object)

    def perform(self, form: forms.ResultForm) -> str:
        services.close(self.user, self.object, form.cleaned_data["text"], on=form.cleaned_data["on"])
        return "已办结。"


class OfStaff(RecordStep):
    """Steps of the college and the office."""

    roles = STAFF
    authors_only = False


class Decide(OfStaff):
    title = "认定或撤销"
    form_class = forms.DecisionForm
    submit_label = "确定"

    def get_decision(self) -> Decision:
        return policies.can_decide(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        if self.object.progress == Progress.CONFIRMED:
            return ["这条记录已经认定；撤销后不再计入任何数字，经过保留。"]
        return ["认定后计入班级的数字；撤销后不计，经过保留。"]

    def perform(self, form: forms.DecisionForm) -> str:
        services.decide(self.user, self.object, form.cleaned_data["verdict"], form.cleaned_data["text"])
        return "已办理。"


class Reply(OfStaff):
    title = "答复上报"
    form_class = forms.ReplyForm
    submit_label = "答复"

    def get_decision(self) -> Decision:
        return policies.can_decide(self.user, self.object)

    def perform(self, form: forms.ReplyForm) -> str:
        services.answer_report(self.user, self.object, form.cleaned_data["text"], closes=form.cleaned_data["closes"])
        return "已答复，班主任会看到。"


class Comment(OfStaff):
    title = "写批注"
    form_class = forms.TextForm
    submit_label = "发给班主任"

    def get_decision(self) -> Decision:
        return policies.can_comment(self.user, self.object)

    def perform(self, form: forms.TextForm) -> str:
        services.comment(self.user, self.object, form.cleaned_data["text"])
        return "批注已发出，班主任在首页会看到。"


class AnswerComment(RecordStep):
    title = "回复批注"
    form_class = forms.OptionalTextForm
    submit_label = "确定"

    def get_decision(self) -> Decision:
        if not self.object.notes.filter(kind=RecordNote.Kind.COMMENT).exists():
            return deny("这条记录没有批注。")
        return policies.can_append(self.user, self.object)

    def perform(self, form: forms.OptionalTextForm) -> str:
        if form.cleaned_data["text"]:
            services.answer_comment(self.user, self.object, form.cleaned_data["text"])
            return "已回复。"
        services.mark_comments_seen(self.user, self.object)
        return "已标记为已读。"


class ReadWithReason(OfStaff):
    """The office gives its reason, which is logged, and is shown the record once (A-87)."""

    title = "说明理由后查阅"
    form_class = forms.ReadingReasonForm
    submit_label = "查阅并记入日志"
    autosave = False

    def get_queryset(self) -> QuerySet[WorkRecord]:
        return with_everything(super().get_queryset()).select_related("decided_by", "follows", "term__school_year")

    def get_decision(self) -> Decision:
        found = reader(self.user).reading(self.object)
        if found is Reading.REASON:
            return ALLOW
        if found.shows_texts:
            return deny("这条记录您可以直接查阅，不需要说明理由。")
        return deny("按保密规定，这条记录的正文不对您开放（A-87）。")

    def perform(self, form: forms.ReadingReasonForm) -> HttpResponse:
        services.log_reading(self.user, self.object, reason=form.cleaned_data["reason"])
        context = super().get_context_data() | record_context(self.user, self.object, Reading.REASON, given=True)
        context |= {"title": f"{self.kind.name}（已记录查阅）", "steps": [], "once": True}
        return render(self.request, "duties/record.html", context)


def decide(request: HttpRequest, uuid: Any) -> HttpResponseBase:
    """A decision on what waits for one, or the reply to what was reported."""
    reports = [kind.key for kind in kinds.KINDS if kind.progress == "report"]
    report = WorkRecord.objects.filter(public_id=uuid, kind__in=reports).exists()
    page = Reply if report else Decide
    return page.as_view()(request, uuid=uuid)


def answer(request: HttpRequest, uuid: Any) -> HttpResponseBase:
    """The author answers comments; whoever has to reply to a report does it at the same address."""
    if not request.user.is_authenticated:
        raise Http404
    own = WorkRecord.objects.filter(public_id=uuid, author_id=request.user.pk).exists()
    return AnswerComment.as_view()(request, uuid=uuid) if own else decide(request, uuid)
