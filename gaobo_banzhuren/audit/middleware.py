"""Puts the caller's address and a request id where the audit service finds them."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .context import NOWHERE, Origin, set_origin


def request_context(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = secrets.token_hex(8)
        request.request_id = request_id  # type: ignore[attr-defined]
        set_origin(Origin(client_address(request), request_id))
        try:
            return get_response(request)
        finally:
            set_origin(NOWHERE)

    return middleware


def client_address(request: HttpRequest) -> str:
    """The address that the trusted proxies saw; without proxies the peer's. A header the client sent is never believed."""
    from django.conf import settings

    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted][:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
