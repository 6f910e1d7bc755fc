"""Attendance sheets: a day each with a column for every period, or a matrix of days and periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone
from openpyxl.utils import get_column_letter

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.problems import show_value
from gaobo_banzhuren.documents.workbooks_in import HeaderColumn, SafeWorkbook
from gaobo_banzhuren.documents.workbooks_in.headers import Header, find_header
from teachers.imports.columns import SheetKind
from teachers.imports.reading import ReadSheet, Row

from .declaring import ImportKind, Reading
from .lessons import Heading, complete, heading
from .marks import is_mark, legend_of
from .reading import head

BASE: Final = (
    HeaderColumn("student_no", "学号", aliases=("学生学号",)),
    HeaderColumn("name", "姓名", aliases=("学生姓名", "学生")),
    HeaderColumn("class_code", "班级代码", aliases=("班级编号", "班级代号")),
    HeaderColumn("class_name", "班级", aliases=("班级名称", "行政班")),
)
LONGEST_PERIOD: Final = 20
NO_PERSON: Final = ("合计", "总计", "小计", "应到", "实到", "出勤率", "备注", "说明", "注", "考勤员", "制表", "图例")
"""What the foot of a sheet writes where names stand."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A column of marks: the period of a day."""

    field: str
    letter: str
    header: str
    day: dt.date
    period: str


@dataclass(slots=True)
class Grid:
    """A sheet of marks: people as rows with raw cells, lessons as columns; `texts` are its title and the lines above."""

    sheet: ReadSheet
    title: str
    header_row: int
    texts: list[str]
    lessons: list[Lesson]
    legend: Mapping[str, str]
    rows: list[Row] = field(default_factory=list)


def read_grids(book: SafeWorkbook, reading: Reading, kind: ImportKind) -> None:
    """Every visible sheet with names and lessons, as `reading.extra`."""
    reading.extra = grids = []
    today = timezone.localdate()
    for title in book.sheet_names:
        rows = head(book, title)
        header = _header(rows)
        if header is None:
            reading.notes.append(f"工作表「{title}」没有学号或姓名列，没有读取")
            continue
        found = _Sheet(book, reading, title, rows, header, today).grid(kind)
        if found is not None:
            reading.titles.append(title)
            grids.append(found)
    if not grids and not reading.problems:
        reading.problems.sheet(
            "、".join(book.sheet_names), "没有找到考勤表：前 10 行里应有「学号」或「姓名」，以及节次或日期加节次的列"
        )


def _header(rows: list[tuple[object, ...]]) -> Header | None:
    """The row that names the people; a label 班级 in the lines above is none."""
    people = find_header(rows, BASE[:2])
    return people and find_header([()] * people.row + [rows[people.row]], BASE)


