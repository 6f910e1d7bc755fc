"""What the cells of several kinds refer to: students by 学号, things by their name; each asked for once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from gaobo_banzhuren.documents.workbooks_in.headers import normal_header
from teachers.imports.reading import ReadSheet, Row
from teachers.models import RosterEntry, Student

from .declaring import Reading, Scope

PER_QUERY: Final = 5_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """A student as the database has it."""

    pk: int
    number: str
    name: str


def in_parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Sorted parts small enough for one query on every database."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), PER_QUERY):
        yield ordered[start : start + PER_QUERY]


def students(numbers: Iterable[str], scope: Scope) -> dict[str, Known]:
    """Students by 学号 who were ever on a roster within the scope."""
    found: dict[str, Known] = {}
    for part in in_parts(number for number in numbers if number):
        rows = Student.objects.filter(student_no__in=part).order_by()
        if scope.colleges is not None:
            spans = RosterEntry.objects.standing().filter(school_class__college__in=scope.colleges)
            rows = rows.filter(pk__in=spans.values("student"))
        for row in rows.values_list("pk", "student_no", "name"):
            found[row[1]] = Known(*row)
    return found


def student_of(reading: Reading, sheet: ReadSheet, row: Row, known: Mapping[str, Known], scope: Scope) -> Known | None:
    """The student of a row with 学号 and perhaps 姓名; what does not fit is reported."""
    number = row["student_no"]
    if number is None:
        return None
    student = known.get(number)
    if student is None:
        reading.report(sheet, row, "student_no", scope.unknown)
    elif row["name"] and row["name"] != student.name:
        reading.report(sheet, row, "name", f"与学号 {number} 的姓名「{student.name}」不同")
    else:
        return student
    return None


class ByName(Generic[T]):
    """Things by their exact name, else by their name but for blanks, width and case when only one has it."""

    def __init__(self, rows: Iterable[T]) -> None:
        self.exact: dict[str, T] = {}
        self.alike: dict[str, list[T]] = defaultdict(list)
        for row in rows:
            name = str(row)
            self.exact[name] = row
            self.alike[normal_header(name)].append(row)

    def get(self, name: str) -> T | None:
        found = self.alike.get(normal_header(name), [])
        return self.exact.get(name) or (found[0] if len(found) == 1 else None)


def first_of(reading: Reading, sheet: ReadSheet, row: Row, column: str, key: Hashable, seen: dict[Any, str]) -> bool:
    """Whether the row is the first with its key; a later one is reported and names the first."""
    place = f"第 {row.number} 行" if len(reading.sheets) == 1 else f"工作表「{sheet.table.sheet}」第 {row.number} 行"
    before = seen.setdefault(key, place)
    if before is not place:
        reading.report(sheet, row, column, f"与{before}重复")
        return False
    return True
