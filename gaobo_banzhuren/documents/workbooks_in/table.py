"""A sheet with its header understood: rows as field-to-value mappings, streamed."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.problems import Problems
from gaobo_banzhuren.documents.workbooks_in.headers import Header, HeaderColumn

Numbered = tuple[int, tuple[object, ...]]


class SheetTable:
    """Rows of one sheet below its header. Iterating reads the file, so a table is read once."""

    def __init__(
        self,
        sheet: str,
        header: Header,
        columns: Sequence[HeaderColumn],
        body: Iterator[Numbered],
        *,
        merges: Sequence[tuple[str, str]] = (),
        formulas: frozenset[str] = frozenset(),
        date1904: bool = False,
        max_chars: int = cells.MAX_TEXT,
    ) -> None:
        self.sheet = sheet
        self.header = header
        self.columns = {column.field: column for column in columns if column.field in header.index_of}
        self._all = {column.field: column for column in columns}
        self._body = body
        self._date1904 = date1904
        self._max_chars = max_chars
        self._stand_ins = self._find_stand_ins(merges, formulas)

    @property
    def header_row(self) -> int:
        """Number of the header's row as the person sees it."""
        return self.header.row + 1

    @property
    def notes(self) -> list[str]:
        """What the preview should mention: columns that nobody reads, optional columns that are absent."""
        notes = []
        if self.header.extra:
            names = "、".join(f"「{self.header.texts[i]}」（{get_column_letter(i + 1)} 列）" for i in self.header.extra)
            notes.append(f"工作表「{self.sheet}」：没有用到的列 {names}")
        absent = [column.header for name, column in self._all.items() if name not in self.columns]
        if absent:
            notes.append(f"工作表「{self.sheet}」：没有列" + "".join(f"「{name}」" for name in absent) + "，按空白处理")
        return notes

    def label(self, field: str) -> str:
        """Header text of a field as the person's sheet writes it."""
        index = self.header.index_of.get(field)
        if index is not None and index < len(self.header.texts) and self.header.texts[index]:
            return self.header.texts[index]
        return self._all[field].header if field in self._all else field

    def letter(self, field: str) -> str:
        """Column letter of a field, empty when the sheet has no such column."""
        index = self.header.index_of.get(field)
        return "" if index is None else get_column_letter(index + 1)

    def _find_stand_ins(
        self, merges: Sequence[tuple[str, str]], formulas: frozenset[str]
    ) -> dict[int, dict[int, cells.BadCell]]:
        """Cells whose value must not be believed, by row number and column index."""
        found: dict[int, dict[int, cells.BadCell]] = {}
        used = sorted(self.header.index_of.values())
        for coordinate in formulas:
            letter, row = coordinate_from_string(coordinate)
            index = range_boundaries(f"{letter}1")[0] - 1
            found.setdefault(row, {})[index] = cells.UNCACHED_FORMULA
        for start, end in merges:
            left, top, right, bottom = range_boundaries(f"{start}:{end}")
            if bottom <= self.header_row:
                continue
            for index in (index for index in used if left - 1 <= index <= right - 1):
                for row in range(max(top, self.header_row + 1), min(bottom, top + 2_000) + 1):
                    found.setdefault(row, {})[index] = cells.MERGED
        return found

    def rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield (row number, {field: raw value}), skipping rows in which every known column is blank."""
        index_of = list(self.header.index_of.items())
        stand_ins = self._stand_ins
        for number, values in self._body:
            width = len(values)
            row = {name: values[index] if index < width else None for name, index in index_of}
            if stand_ins and number in stand_ins:
                by_index = stand_ins[number]
                row |= {name: by_index[index] for name, index in index_of if index in by_index}
            blank = True
            for name, value in row.items():
                if value is None:
                    continue
                if isinstance(value, str):
                    if len(value) > self._max_chars:
                        row[name] = cells.BadCell(f"超过 {self._max_chars} 个字", value[:100])
                    elif cells.is_blank(value):
                        continue
                blank = False
            if not blank:
                yield number, row

    def records(self, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (row number, {field: converted value}) for the rows without a problem; report the others."""
        plan = [(column, self._converter(column)) for column in self.columns.values()]
        absent = {column.field: column.empty for column in self._all.values() if column.field not in self.columns}
        for number, row in self.rows():
            record: dict[str, Any] = dict(absent)
            good = True
            for column, convert in plan:
                value = row[column.field]
                if value is None or (isinstance(value, str) and cells.is_blank(value)):
                    record[column.field] = column.empty
                    if column.required:
                        good = False
                        problems.at(self, number, column.field, value, "不能为空")
                    continue
                try:
                    record[column.field] = convert(value)
                except cells.CellProblem as problem:
                    good = False
                    problems.at(self, number, column.field, value, problem.reason)
            if good:
                yield number, record

    def _converter(self, column: HeaderColumn) -> Callable[[Any], Any]:
        if self._date1904 and column.convert is cells.date:
            return partial(cells.date, date1904=True)
        return column.convert
