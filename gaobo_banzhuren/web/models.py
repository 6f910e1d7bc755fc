"""What the pages themselves must remember: which form has been sent already."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone

KEPT_FOR = dt.timedelta(days=2)


class SentForm(models.Model):
    """A form that has been carried out. Its token is unique for the person, so a second click or a reload cannot do the thing twice."""

    token = models.CharField("表单编号", max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提交人", on_delete=models.CASCADE, related_name="+"
    )
    result_url = models.CharField("结果地址", max_length=500, blank=True)
    sent_at = models.DateTimeField("提交时间", default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "已提交表单"
        verbose_name_plural = "已提交表单"
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="sent_form_once")]

    def __str__(self) -> str:
        return self.token
