"""The person's own password and sessions."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.audit import services as audit

from ..models import OneTimeCode, User


@transaction.atomic
def change_password(person: User, new_password: str) -> None:
    """Set a validated password. All sessions end (the view renews the one it came from), open codes are withdrawn."""
    now = timezone.now()
    User.objects.filter(pk=person.pk).update(
        password=make_password(new_password), must_change_password=False, password_changed_at=now
    )
    OneTimeCode.objects.filter(user=person, used_at=None, withdrawn_at=None).update(withdrawn_at=now)
    audit.record(person, "accounts.change_password", person, college=person.home_college)
    person.refresh_from_db()


@transaction.atomic
def sign_out_everywhere(person: User) -> None:
    """Every session of this person ends with its next request."""
    User.objects.filter(pk=person.pk).update(session_version=F("session_version") + 1)
    audit.record(person, "accounts.sign_out_everywhere", person, college=person.home_college)
    person.refresh_from_db()
