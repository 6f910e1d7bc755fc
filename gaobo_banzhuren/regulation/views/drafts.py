"""Drafting the next version: edit, preview, activate, give up."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage, ReasonForm
from gaobo_banzhuren.web.policy import Decision

from .. import policies
from ..bundle import PART_LABELS, differences
from ..forms import ActivateForm, DraftForm, HeadForm, PreviewForm, SettingsForm
from ..in_force import current_version, rules_since
from ..models import RuleVersion, VersionPreview
from ..registry import usage_of
from ..services import versions as services
from .home import OFFICE, crumbs
from .versions import VersionDetailPage


class DraftCreatePage(FormPage):
    roles = OFFICE
    title = "起草新版本"
    lead = "从已生效的版本复制一份，修改后看差异、试算，再启用。"
    form_class = DraftForm
    submit_label = "起草"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs(("制度版本", reverse("regulation:versions")), (self.title, None))

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        current = current_version(today)
        next_month = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        return {"based_on": current, "title": current.title if current else "", "effective_from": next_month}

    def perform(self, form: Any) -> str:
        self.draft = services.create_draft(**form.cleaned_data, actor=self.user)
        return "草稿已建立，内容与所据版本相同。请逐部分修改。"

    def get_success_url(self) -> str:
        return reverse("regulation:version", args=[self.draft.pk])


class DraftPage(VersionDetailPage):
    """Base of the pages by which the office changes a version; the policies say which versions may be."""

    roles = OFFICE

    @property
    def object(self) -> RuleVersion:
        version: RuleVersion = super().object
        return version

    def require_draft(self) -> None:
        policies.can_edit_version(self.user, self.object).require()


class HeadPage(DraftPage, ObjectFormPage):
    title = "名称与施行日期"
    form_class = HeadForm
    template_name = "web/form.html"

    def get_initial(self) -> dict[str, Any]:
        draft = self.object
        names = ("title", "effective_from", "note", "edition")
        return {name: getattr(draft, name) for name in names}

    def perform(self, form: Any) -> str:
        services.save_head(self.object, **form.cleaned_data, actor=self.user)
        return "已保存。"


class PartPage(DraftPage, ObjectFormPage):
    template_name = "regulation/settings_form.html"
    autosave = True

    @property
    def part_name(self) -> str:
        name = str(self.kwargs["part"])
        if name not in PART_LABELS:
            raise Http404
        return name

    def get_title(self) -> str:
        return PART_LABELS[self.part_name]

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [*super().get_breadcrumbs()[:-1], (self.get_title(), None)]

    def get_form(self) -> SettingsForm:
        self.require_draft()
        part = getattr(self.object.typed_parts(), self.part_name)
        return SettingsForm(**self.get_form_kwargs(), part=part, edition=self.object.edition)

    def perform(self, form: Any) -> str:
        edition = form.cleaned_data["edition"]
        changed = services.save_part(self.object, self.part_name, form.part, edition=edition, actor=self.user)
        return f"已保存，改动 {changed} 项。" if changed else "已保存，没有改动。"


class PreviewPage(DraftPage, ObjectFormPage):
    title = "试算"
    form_class = PreviewForm
    submit_label = "试算"
    template_name = "regulation/preview.html"

    def get_initial(self) -> dict[str, Any]:
        made = services.latest_preview(self.object)
        return {"since": made.since if made else _a_year_before(self.object.effective_from)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preview = services.latest_preview(self.object)
        return super().get_context_data(**kwargs) | {
            "preview": preview,
            "preview_rows": _rows(preview),
            "college_totals": _college_totals(preview),
            "total": _sum(preview.rows) if preview else None,
            "can_activate": policies.can_activate(self.user, self.object, preview.content_key if preview else ""),
        }

    def perform(self, form: Any) -> str:
        preview = services.make_preview(self.object, since=form.cleaned_data["since"], actor=self.user)
        return f"试算完成：{len(preview.rows)} 个学院月份。已结算的没有改变。"

    def get_success_url(self) -> str:
        return reverse("regulation:preview", args=[self.object.pk])


def _rows(preview: VersionPreview | None) -> list[dict[str, Any]]:
    return [
        {**row, "month": dt.date.fromisoformat(row["month"]), "change_fen": row["recomputed_fen"] - row["settled_fen"]}
        for row in (preview.rows if preview else [])
    ]


def _sum(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    settled = sum(row["settled_fen"] for row in rows)
    recomputed = sum(row["recomputed_fen"] for row in rows)
    return {"settled_fen": settled, "recomputed_fen": recomputed, "change_fen": recomputed - settled}


def _college_totals(preview: VersionPreview | None) -> list[dict[str, Any]]:
    by_college: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in preview.rows if preview else []:
        by_college[row["college_code"], row["college_name"]].append(row)
    return [{"college_name": name, **_sum(rows)} for (_, name), rows in sorted(by_college.items())]


class ActivatePage(DraftPage, ObjectActionPage):
    title = "启用"
    form_class = ActivateForm
    submit_label = "启用这个版本"

    def get_initial(self) -> dict[str, Any]:
        return {"edition": self.object.edition}

    def get_decision(self) -> Decision:
        preview = services.latest_preview(self.object)
        return policies.can_activate(self.user, self.object, preview.content_key if preview else "")

    def get_consequences(self) -> list[str]:
        draft = self.object
        old = draft.based_on
        changed = differences(old.typed_parts(), draft.typed_parts()) if old else []
        return [
            f"自 {draft.effective_from.isoformat()} 起的月份按本版本计算；以前的月份仍按原版本。",
            "已结算的月份保留当时的版本和金额，不会改变。",
            f"与「{old}」相比改动 {len(changed)} 项；所涉口径记为已改。" if old else "没有所据版本可比。",
            "启用后内容不能再改；再要改动须另起草新版本。",
        ]

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        services.activate(self.object, reason=data["reason"], edition=data["edition"], actor=self.user)
        return f"已启用，自 {self.object.effective_from.isoformat()} 起生效。"


class VoidPage(DraftPage, ObjectActionPage):
    title = "作废"
    form_class = ReasonForm
    submit_label = "作废"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        version = self.object
        others = RuleVersion.objects.active().exclude(pk=version.pk).count()
        return policies.can_void(self.user, version, used=usage_of(version.pk), others=others)

    def get_consequences(self) -> list[str]:
        if self.object.is_draft:
            return ["这份草稿不再可编辑，内容和记录保留备查。"]
        return ["这个版本不再适用，其施行日期以后的月份改按前一个版本计算。", "内容和记录保留备查。"]

    def perform(self, form: Any) -> str:
        services.void(self.object, reason=form.cleaned_data["reason"], actor=self.user)
        return "已作废。"

    def get_success_url(self) -> str:
        return reverse("regulation:versions")


def _a_year_before(day: dt.date) -> dt.date:
    """A year of settled months to compare with, but none from before any rules."""
    start = day.replace(year=day.year - 1, day=1)
    return max(start, rules_since() or start)
