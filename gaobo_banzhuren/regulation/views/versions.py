"""Rule versions as everybody reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from gaobo_banzhuren.web.actions import ObjectFormPage
from gaobo_banzhuren.web.views import DetailPage, RolePage

from .. import policies
from ..bundle import PART_LABELS, differences
from ..forms import DocumentForm
from ..leaves import Leaf, leaves
from ..models import RuleVersion
from ..services import versions as services
from .home import OFFICE, crumbs


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One part with the settings that are listed one by one; indicators are shown as a table of their own."""

    name: str
    label: str
    leaves: tuple[Leaf, ...]


def shown_parts(version: RuleVersion) -> Iterator[ShownPart]:
    parts = version.typed_parts()
    for name, label in PART_LABELS.items():
        own = tuple(leaf for leaf in leaves(getattr(parts, name), name) if not leaf.fixed and not _indicator(leaf))
        yield ShownPart(name, label, own)


def _indicator(leaf: Leaf) -> bool:
    return leaf.path.startswith(("assessment.parts.", "assessment.bonus."))


class VersionsPage(RolePage):
    title = "制度版本"
    lead = "每个版本自某月 1 日起生效；生效后内容不再改变，改动要起草新版本。"
    template_name = "regulation/versions.html"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs((self.title, None))

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = RuleVersion.objects.visible_to(self.user).select_related("created_by", "activated_by", "based_on")
        return self.render(versions=rows.defer("parts"), can_decide=policies.can_decide(self.user))


class VersionDetailPage(DetailPage):
    """Base of the pages about one version."""

    model = RuleVersion
    object_name = "version"

    def get_queryset(self) -> QuerySet[RuleVersion]:
        return super().get_queryset().select_related("based_on", "created_by", "activated_by", "voided_by")

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        version = self.object
        own = f"{version.effective_from.isoformat()} 起（{version.get_status_display()}）"
        url = reverse("regulation:version", args=[version.pk])
        here = [] if self.request.path == url else [(self.title, None)]
        return crumbs(("制度版本", reverse("regulation:versions")), (own, url if here else None), *here)

    def get_success_url(self) -> str:
        return reverse("regulation:version", args=[self.object.pk])


class VersionPage(VersionDetailPage):
    template_name = "regulation/version.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version: RuleVersion = self.object
        preview = services.latest_preview(version) if version.is_draft else None
        problems = services.activation_problems(version) if version.is_draft else []
        return super().get_context_data(**kwargs) | {
            "parts": list(shown_parts(version)),
            "assessment": version.typed_parts().assessment,
            "can_edit": policies.can_edit_version(self.user, version),
            "can_decide": policies.can_decide(self.user),
            "can_activate": policies.can_activate(self.user, version, preview.content_key if preview else ""),
            "problems": problems,
            "preview": preview,
        }


class DifferencesPage(VersionDetailPage):
    title = "差异"
    template_name = "regulation/differences.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version: RuleVersion = self.object
        old = version.based_on
        rows = differences(old.typed_parts(), version.typed_parts()) if old else []
        return super().get_context_data(**kwargs) | {"old": old, "rows": rows}


class DocumentPage(VersionDetailPage, ObjectFormPage):
    roles = OFFICE
    title = "文号与主文件"
    form_class = DocumentForm
    template_name = "web/form.html"

    def get_initial(self) -> dict[str, Any]:
        return {"document_no": self.object.document_no, "parent_document": self.object.parent_document}

    def perform(self, form: Any) -> str:
        services.set_document(self.object, **form.cleaned_data, actor=self.user)
        return "文号与主文件已保存。"
