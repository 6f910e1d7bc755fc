"""The one way in for a person: counts the try, looks at the password or code, opens the session, writes it down."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass

from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.audit.middleware import client_address

from .. import devices, throttle
from ..middleware import LAST_SEEN, SIGNED_IN_AT
from ..models import SignInAttempt, User

logger = logging.getLogger("security.sign_in")


@dataclass(frozen=True, slots=True)
class SignInResult:
    """`user` is None when refused; `wait` are the seconds to wait when the password was not even looked at."""

    user: User | None
    wait: int = 0


def sign_in(request: HttpRequest, account: str, secret: str) -> SignInResult:
    account = "".join(unicodedata.normalize("NFKC", account).replace("\x00", "").split())[:20]
    known = User.objects.filter(staff_no=account).first()
    device = devices.known_device(request, known)
    if known is None:
        account = masked(account)
    attempt = throttle.reserve(account, client_address(request), device, known)
    if attempt is None:
        logger.warning("refused account=%r address=%s", account, client_address(request))
        return SignInResult(None, wait=max(1, throttle.seconds_left(account, client_address(request), device)))
    # Outside a transaction: a slow hash must not hold the database's write lock.
    user = authenticate(request, username=known.staff_no if known else account, password=secret)
    with transaction.atomic():
        if isinstance(user, User):
            _succeed(request, attempt, user)
            return SignInResult(user)
        _fail(attempt)
    return SignInResult(None)


def masked(account: str) -> str:
    """How an unknown 工号 is written down: two signs and a digest. Now and then it is a password in the wrong field."""
    return f"{account[:2]}…{salted_hmac('accounts.unknown', account).hexdigest()[:12]}"


def _succeed(request: HttpRequest, attempt: SignInAttempt, user: User) -> None:
    by_code = user.signed_in_by_code
    SignInAttempt.objects.filter(pk=attempt.pk).update(outcome=SignInAttempt.Outcome.SUCCESS, by_code=by_code)
    login(request, user)
    request.session.pop(SIGNED_IN_AT, None)
    request.session.pop(LAST_SEEN, None)
    request.session["signed_in_by_code"] = by_code
    after = {"方式": "一次性登录码" if by_code else "密码", "已知设备": bool(attempt.device)}
    audit.record(user, "accounts.sign_in", user, after=after, college=user.home_college)


def _fail(attempt: SignInAttempt) -> None:
    SignInAttempt.objects.filter(pk=attempt.pk).update(outcome=SignInAttempt.Outcome.FAILED)
    logger.warning("failed account=%r address=%s", attempt.account, attempt.address)
    if throttle.just_locked(attempt):
        audit.record(
            None,
            "accounts.sign_in_locked",
            attempt.user,
            after={"输入的工号": attempt.account, "连续失败": throttle.PAIR_LIMIT},
            college=attempt.user.home_college_id if attempt.user else None,
            object_text=str(attempt.user or attempt.account),
        )


def sign_out(request: HttpRequest) -> None:
    user = request.user
    if isinstance(user, User):
        with transaction.atomic():
            audit.record(user, "accounts.sign_out", user, college=user.home_college)
    logout(request)
