"""Signs in by 工号 with a password or a one-time code in the same field."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from . import codes
from .models import User


class StaffNumberBackend(BaseBackend):
    """Every refusal costs one slow hash, so that its time does not tell whether the 工号 exists.

    Does not count tries: the only way in for a person is `services.sign_in`, which does.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password:
            return None
        user = User.objects.filter(staff_no=username).first()
        if user is None:
            make_password(password)
            return None
        known = user.check_password(password)
        if not user.is_active:
            return None
        if known or codes.redeem(user, password):
            return user
        return None

    def get_user(self, user_id: int) -> User | None:
        """Read on every request: a deactivated person is out with the next click."""
        return User.objects.filter(pk=user_id, is_active=True).first()