class _Sheet:
    """One sheet on its way to a grid."""

    def __init__(
        self,
        book: SafeWorkbook,
        reading: Reading,
        title: str,
        rows: list[tuple[object, ...]],
        header: Header,
        today: dt.date,
    ) -> None:
        self.book = book
        self.reading = reading
        self.title = title
        self.rows = rows
        self.header = header
        self.today = today
        self.texts = [title] + [cells.clean(c) for row in rows[: header.row] for c in row if isinstance(c, str)]
        self.guessed: set[dt.date] = set()

    def grid(self, kind: ImportKind) -> Grid | None:
        lessons, below = self._lessons()
        if not lessons:
            return None
        columns = [column for column in BASE if column.field in self.header.index_of]
        columns += [HeaderColumn(one.field, f"{one.day} {one.period} {one.letter}") for one in lessons]
        mapping = {one.letter: one.field for one in lessons}
        table = self.book.table(self.title, columns, self.reading.problems, mapping=mapping)
        if table is None:
            return None
        for day in sorted(self.guessed):
            self.reading.notes.append(f"工作表「{self.title}」没有写年份，按 {day} 读取")
        # The fields are those of this sheet; the template has its own.
        sheet = ReadSheet(SheetKind(kind.label, tuple(columns), "student_no", {}, {}), table)
        if table.header.extra:
            unread = [i for i in table.header.extra if get_column_letter(i + 1) not in mapping]
            names = "、".join(f"「{table.header.texts[i]}」（{get_column_letter(i + 1)} 列）" for i in unread)
            self.reading.notes += [f"工作表「{self.title}」：没有用到的列 {names}"] if names else []
        legend = legend_of(
            cells.clean(c) for _, row in self.book.raw_rows(self.title) for c in row if isinstance(c, str)
        )
        found = Grid(sheet, self.title, table.header_row, self.texts, lessons, legend)
        for number, raw in table.rows():
            values = {column.field: None for column in BASE} | raw
            if number > below and self._is_person(values, lessons):
                found.rows.append(Row(number, values, frozenset()))
        return found

    def _is_person(self, values: dict[str, object], lessons: list[Lesson]) -> bool:
        name = values["name"]
        if {value for value in values.values() if value is not None} == {cells.MERGED}:
            return False
        text = cells.clean(name).replace(" ", "") if isinstance(name, str) else ""
        if text.startswith(NO_PERSON) and cells.is_blank(values["student_no"]):
            return False
        if not cells.is_blank(name) or not cells.is_blank(values["student_no"]):
            return True
        return any(is_mark(values.get(one.field)) for one in lessons)

    def _lessons(self) -> tuple[list[Lesson], int]:
        """The columns of marks, and the number of the last row that still belongs to the header."""
        row = self.header.row
        own = self.rows[row]
        above = self.rows[row - 1] if row else ()
        below = self.rows[row + 1] if row + 1 < len(self.rows) else ()
        names = set(self.header.index_of.values())
        heads = {index: heading(value) for index, value in enumerate(own) if index not in names}
        width = max(len(own), len(below))
        # Days over periods: the day stands once over several columns, in a merged cell.
        lower = {index: heading(value) for index, value in enumerate(below) if index not in names}
        two_rows = any(one.has_day and not one.period for one in heads.values()) and any(
            one.period and not one.has_day for one in lower.values()
        )
        upper = {index: heading(value) for index, value in enumerate(above)}
        over = heads if two_rows else upper if sum(one.has_day for one in upper.values()) > 1 else {}
        sheet_day = self._sheet_day()
        found: list[Lesson] = []
        carried: Heading | None = None
        for index in range(width):
            if over.get(index, Heading()).has_day:
                carried = over[index]
            if index in names:
                continue
            one = heads.get(index, Heading())
            period = lower.get(index, Heading()).period if two_rows else one.period
            shown = show_value(own[index]) if index < len(own) else ""
            self._add(found, index, one if one.has_day else carried or sheet_day, period, shown)
        return found, row + 2 if two_rows else row + 1

    def _sheet_day(self) -> Heading | None:
        """The day in the sheet's name, else the only full date in the lines above the header."""
        titled = heading(self.title)
        if titled.has_day:
            return titled
        above = (heading(value) for row in self.rows[: self.header.row] for value in row)
        days = {one.day: one for one in above if one.day is not None}
        return next(iter(days.values())) if len(days) == 1 else None

    def _add(self, found: list[Lesson], index: int, when: Heading | None, period: str, shown: str) -> None:
        letter = get_column_letter(index + 1)
        if not period:
            if shown and heading(shown).has_day:
                self._refuse(shown, letter, "只有日期，没有节次；请写成 2024-03-18 1-2节")
            elif shown and self._holds_marks(index):
                self._refuse(shown, letter, "这一列是出勤情况，但看不出是哪一节；请写成 1-2节、上午、晚自习等")
            return
        if len(period) > LONGEST_PERIOD:
            self._refuse(shown, letter, f"节次超过 {LONGEST_PERIOD} 个字")
            return
        if when is None:
            self._refuse(shown, letter, "看不出是哪一天；请用日期命名工作表（如 2024-03-18），或把日期写进列名")
            return
        date = when.day
        if date is None and when.short is not None:
            date, guessed = complete(when.short, self.texts, self.today)
            if date is not None and guessed:
                self.guessed.add(date)
        if date is None:
            self._refuse(shown, letter, "日期没有年份，也无法确定；请写成 2024-03-18")
            return
        found.append(Lesson(f"m{index}", letter, shown or period, date, period))

    def _holds_marks(self, index: int) -> bool:
        if any(
            word in show_value(self.rows[self.header.row][index])
            for word in ("备注", "说明", "原因", "合计", "率", "次数")
        ):
            return False
        return any(is_mark(row[index]) for row in self.rows[self.header.row + 1 :] if index < len(row))

    def _refuse(self, shown: str, letter: str, reason: str) -> None:
        self.reading.add(self.title, self.header.row + 1, shown or f"{letter} 列", shown, reason, letter)
