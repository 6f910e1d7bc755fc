"""Rows that every signed-in person may read: they hold no personal data and no money."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from gaobo_banzhuren.accounts.models import User

M = TypeVar("M", bound=models.Model)


class OpenQuerySet(models.QuerySet[M]):
    def visible_to(self, user: User) -> OpenQuerySet[M]:
        """Everything, for everybody who is signed in and in some role."""
        return self if user.access.roles else self.none()
