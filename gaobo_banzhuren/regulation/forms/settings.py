"""One form for any part of typed settings: a field per setting, rows for tables, built from the declarations."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from ..leaves import Leaf, leaves
from ..parts import PartError, from_json, to_json, type_hints, without_none

EXTRA_ROWS = 2
LARGEST = 30_000
YES_NO = [("1", "是"), ("0", "否")]
NONE_CHOSEN = [("", "——")]


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as shown in the form: its fields, or for a table one list of fields per row."""

    leaf: Leaf
    fields: tuple[BoundField, ...]
    table: tuple[tuple[BoundField, ...], ...] = ()
    headings: tuple[str, ...] = ()

    @property
    def errors(self) -> list[str]:
        everything = [*self.fields, *(field for line in self.table for field in line)]
        return [str(error) for field in everything for error in field.errors]


@dataclass(frozen=True, slots=True)
class Section:
    """Settings under one heading; the heading is empty for settings of the part itself."""

    heading: str
    rows: tuple[Row, ...]


class SettingsForm(forms.Form):
    """Edits a frozen dataclass of settings; after validation `part` is the new object.

    Nothing is stored here and the whole is not judged here: a draft may be saved in an unfinished state.
    """

    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, part: Any, edition: int, **kwargs: Any) -> None:
        kwargs["initial"] = {**(kwargs.get("initial") or {}), "edition": edition}
        super().__init__(*args, **kwargs)
        self.old = part
        self.part = part
        self.leaves = [leaf for leaf in leaves(part) if not leaf.fixed]
        for leaf in self.leaves:
            for name, field in _fields(leaf):
                self.fields[name] = field
        for name, field in self.fields.items():
            _dress(field, bad=self.is_bound and name in self.errors)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for leaf in self.leaves:
            if leaf.row_type is not None:
                self._name_half_rows(leaf, leaf.row_type, cleaned)
        if self.errors:
            return cleaned
        data = to_json(self.old)
        for leaf in self.leaves:
            _put(data, leaf.path, _value(leaf, cleaned))
        try:
            self.part = from_json(type(self.old), data)
        except PartError as error:
            raise forms.ValidationError(error.problems) from error
        return cleaned

    def _name_half_rows(self, leaf: Leaf, row_type: type, cleaned: dict[str, Any]) -> None:
        needed = [name for name, _ in _columns(row_type) if not without_none(type_hints(row_type)[name])[1]]
        for index in range(len(leaf.value) + EXTRA_ROWS):
            names = {name: f"{leaf.path}.{index}.{name}" for name, _ in _columns(row_type)}
            if all(cleaned.get(field) is None for field in names.values()):
                continue
            for name in needed:
                if cleaned.get(names[name]) is None and names[name] not in self.errors:
                    self.add_error(names[name], "这一行要填全，或者整行清空。")

    def sections(self) -> list[Section]:
        """Fields grouped under the headings of the part, in order."""
        found: list[Section] = []
        for leaf in self.leaves:
            row = self._row(leaf)
            if found and found[-1].heading == leaf.section:
                found[-1] = Section(leaf.section, (*found[-1].rows, row))
            else:
                found.append(Section(leaf.section, (row,)))
        return found

    def _row(self, leaf: Leaf) -> Row:
        bound = [self[name] for name, _ in _fields(leaf)]
        if leaf.row_type is None:
            return Row(leaf, tuple(bound))
        columns = dataclasses.fields(leaf.row_type)
        width = len(columns)
        lines = tuple(tuple(bound[start : start + width]) for start in range(0, len(bound), width))
        return Row(leaf, (), lines, tuple(str(column.metadata.get("label", column.name)) for column in columns))


def _dress(field: forms.Field, *, bad: bool) -> None:
    """The look of a control; the page lays the fields out itself, so no form helper does it."""
    if isinstance(field.widget, forms.CheckboxSelectMultiple):
        look = "form-check-input"
    elif isinstance(field.widget, forms.Select):
        look = "form-select"
    else:
        look = "form-control"
    field.widget.attrs["class"] = f"{look} is-invalid" if bad else look


