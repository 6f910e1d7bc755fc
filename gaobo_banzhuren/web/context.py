"""What every page gets without asking: the person's places."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role

from .navigation import bottom_bar, sections_for


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav_sections`, `nav_bottom`, `held_roles` (labels) and `school_name`; nothing personal for a stranger."""
    context: dict[str, Any] = {"school_name": settings.SCHOOL_NAME, "nav_sections": (), "nav_bottom": ()}
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.is_authenticated:
        sections = sections_for(user.access, request.path)
        context["nav_sections"] = sections
        context["nav_bottom"] = bottom_bar(sections)
        context["held_roles"] = [role.label for role in Role if user.access.has(role)]
    return context
