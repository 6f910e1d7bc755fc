"""Notes when a signed-in person asked for one particular thing and was refused: 403, or 404 where it is foreign or missing.

Foreign and missing look the same on purpose, and are noted the same: the entry says what was asked for, not whether it
exists. Written after the answer is made and its transaction over, and only so often that nobody can flood the chain.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User

from .models import AuditEntry
from .services import locked_head, record

logger = logging.getLogger("security.refused")

ACTION = "audit.refused"
PER_HOUR = 20
"""Entries of one person in any hour; the last one says that no more follow."""
HOUR = dt.timedelta(hours=1)
REFUSED = (403, 404)
NOT_AN_ID = {"url", "path", "app_label"}
"""Parts of an address that name no particular thing."""
LONGEST = 40


def refused_access(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware; answers that refuse nothing cost one comparison."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code in REFUSED:
            _note(request, response.status_code)
        return response

    return middleware


def _note(request: HttpRequest, status: int) -> None:
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or not isinstance(user, User):
        return
    ids = {name: value for name, value in match.kwargs.items() if name not in NOT_AN_ID}
    if not ids:
        return
    asked = " ".join(f"{name}={str(value)[:LONGEST]}" for name, value in ids.items())
    try:
        record_refusal(user, match.view_name or match.route, asked, str(request.method), status)
    except DatabaseError as problem:
        # The refusal itself stands; a log that cannot be written must not turn it into another answer.
        logger.warning("refusal not noted: %s", type(problem).__name__)


def record_refusal(user: User, page: str, asked: str, method: str, status: int) -> bool:
    """Note one refusal unless the person's hour is full; whether it was noted. `page` is the name of the address."""
    if _in_this_hour(user) >= PER_HOUR:
        return False
    with transaction.atomic():
        # Counted again behind the chain's lock: refusals at the same moment cannot slip past the limit.
        locked_head()
        noted = _in_this_hour(user)
        if noted >= PER_HOUR:
            return False
        after = {"页面": page, "编号": asked, "方式": method, "答复": status}
        if noted == PER_HOUR - 1:
            after["此后"] = f"一小时内已满 {PER_HOUR} 条，其后的不再逐条记录"
        record(user, ACTION, after=after, college=user.home_college_id, object_text=f"{page} {asked}")
    return True


def _in_this_hour(user: User) -> int:
    return AuditEntry.objects.filter(action=ACTION, actor_id=user.pk, at__gt=timezone.now() - HOUR)[:PER_HOUR].count()
