"""Attachments: what a person uploaded, under a random name in a private folder."""

from __future__ import annotations

import secrets
from pathlib import PurePath
from typing import ClassVar, Final

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role

ABOUT_STUDENTS: Final = "duties."
"""Purposes of files kept with the work about students begin so."""


def private_storage() -> FileSystemStorage:
    """The folder MEDIA_ROOT, which no web server publishes."""
    return FileSystemStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


def new_public_id() -> str:
    """A 192-bit random id; knowing one tells nothing about another."""
    return secrets.token_urlsafe(24)


def random_path(instance: StoredFile, filename: str) -> str:
    """A stored name that has nothing of the person's file name in it."""
    name = secrets.token_hex(20)
    return f"{name[:2]}/{name}"


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, user: User) -> StoredFileQuerySet:
        """Files to list: the user's own uploads, all of them for 系统管理员. Opening one asks `files.may_open`."""
        if user.access.has(Role.SYSADMIN):
            return self
        return self.filter(owner=user)


class StoredFile(models.Model):
    """One uploaded file. Never changed after it is stored: a replacement is a new row."""

    class ContentType(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPG 图片"
        PNG = "image/png", "PNG 图片"
        DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档"
        XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 工作簿"

    public_id = models.CharField("文件编号", max_length=40, unique=True, default=new_public_id, editable=False)
    content = models.FileField("存放位置", upload_to=random_path, storage=private_storage, max_length=100)
    shown_name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100, choices=ContentType.choices)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("校验值", max_length=64)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="stored_files"
    )
    purpose = models.CharField("用途", max_length=60, db_index=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects: ClassVar = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.listed_name

    @property
    def listed_name(self) -> str:
        """For the log and the maintenance pages: files about students often bear a student's name, and show none."""
        if self.purpose.startswith(ABOUT_STUDENTS):
            return f"附件{PurePath(self.shown_name).suffix}"
        return self.shown_name

    def get_absolute_url(self) -> str:
        return reverse("documents:file", args=[self.public_id])
