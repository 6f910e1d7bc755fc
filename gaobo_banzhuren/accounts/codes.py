"""One-time codes: made, printed in groups, kept only as a keyed digest, good once."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import OneTimeCode, User

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs (five bits each); 0/O and 1/I cannot be confused because none of them occurs."""
LENGTH = 10
GROUPS = ((0, 4), (4, 8), (8, 10))


def new_code() -> str:
    """50 random bits as XXXX-XXXX-XX."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(signs[start:end] for start, end in GROUPS)


def digest(code: str, secret: str | None = None) -> str:
    return salted_hmac("accounts.one-time-code", _bare(code), secret=secret, algorithm="sha256").hexdigest()


@transaction.atomic
def redeem(user: User, typed: str) -> bool:
    """Use up the code if it is this person's, unused, unexpired and not withdrawn.

    Sets `must_change_password`; `user.signed_in_by_code` tells the caller. Two tries at the same moment: one wins.
    """
    bare = _bare(typed)
    if len(bare) != LENGTH or not set(bare) <= set(ALPHABET):
        return False
    now = timezone.now()
    used = OneTimeCode.objects.filter(
        user=user, digest__in=list(_digests(bare)), used_at=None, withdrawn_at=None, expires_at__gt=now
    ).update(used_at=now)
    if not used:
        return False
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    user.must_change_password = True
    user.signed_in_by_code = True
    return True


def _digests(bare: str) -> Iterator[str]:
    """Also with the former secret keys, so that printed codes outlive a key rotation."""
    yield digest(bare)
    for secret in settings.SECRET_KEY_FALLBACKS:
        yield digest(bare, secret)


def _bare(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in text if char not in "-‐‑–—－ \t\u3000")
