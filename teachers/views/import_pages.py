"""What the pages of all workbook imports share: the way in, one batch from preview to undo, why it cannot be undone."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase

from gaobo_banzhuren.web.errors import StaleError, UserError
from gaobo_banzhuren.web.policy import ALLOW, Decision, deny
from gaobo_banzhuren.web.views import DetailPage, RolePage

from ..forms.imports import UploadForm
from ..imports import batches, words  # noqa: F401  words and looks for the pages
from ..imports.examining import Progress
from ..models import ImportBatch, ImportState
from ..services.imports.operations import BAD, NEW, SAME, UPDATED

logger = logging.getLogger(__name__)

PER_PAGE = 25
FOUND_AT_MOST = 200
REASONS_SHOWN = 3


class StepsPage(RolePage):
    """A page whose way goes in one step or, for a script, with the steps told one by one."""

    def address_of(self, batch: ImportBatch) -> str:
        raise NotImplementedError

    def answer(self, steps: Iterator[Progress | ImportBatch]) -> HttpResponseBase:
        """Carry the steps out and go to the batch; to a script each step is a line of JSON as it happens."""
        if self.request.headers.get("X-Requested-With") == "fetch":
            response = StreamingHttpResponse(self._lines(steps), content_type="application/x-ndjson")
            response["X-Accel-Buffering"] = "no"
            return response
        *_, batch = steps
        assert isinstance(batch, ImportBatch)
        return HttpResponseRedirect(self.address_of(batch))

    def _lines(self, steps: Iterator[Progress | ImportBatch]) -> Iterator[bytes]:
        try:
            for step in steps:
                if isinstance(step, Progress):
                    yield line(stage=step.stage, text=step.text, percent=step.percent)
                else:
                    yield line(percent=100, url=self.address_of(step))
        except UserError as problem:
            yield line(error=problem.message, stale=isinstance(problem, StaleError))
        except Exception:
            # The answer has begun, so no error page can follow: say that nothing was saved.
            logger.exception("import failed")
            yield line(error="服务器出错，没有保存任何内容。请稍后再试。")


def line(**values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


class UploadPage(StepsPage):
    """Takes a workbook in; `take` gives the steps of the preview."""

    form_class: ClassVar[type[UploadForm]] = UploadForm

    def take(self, content: bytes, name: str) -> Iterator[Progress | ImportBatch]:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=self.form_class())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form_class(request.POST, request.FILES)
        streamed = request.headers.get("X-Requested-With") == "fetch"
        if not form.is_valid():
            if streamed:
                return HttpResponse(
                    line(error=" ".join(map(str, form.errors["file"]))), content_type="application/x-ndjson"
                )
            return self.render(form=form)
        file = form.cleaned_data["file"]
        try:
            return self.answer(self.take(file.read(), file.name or ""))
        except UserError as problem:
            form.add_error("file", problem.message)
            return self.render(form=form)


class ShowsBatch(DetailPage):
    """What the page of a batch shows, whatever the kind: counts, changed rows, problems. Kinds add what is theirs."""

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
            "totals": totals_of(batch.counts),
            "notes": batch.preview.get("notes", []),
            "problem_count": batch.preview.get("problem_count", 0),
            **self._changes(batch, kwargs.get("query", "")),
            **self._problems(batch),
            "addresses": self.addresses(batch),
        }
        if state == ImportState.PREVIEWED:
            context["consequences"] = consequences_of(batch)
        if state == ImportState.COMMITTED:
            context["undo_decision"] = self.undo_decision(batch)
        return context

    def addresses(self, batch: ImportBatch) -> dict[str, str]:
        """Where the buttons of the page lead: upload, commit, discard, undo, errors."""
        raise NotImplementedError

    def undo_decision(self, batch: ImportBatch) -> Decision:
        raise NotImplementedError

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


def totals_of(counts: dict[str, dict[str, int]]) -> dict[str, int]:
    totals = {word: sum(row[word] for row in counts.values()) for word in (NEW, UPDATED, SAME, BAD)}
    return {"new": totals[NEW], "updated": totals[UPDATED], "same": totals[SAME], "bad": totals[BAD]}


def consequences_of(batch: ImportBatch) -> list[str]:
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


def undo_decision(reasons: Sequence[str]) -> Decision:
    """Nothing stands in the way, or the first reasons against taking a batch back."""
    if not reasons:
        return ALLOW
    more = f"等，共 {len(reasons)} 条原因" if len(reasons) > REASONS_SHOWN else ""
    return deny("不能撤销：" + "；".join(reasons[:REASONS_SHOWN]) + more + "。")
