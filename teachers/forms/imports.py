"""Forms of the roster import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from ..imports.columns import BY_NAME
from ..imports.reading import SHEETS

IGNORED = "-"


class UploadForm(forms.Form):
    """The workbook; what is inside is looked at by the reader, not by its name."""

    file = forms.FileField(
        label="名册工作簿（xlsx）",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > settings.MAX_WORKBOOK_BYTES:
            raise forms.ValidationError(f"文件超过 {settings.MAX_WORKBOOK_BYTES // 1024 // 1024} MB。")
        return file


class ColumnsForm(forms.Form):
    """One choice per column that the sheets have: which field it is, or that it is not read."""

    def __init__(self, *args: Any, preview: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layouts: list[dict[str, Any]] = preview.get("layouts", [])
        self.unread: list[str] = preview.get("ignored", [])
        layouts = self.layouts
        free = [name for name in BY_NAME if name not in {layout["name"] for layout in layouts}]
        for index, title in enumerate(self.unread if free else []):
            self.fields[f"sheet-{index}"] = forms.ChoiceField(
                choices=[(IGNORED, "不读取"), *((name, name) for name in free)],
                initial=IGNORED,
                required=False,
                label=f"工作表「{title}」读作",
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        for index, layout in enumerate(layouts):
            choices = [(IGNORED, "不读取"), *((c.field, _label(c)) for c in BY_NAME[layout["name"]].columns)]
            for column in layout["columns"]:
                self.fields[f"{index}-{column['letter']}"] = forms.ChoiceField(
                    choices=choices,
                    initial=column["field"] or IGNORED,
                    label=f"{layout['name']}：{column['text'] or column['letter'] + ' 列'}",
                    widget=forms.Select(attrs={"class": "form-select"}),
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for index, layout in enumerate(self.layouts):
            taken: dict[str, str] = {}
            for column in layout["columns"]:
                name = f"{index}-{column['letter']}"
                field = cleaned.get(name, IGNORED)
                if field != IGNORED and field in taken:
                    header = BY_NAME[layout["name"]].header(field)
                    self.add_error(name, f"「{header}」已选给 {taken[field]} 列")
                taken.setdefault(field, column["letter"])
        return cleaned

    def sheets(self) -> list[dict[str, Any]]:
        """Per sheet the columns with their fields, for the page."""
        return [
            {
                **layout,
                "rows": [{**column, "bound": self[f"{index}-{column['letter']}"]} for column in layout["columns"]],
            }
            for index, layout in enumerate(self.layouts)
        ]

    def unread_sheets(self) -> list[Any]:
        """A choice for every visible sheet that was not read, while one of the six is missing."""
        return [self[name] for name in self.fields if name.startswith("sheet-")]

    def mapping(self, kept: dict[str, dict[str, str | None]]) -> dict[str, dict[str, str | None]]:
        """The choices that differ from what the page showed, over those made before."""
        result = {sheet: dict(columns) for sheet, columns in kept.items()}
        for index, title in enumerate(self.unread):
            chosen = self.cleaned_data.get(f"sheet-{index}") or IGNORED
            if chosen != IGNORED:
                result.setdefault(SHEETS, {})[title] = chosen
        for index, layout in enumerate(self.layouts):
            for column in layout["columns"]:
                chosen = self.cleaned_data[f"{index}-{column['letter']}"]
                if chosen != (column["field"] or IGNORED):
                    field = None if chosen == IGNORED else chosen
                    result.setdefault(layout["name"], {})[column["letter"]] = field
        return result


def _label(column: Any) -> str:
    return f"{column.header}（必填）" if column.required else column.header
