"""The form that takes a workbook of chapters 2 and 3 in."""

from __future__ import annotations

from typing import Any

from teachers.forms.imports import UploadForm as RosterForm


class UploadForm(RosterForm):
    """The same form under a name that fits every kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "工作簿（xlsx）"
