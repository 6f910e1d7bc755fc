"""Pages of the roster import: upload, preview, columns, commit, undo; the template and the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.documents.workbooks_in import error_workbook
from gaobo_banzhuren.documents.workbooks_out import XLSX, attachment_response
from gaobo_banzhuren.web.actions import ObjectActionPage
from gaobo_banzhuren.web.errors import StaleError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage

from ..exports.roster import roster_workbook, template_workbook
from ..forms.imports import ColumnsForm
from ..imports import batches, words  # noqa: F401  words and looks for the pages
from ..imports.examining import Progress, scope_of
from ..models import ImportBatch, ImportState
from ..services.imports.undoing import blockers, people_without_access, undo
from .import_pages import ShowsBatch, StepsPage, UploadPage, totals_of, undo_decision

ROLES = (Role.COLLEGE_ADMIN, Role.OFFICE)
BATCHES_SHOWN = 20
Crumbs = list[tuple[str, str | None]]


class ImportPage(StepsPage):
    """Who may come in."""

    roles = ROLES

    def address_of(self, batch: ImportBatch) -> str:
        return _url(batch)


def _url(batch: ImportBatch) -> str:
    return reverse("teachers:import_batch", args=[batch.pk])


class Upload(ImportPage, UploadPage):
    title = "名册导入"
    template_name = "teachers/import_upload.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = ImportBatch.objects.visible_to(self.user).roster().select_related("created_by", "college")
        rows = rows.defer("content", "preview", "problems", "changes", "mapping")[:BATCHES_SHOWN]
        context["batches"] = [(batch, totals_of(batch.counts)) for batch in rows]
        context["whole_school"] = self.user.access.has(Role.OFFICE)
        return context

    def take(self, content: bytes, name: str) -> Iterator[Progress | ImportBatch]:
        return batches.upload_steps(content, name or "名册.xlsx", actor=self.user)


class BatchPage(ImportPage, DetailPage):
    """A page about one batch; a foreign one is a missing one."""

    model = ImportBatch

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.visible_to(self.user).roster()

    def get_breadcrumbs(self) -> Crumbs:
        return [("名册导入", reverse("teachers:import")), (self.object.file_name, None)]


class Batch(ShowsBatch, BatchPage):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        batch: ImportBatch = self.object
        if context["waiting"]:
            context["columns_form"] = ColumnsForm(preview=batch.preview)
            layouts = batch.preview.get("layouts", [])
            context["columns_open"] = not layouts or any(layout["missing"] for layout in layouts)
        if batch.state == ImportState.COMMITTED:
            context["people"] = people_without_access(batch)
        return context

    def addresses(self, batch: ImportBatch) -> dict[str, str]:
        names = ("commit", "discard", "undo", "errors")
        found = {name: reverse(f"teachers:import_{name}", args=[batch.pk]) for name in names}
        return found | {"upload": reverse("teachers:import")}

    def undo_decision(self, batch: ImportBatch) -> Decision:
        return undo_decision(blockers(batch))


class Columns(BatchPage):
    """The columns as the person matched them: a new preview."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        batch: ImportBatch = self.object
        form = ColumnsForm(request.POST, preview=batch.preview)
        if not form.is_valid():
            said = "；".join(str(error) for errors in form.errors.values() for error in errors)
            messages.error(request, f"列的对应没有改动：{said}")
            return HttpResponseRedirect(_url(batch) + "#columns")
        batches.remap(batch, form.mapping(batch.mapping), actor=self.user)
        messages.success(request, "已按您指定的列重新核对，下次导入会记住。")
        return HttpResponseRedirect(_url(batch))


class Commit(BatchPage):
    """The button of the preview. What it says is what is written, or nothing."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        batch: ImportBatch = self.object
        steps = batches.commit_steps(batch, request.POST.get("digest", "")[:64], actor=self.user)
        try:
            answer = self.answer(steps)
        except StaleError as problem:
            messages.warning(request, problem.message)
            return HttpResponseRedirect(_url(batch))
        return answer


class Discard(BatchPage):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        batches.discard(self.object, actor=self.user)
        messages.success(request, "已放弃，文件内容已删除，数据没有改动。")
        return HttpResponseRedirect(reverse("teachers:import"))


class Undo(ObjectActionPage):
    title = "撤销导入"
    roles = ROLES
    model = ImportBatch
    submit_label = "撤销这次导入"
    submit_tone = "danger"

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.visible_to(self.user).roster()

    def get_title(self) -> str:
        return f"{self.title}：{self.object.file_name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("名册导入", reverse("teachers:import")),
            (self.object.file_name, _url(self.object)),
            (self.title, None),
        ]

    def get_decision(self) -> Decision:
        return undo_decision(blockers(self.object))

    def get_consequences(self) -> Sequence[str]:
        totals = totals_of(self.object.counts)
        return [
            f"删除这次新增的 {totals['new']} 条数据，把更新过的 {totals['updated']} 条恢复成导入前的内容",
            "这次建立的账号一并删除",
            "导入和撤销都保留在审计记录里",
        ]

    def perform(self, form: Any) -> str:
        undo(self.object, actor=self.user)
        return "已撤销，数据恢复到导入之前。"

    def get_success_url(self) -> str:
        return _url(self.object)


class Errors(BatchPage):
    """The person's own file with the bad cells marked."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch: ImportBatch = self.object
        if batch.state != ImportState.REFUSED:
            raise Http404
        data = error_workbook(bytes(batch.content), batches.problems_of(batch))
        stem = batch.file_name.rsplit(".", 1)[0]
        return attachment_response(data, f"{stem}-问题标注.xlsx", XLSX)


class Template(ImportPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return attachment_response(template_workbook(), "名册模板.xlsx", XLSX)


class RosterExport(ImportPage):
    """The roster of the scope. Full telephone numbers leave the house, so the log says who took them."""

    title = "名册导出"
    template_name = "teachers/import_export.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("名册导入", reverse("teachers:import")), (self.title, None)]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(whole_school=self.user.access.has(Role.OFFICE))

    def post(self, request: HttpRequest) -> HttpResponse:
        scope, college = scope_of(self.user)
        data = roster_workbook(self.user, scope)
        with transaction.atomic():
            audit.record(self.user, "teachers.roster_export", college=college, object_text="名册导出")
        return attachment_response(data, f"名册 {timezone.localdate():%Y-%m-%d}.xlsx", XLSX)
