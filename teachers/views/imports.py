"""Pages of the roster import: upload, preview, columns, commit, undo; the template and the export."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.documents.workbooks_in import error_workbook
from gaobo_banzhuren.documents.workbooks_out import XLSX, attachment_response
from gaobo_banzhuren.web.actions import ObjectActionPage
from gaobo_banzhuren.web.errors import StaleError, UserError
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from gaobo_banzhuren.web.views import DetailPage, RolePage

from ..exports.roster import roster_workbook, template_workbook
from ..forms.imports import ColumnsForm, UploadForm
from ..imports import batches, words  # noqa: F401  words and looks for the pages
from ..imports.examining import Progress, scope_of
from ..models import ImportBatch, ImportState
from ..services.imports.operations import BAD, NEW, SAME, UPDATED
from ..services.imports.undoing import blockers, people_without_access, undo

logger = logging.getLogger(__name__)

ROLES = (Role.COLLEGE_ADMIN, Role.OFFICE)
BATCHES_SHOWN = 20
PER_PAGE = 25
FOUND_AT_MOST = 200
REASONS_SHOWN = 3
Crumbs = list[tuple[str, str | None]]


class ImportPage(RolePage):
    """What all pages here share: who may come in, and the way in one step or with the steps told one by one."""

    roles = ROLES

    def answer(self, steps: Iterator[Progress | ImportBatch]) -> HttpResponseBase:
        """Carry the steps out and go to the batch; to a script each step is a line of JSON as it happens."""
        if self.request.headers.get("X-Requested-With") == "fetch":
            response = StreamingHttpResponse(_lines(steps), content_type="application/x-ndjson")
            response["X-Accel-Buffering"] = "no"
            return response
        *_, batch = steps
        assert isinstance(batch, ImportBatch)
        return HttpResponseRedirect(_url(batch))


def _lines(steps: Iterator[Progress | ImportBatch]) -> Iterator[bytes]:
    try:
        for step in steps:
            if isinstance(step, Progress):
                yield _line(stage=step.stage, text=step.text, percent=step.percent)
            else:
                yield _line(percent=100, url=_url(step))
    except UserError as problem:
        yield _line(error=problem.message, stale=isinstance(problem, StaleError))
    except Exception:
        # The answer has begun, so no error page can follow: say that nothing was saved.
        logger.exception("roster import failed")
        yield _line(error="服务器出错，没有保存任何内容。请稍后再试。")


def _line(**values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def _url(batch: ImportBatch) -> str:
    return reverse("teachers:import_batch", args=[batch.pk])


class Upload(ImportPage):
    title = "名册导入"
    template_name = "teachers/import_upload.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = ImportBatch.objects.visible_to(self.user).select_related("created_by", "college")
        rows = rows.defer("content", "preview", "problems", "changes", "mapping")[:BATCHES_SHOWN]
        context["batches"] = [(batch, _totals(batch.counts)) for batch in rows]
        context["whole_school"] = self.user.access.has(Role.OFFICE)
        return context

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(form=UploadForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = UploadForm(request.POST, request.FILES)
        streamed = request.headers.get("X-Requested-With") == "fetch"
        if not form.is_valid():
            if streamed:
                return HttpResponse(
                    _line(error=" ".join(map(str, form.errors["file"]))), content_type="application/x-ndjson"
                )
            return self.render(form=form)
        file = form.cleaned_data["file"]
        try:
            return self.answer(batches.upload_steps(file.read(), file.name or "名册.xlsx", actor=self.user))
        except UserError as problem:
            form.add_error("file", problem.message)
            return self.render(form=form)


class BatchPage(ImportPage, DetailPage):
    """A page about one batch; a foreign one is a missing one."""

    model = ImportBatch

    def get_breadcrumbs(self) -> Crumbs:
        return [("名册导入", reverse("teachers:import")), (self.object.file_name, None)]


class Batch(BatchPage):
    template_name = "teachers/import_batch.html"

    def get_title(self) -> str:
        return str(self.object.file_name)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Looking for a name: it comes by POST, because names do not belong in addresses."""
        return self.render(query=request.POST.get("q", "").strip()[:40])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        batch: ImportBatch = self.object
        state = ImportState(batch.state)
        context |= {
            "batch": batch,
            "waiting": state in batches.WAITING,
            "counts": [
                (sheet, *(counts[word] for word in (NEW, UPDATED, SAME, BAD))) for sheet, counts in batch.counts.items()
            ],
            "totals": _totals(batch.counts),
            "notes": batch.preview.get("notes", []),
            "problem_count": batch.preview.get("problem_count", 0),
            **self._changes(batch, kwargs.get("query", "")),
            **self._problems(batch),
        }
        if state in batches.WAITING:
            context["columns_form"] = ColumnsForm(preview=batch.preview)
            layouts = batch.preview.get("layouts", [])
            context["columns_open"] = not layouts or any(layout["missing"] for layout in layouts)
            context["consequences"] = _consequences(batch)
        if state == ImportState.COMMITTED:
            context["undo_decision"] = _may_undo(batch)
            context["undo_url"] = reverse("teachers:import_undo", args=[batch.pk])
            context["people"] = people_without_access(batch)
        return context

    def _changes(self, batch: ImportBatch, query: str) -> dict[str, Any]:
        """The changed rows, narrowed by sheet and kind (address) or by a word (POST)."""
        rows = batch.preview.get("changes", [])
        sheet, kind = self.request.GET.get("sheet", ""), self.request.GET.get("kind", "")
        if sheet in batch.counts:
            rows = [row for row in rows if row[0] == sheet]
        if kind in (NEW, UPDATED):
            rows = [row for row in rows if row[2] == kind]
        if query:
            rows = [row for row in rows if query in row[3] or query in row[4]][:FOUND_AT_MOST]
        paginator = Paginator(rows, FOUND_AT_MOST if query else PER_PAGE)
        return {
            "page": paginator.get_page(self.request.GET.get("page")), "query": query, "sheet": sheet, "kind": kind,
            "kinds": (NEW, UPDATED), "any_changes": bool(batch.preview.get("changes")),
        }  # fmt: skip

    def _problems(self, batch: ImportBatch) -> dict[str, Any]:
        paginator = Paginator(batch.problems, PER_PAGE)
        return {"problem_page": paginator.get_page(self.request.GET.get("problems"))}


