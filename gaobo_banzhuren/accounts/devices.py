"""Remembers on the device, in a signed cookie, who has signed in from it. Opens nothing; only the throttle reads it."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from .models import User

SALT = "accounts.known-device"
LIFETIME_SECONDS = 180 * 24 * 3600
PEOPLE_PER_DEVICE = 8


def cookie_name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def known_device(request: HttpRequest, user: User | None) -> str:
    """The device's own id if this person has signed in from it before, else empty."""
    noted = _read(request)
    if user is None or user.pk not in noted.get("people", []):
        return ""
    return str(noted["id"])


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    noted = _read(request)
    people = [pk for pk in noted.get("people", []) if pk != user.pk][-(PEOPLE_PER_DEVICE - 1) :]
    value = signing.dumps({"id": noted.get("id") or secrets.token_hex(16), "people": [*people, user.pk]}, salt=SALT)
    response.set_cookie(
        cookie_name(),
        value,
        max_age=LIFETIME_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        noted = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return {}
    return noted if isinstance(noted, dict) else {}
