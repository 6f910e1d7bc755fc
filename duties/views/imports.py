"""Pages of the imports of chapters 2 and 3: choose a kind, upload, preview, commit, undo; the empty workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.workbooks_in import error_workbook
from gaobo_banzhuren.documents.workbooks_out import XLSX, attachment_response
from gaobo_banzhuren.web.actions import ObjectActionPage
from gaobo_banzhuren.web.errors import StaleError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, RolePage
from teachers.exports.templates import empty_workbook
from teachers.imports.batches import problems_of
from teachers.imports.examining import Progress
from teachers.models import ImportBatch, ImportState
from teachers.views.import_pages import ShowsBatch, StepsPage, UploadPage, totals_of, undo_decision

from ..forms.imports import UploadForm
from ..imports import batches
from ..imports.declaring import ImportKind
from ..imports.kinds import BY_KEY, open_to
from ..services.imports.undoing import blockers, undo

ROLES = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)
BATCHES_SHOWN = 20
TITLE = "数据导入"
Crumbs = list[tuple[str, str | None]]


def batches_for(page: RolePage) -> QuerySet[ImportBatch]:
    """Batches of the kinds that the person may import."""
    kinds = [kind.key for kind in open_to(page.user)]
    return ImportBatch.objects.visible_to(page.user).filter(kind__in=kinds)


def address_of(batch: ImportBatch) -> str:
    return reverse("duties:import_batch", args=[batch.pk])


class Imports(RolePage):
    """The kinds with a word on each, and what was imported before."""

    roles = ROLES
    title = TITLE
    template_name = "duties/imports.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = batches_for(self).select_related("created_by", "college")
        rows = rows.defer("content", "preview", "problems", "changes", "mapping")[:BATCHES_SHOWN]
        context["kinds"] = open_to(self.user)
        context["batches"] = [(batch, BY_KEY[batch.kind].label, totals_of(batch.counts)) for batch in rows]
        return context


class KindPage(RolePage):
    """A page about one kind; one that the person may not import is missing."""

    roles = ROLES

    @property
    def kind(self) -> ImportKind:
        kind = BY_KEY.get(self.kwargs["kind"])
        if kind is None or not kind.is_open_to(self.user):
            raise Http404
        return kind

    def get_title(self) -> str:
        return f"导入{self.kind.label}"

    def get_breadcrumbs(self) -> Crumbs:
        return [(TITLE, reverse("duties:imports")), (self.get_title(), None)]


class Upload(KindPage, UploadPage):
    template_name = "duties/import_upload.html"
    form_class = UploadForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        scope = self.kind.scope_of(self.user)
        return context | {"kind": self.kind, "whole_school": scope.colleges is None}

    def address_of(self, batch: ImportBatch) -> str:
        return address_of(batch)

    def take(self, content: bytes, name: str) -> Iterator[Progress | ImportBatch]:
        return batches.upload_steps(self.kind, content, name or f"{self.kind.label}.xlsx", actor=self.user)


class Template(KindPage):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = self.kind
        data = empty_workbook(kind.sheets, f"{kind.label}模板", kind.hints)
        return attachment_response(data, f"{kind.label}模板.xlsx", XLSX)


class BatchPage(StepsPage, DetailPage):
    """A page about one batch; a foreign one is a missing one."""

    roles = ROLES
    model = ImportBatch

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return batches_for(self)

    def get_breadcrumbs(self) -> Crumbs:
        return [(TITLE, reverse("duties:imports")), (self.object.file_name, None)]

    def address_of(self, batch: ImportBatch) -> str:
        return address_of(batch)


class Batch(ShowsBatch, BatchPage):
    def get_title(self) -> str:
        return f"{BY_KEY[self.object.kind].label}：{self.object.file_name}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # What a kind assumed (students who are not listed, a year that nobody wrote) is to be read before committing.
        return super().get_context_data(**kwargs) | {"notes_open": True}

    def addresses(self, batch: ImportBatch) -> dict[str, str]:
        names = ("commit", "discard", "undo", "errors")
        found = {name: reverse(f"duties:import_{name}", args=[batch.pk]) for name in names}
        return found | {"upload": reverse("duties:import_upload", args=[batch.kind])}

    def undo_decision(self, batch: ImportBatch) -> Decision:
        return undo_decision(blockers(batch))


class Commit(BatchPage):
    """The button of the preview. What it says is what is written, or nothing."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        batch: ImportBatch = self.object
        try:
            return self.answer(batches.commit_steps(batch, request.POST.get("digest", "")[:64], actor=self.user))
        except StaleError as problem:
            messages.warning(request, problem.message)
            return HttpResponseRedirect(address_of(batch))


class Discard(BatchPage):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        batches.discard(self.object, actor=self.user)
        messages.success(request, "已放弃，文件内容已删除，数据没有改动。")
        return HttpResponseRedirect(reverse("duties:imports"))


class Undo(ObjectActionPage):
    title = "撤销导入"
    roles = ROLES
    model = ImportBatch
    submit_label = "撤销这次导入"
    submit_tone = "danger"

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return batches_for(self)

    def get_title(self) -> str:
        return f"{self.title}：{self.object.file_name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [
            (TITLE, reverse("duties:imports")),
            (self.object.file_name, address_of(self.object)),
            (self.title, None),
        ]

    def get_decision(self) -> Decision:
        return undo_decision(blockers(self.object))

    def get_consequences(self) -> Sequence[str]:
        totals = totals_of(self.object.counts)
        return [
            f"删除这次新增的 {totals['new']} 条，把更新过的 {totals['updated']} 条恢复成导入前的内容",
            "导入和撤销都保留在审计记录里",
        ]

    def perform(self, form: Any) -> str:
        undo(self.object, actor=self.user)
        return "已撤销，数据恢复到导入之前。"

    def get_success_url(self) -> str:
        return address_of(self.object)


class Errors(BatchPage):
    """The person's own file with the bad cells marked."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch: ImportBatch = self.object
        if batch.state != ImportState.REFUSED:
            raise Http404
        data = error_workbook(bytes(batch.content), problems_of(batch))
        stem = batch.file_name.rsplit(".", 1)[0]
        return attachment_response(data, f"{stem}-问题标注.xlsx", XLSX)
