"""Forms about saved roll calls."""

from __future__ import annotations

from teachers.forms.fields import LongText, VersionedForm


class ReasonAndVersionForm(VersionedForm):
    """Why, and of which version the person speaks."""

    reason = LongText(label="理由", rows=2, max_length=200)

    field_order = ("reason", "version")
