"""Lists: scope, filter, order, pages; the export hands out exactly the rows that the list shows."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from .views import RolePage, visible

PAGE_SIZES = (25, 50, 100)
TEXT_FIELD = "text"
TEXTS_KEY = "list_texts"
LONGEST_TEXT = 40
REMEMBERED_LISTS = 8


class ListPage(RolePage):
    """A filtered, ordered, paged list of what the person may see.

    `orderings` is the whitelist: name in the address → (label, order_by arguments); the first one is the default.
    `text_label` with `search_text` adds a search by name or number: it comes by POST and stays in the session, because
    names of students do not belong in addresses, logs and histories. `export_label` with `render_export` adds a button;
    it comes by POST to the list's own address with its filters, so that the export has the same rows and starts only
    with a CSRF token. A page beyond the last shows the last with a note.
    The template gets `page`, `object_list`, `filter`, `count`, `ordering`, `orderings`, `filtered`, `text`,
    `narrowed` (filtered or searched: an empty list is no empty house) and `noun` (what a row is called).
    """

    model: ClassVar[type[Model]]
    filterset_class: ClassVar[type[django_filters.FilterSet] | None] = None
    orderings: ClassVar[dict[str, tuple[str, tuple[str, ...]]]] = {}
    page_sizes: ClassVar[tuple[int, ...]] = PAGE_SIZES
    export_label: ClassVar[str] = ""
    text_label: ClassVar[str] = ""
    noun: ClassVar[str] = "记录"

    def get_queryset(self) -> QuerySet[Any]:
        return visible(self.model, self.user)

    def get_filterset(self, rows: QuerySet[Any]) -> django_filters.FilterSet | None:
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET or None, queryset=rows, request=self.request)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(**self.get_list_context())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.text_label and TEXT_FIELD in request.POST:
            self._keep_text(request.POST[TEXT_FIELD])
            return HttpResponseRedirect(f"{request.path}?{self._query_without_page()}".rstrip("?"))
        if not self.export_label or "export" not in request.POST:
            raise Http404
        return self.render_export(self.filtered_queryset())

    def search_text(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows that the searched name or number fits; lists with a `text_label` define it."""
        raise NotImplementedError

    def render_export(self, rows: QuerySet[Any]) -> HttpResponseBase:
        """The file of the rows; lists with an `export_label` define it and record the export in the audit log."""
        raise NotImplementedError

    def filtered_queryset(self) -> QuerySet[Any]:
        """The rows of list, count and export, in the list's order. Invalid filter values show nothing, not everything."""
        self.filter = self.get_filterset(self.get_queryset())
        rows = self.get_queryset() if self.filter is None else self.filter.qs
        if self.filter is not None and self.filter.is_bound and not self.filter.form.is_valid():
            rows = rows.none()
        self.text = self.request.session.get(TEXTS_KEY, {}).get(self.request.path, "") if self.text_label else ""
        if self.text:
            rows = self.search_text(rows, self.text)
        self.ordering, order_by = self._ordering()
        return rows.order_by(*order_by) if order_by else rows

    def get_list_context(self) -> dict[str, Any]:
        rows = self.filtered_queryset()
        size = self._page_size()
        paginator = Paginator(rows, size)
        page, note = self._page(paginator)
        return {
            "page": page,
            "object_list": page.object_list,
            "count": paginator.count,
            "page_size": size,
            "page_sizes": self.page_sizes,
            "page_note": note,
            "filter": self.filter,
            "filtered": self._is_filtered(),
            "narrowed": self._is_filtered() or bool(self.text),
            "noun": self.noun,
            "ordering": self.ordering,
            "orderings": [(name, label) for name, (label, _) in self.orderings.items()],
            "export_label": self.export_label,
            "text_label": self.text_label,
            "text": self.text,
        }

    def _ordering(self) -> tuple[str, tuple[str, ...]]:
        if not self.orderings:
            return "", ()
        asked = self.request.GET.get("order", "")
        name = asked if asked in self.orderings else next(iter(self.orderings))
        # The key last: without it rows of equal rank change places between two pages.
        return name, (*self.orderings[name][1], "pk")

    def _page_size(self) -> int:
        asked = self.request.GET.get("size", "")
        return next((size for size in self.page_sizes if str(size) == asked), self.page_sizes[0])

    def _page(self, paginator: Paginator[Any]) -> tuple[Any, str]:
        asked = self.request.GET.get("page", "1")[:10]
        try:
            return paginator.page(asked), ""
        except PageNotAnInteger:
            return paginator.page(1), "页码不是数字，已显示第一页。"
        except EmptyPage:
            return paginator.page(paginator.num_pages), f"没有第 {asked} 页，已显示最后一页。"

    def _keep_text(self, text: str) -> None:
        """Remember what this list is searched for, and of few other lists: the newest stays."""
        texts = {
            path: kept for path, kept in self.request.session.get(TEXTS_KEY, {}).items() if path != self.request.path
        }
        wanted = " ".join(text.replace("\x00", "").split())[:LONGEST_TEXT]
        if wanted:
            texts[self.request.path] = wanted
        self.request.session[TEXTS_KEY] = dict(list(texts.items())[-REMEMBERED_LISTS:])

    def _query_without_page(self) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        return query.urlencode()

    def _is_filtered(self) -> bool:
        return self.filter is not None and any(self.request.GET.get(name) for name in self.filter.filters)
