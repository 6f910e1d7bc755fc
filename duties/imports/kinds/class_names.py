"""Which class the rows of an attendance sheet belong to: by their own column, else by the sheet's name or title lines."""

from __future__ import annotations

import re
from collections import defaultdict

from gaobo_banzhuren.documents import cells
from gaobo_banzhuren.documents.workbooks_in.headers import normal_header
from teachers.imports.reading import Row
from teachers.models import SchoolClass

from ..declaring import Reading, Scope
from ..grids import Grid

COLUMNS = ("class_code", "class_name")


class ClassNames:
    """The classes of the scope by code and name. One query."""

    def __init__(self, reading: Reading, scope: Scope) -> None:
        self.reading = reading
        self.scope = scope
        rows = SchoolClass.objects.order_by("code")
        if scope.colleges is not None:
            rows = rows.filter(college__in=scope.colleges)
        self.classes = list(rows)
        self.by_word: dict[str, list[SchoolClass]] = defaultdict(list)
        for one in self.classes:
            for word in {normal_header(one.code), normal_header(one.name)}:
                self.by_word[word].append(one)

    def rows_by_class(self, grid: Grid) -> dict[SchoolClass, list[Row]]:
        """The rows of the sheet by class; rows without a class are reported."""
        found: dict[SchoolClass, list[Row]] = defaultdict(list)
        columns = [one.field for one in grid.sheet.kind.columns if one.field in COLUMNS]
        default, told = None, False
        for row in grid.rows:
            column = next((name for name in columns if not cells.is_blank(row.values[name])), None)
            if column is not None:
                school_class = self._of_cell(grid, row, column)
            else:
                if not told:
                    default, told = self._of_sheet(grid, bool(columns)), True
                school_class = default
                if school_class is None and columns:
                    self.reading.report(grid.sheet, row, columns[0], "不能为空：表头上方和工作表名里也没有班级")
            if school_class is not None:
                found[school_class].append(row)
        return found

    def _of_cell(self, grid: Grid, row: Row, column: str) -> SchoolClass | None:
        try:
            text = cells.text(row.values[column])
        except cells.CellProblem as problem:
            self.reading.report(grid.sheet, row, column, problem.reason)
            return None
        found = self.by_word.get(normal_header(text), [])
        if len(found) == 1:
            return found[0]
        self.reading.report(grid.sheet, row, column, "有几个同名的班级，请写班级代码" if found else self.scope.unknown)
        return None

    def _of_sheet(self, grid: Grid, quiet: bool) -> SchoolClass | None:
        """The one class that the sheet's name or the lines above the header name."""
        texts = [normal_header(text) for text in grid.texts]
        hits = {word: classes for word, classes in self.by_word.items() if any(_contains(text, word) for text in texts)}
        longest = [word for word in hits if not any(word != other and word in other for other in hits)]
        found = {one for word in longest for one in hits[word]}
        if len(found) == 1:
            return found.pop()
        if found:
            listed = "、".join(sorted(one.name for one in found))
            self.reading.problems.sheet(grid.title, f"表头上方有几个班级（{listed}），请加「班级代码」列")
        elif not quiet:
            where = "班级不存在，或不在您的学院范围内" if self.scope.colleges is not None else "班级不存在"
            self.reading.problems.sheet(
                grid.title, f"看不出是哪个班：请加「班级代码」列，或在表头上方写班级代码或名称（没有写，或{where}）"
            )
        return None


def _contains(text: str, word: str) -> bool:
    """Whether the word stands in the text, not inside a longer code."""
    pattern = re.escape(word)
    if word[:1].isascii() and word[:1].isalnum():
        pattern = rf"(?<![0-9a-z]){pattern}"
    if word[-1:].isascii() and word[-1:].isalnum():
        pattern = rf"{pattern}(?![0-9a-z])"
    return re.search(pattern, text) is not None