def _fields(leaf: Leaf) -> Iterator[tuple[str, forms.Field]]:
    if leaf.row_type is not None:
        yield from _row_fields(leaf, leaf.row_type)
    elif leaf.choice_type is not None and leaf.ordered:
        yield from _ordered_fields(leaf, leaf.choice_type)
    elif leaf.choice_type is not None:
        yield (
            leaf.path,
            forms.MultipleChoiceField(
                label=leaf.label,
                choices=_choices(leaf.choice_type),
                initial=[each.value for each in leaf.value],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
        )
    else:
        field = _plain_field(leaf.kind, leaf.label, leaf.value, required=not leaf.optional, long=leaf.long)
        yield leaf.path, field


def _plain_field(kind: type, label: str, value: Any, *, required: bool, long: bool = False) -> forms.Field:
    common: dict[str, Any] = {"label": label, "required": required}
    if kind is bool:
        return forms.ChoiceField(choices=YES_NO, initial="1" if value else "0", **common)
    if kind is int:
        return forms.IntegerField(initial=value, min_value=0, max_value=LARGEST, **common)
    if kind is Decimal:
        text = forms.TextInput(attrs={"inputmode": "decimal"})
        return forms.DecimalField(initial=value, max_digits=12, widget=text, **common)
    if issubclass(kind, StrEnum):
        return forms.ChoiceField(choices=_choices(kind), initial=value.value, **common)
    widget = forms.Textarea(attrs={"rows": 2}) if long else forms.TextInput()
    return forms.CharField(initial=value, max_length=500, widget=widget, **common)


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, str(getattr(each, "label", each.value))) for each in kind]


def _ordered_fields(leaf: Leaf, kind: type[StrEnum]) -> Iterator[tuple[str, forms.Field]]:
    values = [each.value for each in leaf.value]
    for index in range(len(kind)):
        yield (
            f"{leaf.path}.{index}",
            forms.ChoiceField(
                label=f"{leaf.label}：第 {index + 1} 步",
                choices=NONE_CHOSEN + _choices(kind),
                initial=values[index] if index < len(values) else "",
                required=False,
            ),
        )


def _row_fields(leaf: Leaf, row_type: type) -> Iterator[tuple[str, forms.Field]]:
    for index in range(len(leaf.value) + EXTRA_ROWS):
        row = leaf.value[index] if index < len(leaf.value) else None
        for name, kind in _columns(row_type):
            label = f"{leaf.label} 第 {index + 1} 行 {_column_label(row_type, name)}"
            value = getattr(row, name) if row is not None else None
            yield f"{leaf.path}.{index}.{name}", _plain_field(kind, label, value, required=False)


def _columns(row_type: type) -> list[tuple[str, type]]:
    return [(item.name, without_none(type_hints(row_type)[item.name])[0]) for item in dataclasses.fields(row_type)]


def _column_label(row_type: type, name: str) -> str:
    item = next(item for item in dataclasses.fields(row_type) if item.name == name)
    return str(item.metadata.get("label", name))


def _value(leaf: Leaf, cleaned: dict[str, Any]) -> Any:
    """JSON value of one setting from the cleaned fields."""
    if leaf.row_type is not None:
        return list(_row_values(leaf, leaf.row_type, cleaned))
    if leaf.choice_type is not None and leaf.ordered:
        names = [f"{leaf.path}.{index}" for index in range(len(leaf.choice_type))]
        return [cleaned[name] for name in names if cleaned.get(name)]
    if leaf.choice_type is not None:
        chosen = cleaned[leaf.path]
        old = [each.value for each in leaf.value]
        return old if set(chosen) == set(old) else chosen
    return _plain_value(leaf.kind, cleaned[leaf.path], leaf.value)


def _row_values(leaf: Leaf, row_type: type, cleaned: dict[str, Any]) -> Iterator[dict[str, Any]]:
    columns = _columns(row_type)
    for index in range(len(leaf.value) + EXTRA_ROWS):
        entered = {name: cleaned.get(f"{leaf.path}.{index}.{name}") for name, _ in columns}
        if all(value is None for value in entered.values()):
            continue
        old = leaf.value[index] if index < len(leaf.value) else None
        yield {name: _plain_value(kind, entered[name], getattr(old, name, None)) for name, kind in columns}


def _plain_value(kind: type, value: Any, old: Any) -> Any:
    if kind is bool:
        return value == "1"
    if kind is Decimal:
        # 90 entered over 90.00 is no change: keep what was stored, or every save would look like a difference.
        return None if value is None else str(old if isinstance(old, Decimal) and old == value else value)
    return value


def _put(data: Any, path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        data = data[int(step)] if isinstance(data, list) else data[step]
    data[last] = value


class SystemSettingsForm(SettingsForm):
    """The system-wide settings with the reason for the change."""

    reason = forms.CharField(label="修改理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
