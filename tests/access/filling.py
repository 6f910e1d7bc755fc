"""Fills a form as a person would who knows nothing but its labels: what it offers, else something of the right kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from .world import PDF

Choices = forms.ModelChoiceField | forms.ChoiceField


def filled(form: forms.Form, day: str = "2024-03-01") -> dict[str, Any]:
    """Data of a POST; every field has a value, those with a choice the first one offered."""
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        bound = form[name]
        if field.disabled:
            continue
        value = bound.value()
        if value in (None, "", [], False):
            value = _something(field, day)
        if isinstance(field, forms.DateField) and value and not isinstance(value, str):
            value = value.isoformat()
        if value is not None and value != "":
            data[bound.html_name] = value
    return data


def offered(field: forms.Field) -> list[str]:
    """The values that a choice field takes."""
    found = []
    for value, label in getattr(field, "choices", ()):
        pairs = label if isinstance(label, list | tuple) else [(value, label)]
        found += [str(getattr(one, "value", one)) for one, _ in pairs]
    return [value for value in found if value not in ("", "None")]


def is_multiple(field: forms.Field) -> bool:
    return isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField)


def _something(field: forms.Field, day: str) -> Any:
    if isinstance(field, forms.ModelChoiceField | forms.ChoiceField):
        values = offered(field)
        return (values[:1] if is_multiple(field) else values[0]) if values else None
    if isinstance(field, forms.DateField):
        return day if field.required else None
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("材料.pdf", PDF) if field.required else None
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        return str(field.min_value or 1) if field.required else None
    if not field.required:
        return None
    return timezone.localdate().isoformat()[:7] if "month" in type(field).__name__.lower() else "甲乙丙丁"
