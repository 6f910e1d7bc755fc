"""The foundation's own pages: the start page and search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import home, search
from .views import RolePage


class HomePage(RolePage):
    title = "首页"

    def get(self, request: HttpRequest) -> HttpResponse:
        panels = home.panels_for(self.user)
        context = self.get_context_data(panels=panels, next_action=home.next_action(panels))
        return render(request, "web/home.html", context)


class SearchPage(RolePage):
    """Names do not belong in addresses, which end up in logs and histories: the query comes by POST."""

    title = "搜索"

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "web/search.html", self.get_context_data(query="", groups={}))

    def post(self, request: HttpRequest) -> HttpResponse:
        query = request.POST.get("q", "").strip()[: search.LONGEST]
        context = self.get_context_data(query=query, groups=search.find(self.user, query))
        fragment = request.headers.get("X-Requested-With") == "fetch"
        return render(request, "web/_search_results.html" if fragment else "web/search.html", context)
