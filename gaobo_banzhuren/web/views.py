"""Base classes of the pages: who may come in, under which hat, and one way to turn domain errors into messages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.generic.base import ContextMixin, View

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role


class RolePage(ContextMixin, View):
    """A page for people who hold one of `roles`; for everyone else it does not exist (404).

    An empty `roles` means every signed-in person. `hats` in the context are the held roles that open this page, so that
    a person with several sees which one the page needs. `breadcrumbs` is a list of (label, url or None).
    """

    request: HttpRequest
    roles: ClassVar[tuple[Role, ...]] = ()
    title: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.roles and not self.user.access.has(*self.roles):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("title", self.title)
        context["hats"] = [role.label for role in Role if role in self.roles and self.user.access.has(role)]
        context["breadcrumbs"] = self.get_breadcrumbs()
        return context

