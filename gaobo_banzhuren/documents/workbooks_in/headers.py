"""Find the header row of a sheet by its names and say which column holds which field."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from openpyxl.utils import column_index_from_string, get_column_letter

from gaobo_banzhuren.documents import cells

HEADER_ROWS: Final = 10
LONGEST_HEADER: Final = 200
_MARKS = re.compile(r"[*:]|[(\[]?(?:必填|选填|可选|必填项)[)\]]?")
_LETTER = re.compile(r"[A-Za-z]{1,2}\Z")

RawRow = Sequence[object]
Mapped = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """A column that an import knows.

    `convert` makes the value (see `cells`); `empty` is what a blank cell of a column that is not required gives.
    """

    field: str
    header: str
    convert: Callable[[Any], Any] = cells.text
    required: bool = False
    aliases: tuple[str, ...] = ()
    empty: Any = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(normal_header(name) for name in (self.header, *self.aliases))


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is and what it says; indexes count from 0."""

    row: int
    texts: tuple[str, ...]
    index_of: Mapping[str, int]
    extra: tuple[int, ...] = ()
    errors: tuple[str, ...] = field(default=())


def _shown_header(value: object) -> str:
    return re.sub(r"\s+", "", cells.clean(str(value)[:LONGEST_HEADER]))


def normal_header(value: object) -> str:
    """Bring a header to the form in which headers are compared: no blanks, no line breaks, no required marks."""
    if value is None:
        return ""
    text = _shown_header(value)
    return _MARKS.sub("", text).casefold()


def find_header(
    rows: Sequence[RawRow], columns: Sequence[HeaderColumn], mapping: Mapped | None = None
) -> Header | None:
    """Choose, among the first rows, the one that names most of the columns; None when no row names any.

    `mapping` gives header texts or column letters a field (None: ignore the column) and overrules the names.
    """
    best: tuple[int, int, dict[int, str]] | None = None
    for row_index, row in enumerate(rows[:HEADER_ROWS]):
        guessed = _guess(row, columns)
        named = {name: index for index, name in enumerate(normal_header(cell) for cell in row) if name}
        by_mapping = sum(1 for key in mapping or () if normal_header(key) in named)
        score = len(set(guessed.values())) + by_mapping
        if score and (best is None or score > best[0]):
            best = (score, row_index, guessed)
    if best is None:
        first = next((index for index, row in enumerate(rows) if any(not cells.is_blank(cell) for cell in row)), None)
        if first is None or not mapping or not all(_LETTER.match(key) for key in mapping):
            return None
        best = (0, first, {})
    return _header(rows[best[1]], best[1], best[2], columns, mapping or {})


def _guess(row: RawRow, columns: Sequence[HeaderColumn]) -> dict[int, str]:
    names = {name: column.field for column in columns for name in column.names}
    return {
        index: names[text]
        for index, cell in enumerate(row)
        if isinstance(cell, str) and (text := normal_header(cell)) in names
    }


def _header(
    row: RawRow, row_index: int, guessed: dict[int, str], columns: Sequence[HeaderColumn], mapping: Mapped
) -> Header:
    errors: list[str] = []
    texts = tuple("" if cell is None else _shown_header(cell) for cell in row)
    chosen = dict(guessed)
    for index, given in _places(texts, mapping, errors):
        taken = [other for other, name in chosen.items() if name == given and other not in _mapped(texts, mapping)]
        for other in taken:
            del chosen[other]
        chosen.pop(index, None)
        if given:
            chosen[index] = given
    known = {column.field: column for column in columns}
    index_of: dict[str, int] = {}
    for index, name in sorted(chosen.items()):
        if name not in known:
            errors.append(f"列的对应关系里有未知的字段「{name}」")
        elif name in index_of:
            letters = f"{get_column_letter(index_of[name] + 1)} 列、{get_column_letter(index + 1)} 列"
            errors.append(f"列「{known[name].header}」出现两次（{letters}），请只留一列")
        else:
            index_of[name] = index
    missing = [column.header for column in columns if column.required and column.field not in index_of]
    if missing:
        errors.append("缺少必填的列" + "".join(f"「{name}」" for name in missing) + f"（表头在第 {row_index + 1} 行）")
    extra = tuple(index for index, text in enumerate(texts) if text and index not in chosen)
    return Header(row_index, texts, index_of, extra, tuple(errors))


def _mapped(texts: Sequence[str], mapping: Mapped) -> set[int]:
    return {index for index, _field in _places(texts, mapping, [])}


def _places(texts: Sequence[str], mapping: Mapped, errors: list[str]) -> list[tuple[int, str | None]]:
    """Where the caller's mapping points; a key that fits no header text is read as a column letter."""
    by_text: dict[str, int] = {}
    for index, text in enumerate(texts):
        by_text.setdefault(normal_header(text), index)
    found: list[tuple[int, str | None]] = []
    for key, name in mapping.items():
        if normal_header(key) in by_text:
            found.append((by_text[normal_header(key)], name or None))
        elif _LETTER.match(key):
            found.append((column_index_from_string(key.upper()) - 1, name or None))
        else:
            errors.append(f"没有表头为「{key}」的列")
    return found
