"""Base classes of the pages: who may come in, under which hat, and one thing shown.

Lists are in `web.listing`, forms and confirmed actions in `web.actions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.generic.base import ContextMixin, View

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role

PageView = TypeVar("PageView", bound=Callable[..., HttpResponseBase])


def opens_to(*roles: Role) -> Callable[[PageView], PageView]:
    """For a page that is a function: the roles it opens to, as `RolePage.roles` says it for a class. The pages that the
    function chooses among keep everybody else out."""

    def mark(view: PageView) -> PageView:
        view.opens_to = roles  # type: ignore[attr-defined]
        return view

    return mark


class RolePage(ContextMixin, View):
    """A page for people who hold one of `roles`; for everyone else it does not exist (404).

    An empty `roles` means every signed-in person. `hats` in the context are the held roles that open this page, so that
    a person with several sees which one the page needs. `breadcrumbs` is a list of (label, url or None).
    """

    request: HttpRequest
    roles: ClassVar[tuple[Role, ...]] = ()
    title: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    template_name: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.roles and not self.user.access.has(*self.roles):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user

    def get_title(self) -> str:
        return self.title

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("title", self.get_title())
        context.setdefault("lead", self.lead)
        context["hats"] = [role.label for role in Role if role in self.roles and self.user.access.has(role)]
        context["breadcrumbs"] = self.get_breadcrumbs()
        return context

    def render(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """The page's template with its context."""
        return render(self.request, template or self.template_name, self.get_context_data(**context), status=status)


class DetailPage(RolePage):
    """One thing, found only among what the person may see: a foreign one is as missing as one that never was.

    `model` needs a manager with `visible_to`; `get_queryset` may narrow and prefetch it. The template gets the thing as
    `object` and under `object_name`.
    """

    model: ClassVar[type[Model]]
    lookup: ClassVar[str] = "pk"
    object_name: ClassVar[str] = ""

    def get_queryset(self) -> QuerySet[Any]:
        return visible(self.model, self.user)

    @property
    def object(self) -> Any:
        if not hasattr(self, "_object"):
            self._object = find_or_404(self.get_queryset(), **{self.lookup: self.kwargs[self.lookup]})
        return self._object

    def get_title(self) -> str:
        return self.title or str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["object"] = self.object
        if self.object_name:
            context[self.object_name] = self.object
        return context

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()


def visible(model: type[Model], user: User) -> QuerySet[Any]:
    """The rows of a model that the person may see. Raises TypeError for a model without a scope, so that a forgotten
    one is found at the first call and not by a stranger."""
    rows = getattr(model._default_manager, "visible_to", None)
    if rows is None:
        raise TypeError(f"{model.__name__} has no visible_to(user)")
    found: QuerySet[Any] = rows(user)
    return found


def find_or_404(rows: QuerySet[Any], **lookup: Any) -> Any:
    """The row, or 404 in every other case: absent, foreign, or a key that cannot be one."""
    try:
        return rows.get(**lookup)
    except (rows.model.DoesNotExist, ValueError, OverflowError) as problem:
        raise Http404 from problem
