"""How many tries the sign-in page evaluates. Counted in the database, so all processes share one count.

- per account and address: 5 failures in 15 minutes lock for 15 minutes, then 30, 60 … up to 24 hours;
- per address: 30 failures in an hour; per account from everywhere: 50 in a day;
- a device that this person has signed in from before counts for itself, so that nobody can lock the owner out.

A try is written down as pending before the password is looked at: tries at the same moment cannot slip through.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .models import SignInAttempt, SignInGate, User

PAIR_LIMIT = 5
PAIR_WINDOW = dt.timedelta(minutes=15)
FIRST_LOCK = dt.timedelta(minutes=15)
LONGEST_LOCK = dt.timedelta(hours=24)
PAIR_MEMORY = dt.timedelta(days=3)
ADDRESS_LIMIT = 30
ADDRESS_WINDOW = dt.timedelta(hours=1)
ACCOUNT_LIMIT = 50
ACCOUNT_WINDOW = dt.timedelta(days=1)

Outcome = SignInAttempt.Outcome
COUNTED = (Outcome.PENDING, Outcome.FAILED)


def locked_until(failures: Sequence[dt.datetime]) -> dt.datetime | None:
    """When the last lock that these failures (oldest first) brought about ends; None if they never reached the limit.

    Each lock is twice as long as the one before, unless a full day passed without one.
    """
    until: dt.datetime | None = None
    locks = 0
    recent: list[dt.datetime] = []
    for at in failures:
        if until and at - until > LONGEST_LOCK:
            locks = 0
        recent = [earlier for earlier in recent if at - earlier < PAIR_WINDOW] + [at]
        if len(recent) >= PAIR_LIMIT:
            until = at + min(FIRST_LOCK * 2**locks, LONGEST_LOCK)
            locks += 1
            recent = []
    return until


def reserve(account: str, address: str, device: str = "", user: User | None = None) -> SignInAttempt | None:
    """Count one try before it is evaluated; None when it must not be evaluated (that is written down as well)."""
    if refused(account, address, device):
        _write(account, address, device, user, Outcome.REFUSED)
        return None
    with transaction.atomic():
        SignInGate.objects.get_or_create(pk=1)
        SignInGate.objects.select_for_update().get(pk=1)
        late = refused(account, address, device)
        attempt = _write(account, address, device, user, Outcome.REFUSED if late else Outcome.PENDING)
    return None if late else attempt


def refused(account: str, address: str, device: str = "") -> bool:
    return bool(seconds_left(account, address, device))


def seconds_left(account: str, address: str, device: str = "") -> int:
    """How long until a try from there is evaluated again; 0 when it is now. The same for an account nobody has."""
    now = timezone.now()
    opens = [locked_until(_pair_failures(account, address, device, now))]
    if not device:
        counted = SignInAttempt.objects.filter(outcome__in=COUNTED, device="", forgiven=False).order_by("-at")
        opens += [
            _has_room_at(counted.filter(address=address, at__gt=now - ADDRESS_WINDOW), ADDRESS_LIMIT, ADDRESS_WINDOW),
            _has_room_at(counted.filter(account=account, at__gt=now - ACCOUNT_WINDOW), ACCOUNT_LIMIT, ACCOUNT_WINDOW),
        ]
    last = max((at for at in opens if at), default=now)
    return max(0, math.ceil((last - now).total_seconds()))


def _has_room_at(newest_first: QuerySet[SignInAttempt], limit: int, window: dt.timedelta) -> dt.datetime | None:
    """When so many of these tries are out of the window that one more is below the limit; None when it is already."""
    filling = newest_first.values_list("at", flat=True)[limit - 1 : limit]
    return next((at + window for at in filling), None)


def _pair_failures(account: str, address: str, device: str, now: dt.datetime) -> list[dt.datetime]:
    pair = _pair(account, address, device).filter(at__gt=now - PAIR_MEMORY, forgiven=False)
    success = pair.filter(outcome=Outcome.SUCCESS).order_by("-at").values_list("at", flat=True).first()
    if success:
        pair = pair.filter(at__gt=success)
    return list(pair.filter(outcome__in=COUNTED).order_by("at").values_list("at", flat=True))


def _pair(account: str, address: str, device: str) -> QuerySet[SignInAttempt]:
    tries = SignInAttempt.objects.filter(account=account, device=device)
    return tries if device else tries.filter(address=address)


def _write(account: str, address: str, device: str, user: User | None, outcome: Outcome) -> SignInAttempt:
    return SignInAttempt.objects.create(
        account=account, user=user, address=address, device=device, outcome=outcome, at=timezone.now()
    )


def just_locked(attempt: SignInAttempt) -> bool:
    """Whether this failure was the one that closed the door for its account and origin."""
    failures = _pair_failures(attempt.account, attempt.address, attempt.device, attempt.at + dt.timedelta(seconds=1))
    until = locked_until(failures)
    return until is not None and until != locked_until(failures[:-1])


def forgive(user: User) -> int:
    """Forget this account's failures; the number of them that still counted."""
    tries = SignInAttempt.objects.filter(account=user.staff_no, outcome__in=COUNTED, forgiven=False)
    return tries.filter(at__gt=timezone.now() - PAIR_MEMORY).update(forgiven=True)


def is_locked(user: User) -> bool:
    """Whether some origin is shut out from this account now, or the account from all unknown devices."""
    now = timezone.now()
    recent = SignInAttempt.objects.filter(account=user.staff_no, at__gt=now - PAIR_MEMORY, forgiven=False)
    origins = recent.filter(outcome__in=COUNTED).order_by().values_list("address", "device").distinct()
    for address, device in origins:
        until = locked_until(_pair_failures(user.staff_no, address, device, now))
        if until and until > now:
            return True
    failed = recent.filter(outcome__in=COUNTED, device="", at__gt=now - ACCOUNT_WINDOW).count()
    return failed >= ACCOUNT_LIMIT