def _totals(counts: dict[str, dict[str, int]]) -> dict[str, int]:
    totals = {word: sum(row[word] for row in counts.values()) for word in (NEW, UPDATED, SAME, BAD)}
    return {"new": totals[NEW], "updated": totals[UPDATED], "same": totals[SAME], "bad": totals[BAD]}


def _consequences(batch: ImportBatch) -> list[str]:
    """What the button will do, sheet by sheet."""
    lines = [
        f"工作表「{sheet}」：" + "，".join(f"{word} {counts[word]} 条" for word in (NEW, UPDATED, SAME) if counts[word])
        for sheet, counts in batch.counts.items()
        if counts[NEW] or counts[UPDATED]
    ]
    people = batch.preview.get("people", 0)
    if people:
        lines.append(f"为 {people} 位班主任建立账号；发放登录码之前不能登录")
    return lines


def _may_undo(batch: ImportBatch) -> Decision:
    reasons = blockers(batch)
    if not reasons:
        return ALLOW
    more = f"等，共 {len(reasons)} 条原因" if len(reasons) > REASONS_SHOWN else ""
    return deny("不能撤销：" + "；".join(reasons[:REASONS_SHOWN]) + more + "。")


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

    def get_title(self) -> str:
        return f"{self.title}：{self.object.file_name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("名册导入", reverse("teachers:import")),
            (self.object.file_name, _url(self.object)),
            (self.title, None),
        ]

    def get_decision(self) -> Decision:
        return _may_undo(self.object)

    def get_consequences(self) -> Sequence[str]:
        totals = _totals(self.object.counts)
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
