"""Cell values to plain values. Each converter takes what a sheet holds and raises `CellProblem` with a Chinese reason.

Nothing is guessed: what is not in the published table of a converter is refused.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping, Set
from typing import Final, TypeVar

T = TypeVar("T")
Converter = Callable[[object], T]

MAX_TEXT: Final = 5_000
MAX_CODE: Final = 64
EXACT_DIGITS: Final = 15
FIRST_DAY: Final = datetime.date(1990, 1, 1)
LAST_DAY: Final = datetime.date(2100, 12, 31)
EXCEL_DAY_ZERO: Final = datetime.date(1899, 12, 30)
EXCEL_1904_DAY_ZERO: Final = datetime.date(1904, 1, 1)

ERROR_VALUES: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)
PASTE_AS_VALUE: Final = "请粘贴为数值"
# Everything that people type or paste between the parts of a name from a language with a dot in names.
NAME_DOTS: Final = "•‧∙⋅・･●⸱᛫"
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f]")
_BLANKS = re.compile(r"[^\S\n]+")
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BLANK_IN_HAN = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_HAN_CHAR = re.compile(rf"[{_HAN}]")
_DOTS = re.compile(f"[{re.escape(NAME_DOTS)}]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_CODE = re.compile(r"[^\W_][\w./()#-]*\Z")
_PHONE = re.compile(r"\+?[0-9][0-9-]{4,18}[0-9]\Z")
_DATE_TEXT = re.compile(
    r"(?P<y>[0-9]{4})(?:-(?P<m1>[0-9]{1,2})-(?P<d1>[0-9]{1,2})|/(?P<m2>[0-9]{1,2})/(?P<d2>[0-9]{1,2})"
    r"|\.(?P<m3>[0-9]{1,2})\.(?P<d3>[0-9]{1,2})|年(?P<m4>[0-9]{1,2})月(?P<d4>[0-9]{1,2})[日号]"
    r"|(?P<m5>[0-9]{2})(?P<d5>[0-9]{2}))(?:[ T]0{1,2}:00(?::00)?)?\Z"
)
DATE_FORMS: Final = "请写成 2023-09-01"


class CellProblem(ValueError):
    """The value cannot be used; `reason` continues the sentence 值「…」."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadCell:
    """Stands in a row for a cell that has no usable value (a formula without result, a merged cell)."""

    __slots__ = ("reason", "shown")

    def __init__(self, reason: str, shown: str = "") -> None:
        self.reason = reason
        self.shown = shown

    def __str__(self) -> str:
        return self.shown


UNCACHED_FORMULA: Final = BadCell(f"是没有计算结果的公式，{PASTE_AS_VALUE}", "=")
MERGED: Final = BadCell("是合并单元格的一部分，请取消合并并逐行填写")


def is_blank(value: object) -> bool:
    """Say whether a person would call the cell empty: nothing, or only blanks and invisible characters."""
    if value is None:
        return True
    return isinstance(value, str) and not clean(value)


def clean(value: str) -> str:
    """NFKC, invisible characters out, every run of blanks one blank, ends trimmed; line breaks stay."""
    if value.isascii() and value.isalnum():
        return value
    value = unicodedata.normalize("NFKC", _INVISIBLE.sub("", value)).replace("\r\n", "\n").replace("\r", "\n")
    return _BLANKS.sub(" ", value).strip()


def _refuse_stand_ins(value: object) -> None:
    if isinstance(value, BadCell):
        raise CellProblem(value.reason)
    if isinstance(value, str) and value[:1] == "#" and value.strip().upper() in ERROR_VALUES:
        raise CellProblem(f"是公式错误，{PASTE_AS_VALUE}")


def _refuse_odd_digits(value: object) -> None:
    """Refuse ² and ①, which NFKC would quietly turn into ordinary digits."""
    if isinstance(value, str) and not value.isascii() and any(unicodedata.category(char) == "No" for char in value):
        raise CellProblem("含有上标或带圈的数字，请改用普通数字")


def _as_text(value: object) -> str:
    """Text of a cell that ought to hold text; numbers only when whole and exact."""
    _refuse_stand_ins(value)
    if isinstance(value, str):
        result = clean(value)
    elif isinstance(value, bool):
        raise CellProblem("是逻辑值，应为文字")
    elif isinstance(value, int | float):
        result = _whole_number_text(value)
    elif isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise CellProblem("是日期或时间，应为文字；请把单元格设为文本格式")
    else:
        raise CellProblem("不是文字")
    for char in result:
        # Cc: control, Cs: half of a pair, Cn: not a character (U+FFFE). The file formats cannot carry them.
        if char != "\n" and unicodedata.category(char) in {"Cc", "Cs", "Cn"}:
            raise CellProblem("含有不能使用的控制字符")
    return result


def _whole_number_text(value: int | float) -> str:
    if isinstance(value, float):
        if not value.is_integer():
            raise CellProblem("是小数，应为文字；请把单元格设为文本格式")
        value = int(value)
    if abs(value) >= 10 ** (EXACT_DIGITS - 1):
        raise CellProblem("是按数值存放的长数字，末尾可能已被改为 0；请把单元格设为文本格式后重新填写")
    return str(value)


def text(value: object) -> str:
    """One line of ordinary text; `text(0)` is "0"."""
    result = long_text(value)
    if "\n" in result:
        raise CellProblem("含有换行，请写成一行")
    return result


def long_text(value: object) -> str:
    """Text that may have line breaks; at most 5,000 characters."""
    result = _as_text(value)
    if not result:
        raise CellProblem("不能为空")
    if len(result) > MAX_TEXT:
        raise CellProblem(f"超过 {MAX_TEXT} 个字")
    return result


def name(value: object) -> str:
    """A person's name: blanks between Chinese characters out, one form of the dot, the dot kept."""
    if not isinstance(value, str):
        _refuse_stand_ins(value)
        raise CellProblem("不是姓名")
    result = text(_DOTS.sub("·", value))
    if _HAN_CHAR.search(result):
        result = result.replace(".", "·")
    result = re.sub(r"\s*·\s*", "·", _BLANK_IN_HAN.sub("", result))
    if len(result) > MAX_CODE:
        raise CellProblem(f"超过 {MAX_CODE} 个字")
    if not any(char.isalpha() for char in result):
        raise CellProblem("不是姓名")
    return result


def code(value: object) -> str:
    """A code or number that identifies: leading zeros stay, `2210001.0` is 2210001, upper case as written."""
    _refuse_odd_digits(value)
    result = text(value)
    if isinstance(value, int | float) and result.startswith("-"):
        raise CellProblem("不是有效的代码")
    if re.fullmatch(r"[0-9]+\.0", result):
        result = result[:-2]
    result = result.replace(" ", "")
    if len(result) > MAX_CODE:
        raise CellProblem(f"超过 {MAX_CODE} 个字符")
    if not _CODE.match(result):
        raise CellProblem("只能由文字、字母、数字和 - _ . / 组成")
    return result


def integer(minimum: int | None = None, maximum: int | None = None) -> Converter[int]:
    """Make a converter for whole numbers within limits (both included).

    60, "60", "６０", " 60 " and 60.0 are 60; `60人`, `6 0`, "60.0", "1e2", "1,200", `六十`, 60.5 and TRUE are refused.
    """

    def convert(value: object) -> int:
        _refuse_stand_ins(value)
        _refuse_odd_digits(value)
        if isinstance(value, bool):
            raise CellProblem("是逻辑值，应为整数")
        if isinstance(value, float):
            if not value.is_integer() or abs(value) >= 10**EXACT_DIGITS:
                raise CellProblem("应为整数")
            result = int(value)
        elif isinstance(value, int):
            result = value
        elif isinstance(value, str) and _INTEGER.match(clean(value)):
            result = int(clean(value))
        else:
            raise CellProblem("应为整数")
        if (minimum is not None and result < minimum) or (maximum is not None and result > maximum):
            raise CellProblem(_range_reason(minimum, maximum))
        return result

    return convert


def _range_reason(minimum: int | None, maximum: int | None) -> str:
    if minimum is None:
        return f"应不大于 {maximum}"
    if maximum is None:
        return f"应不小于 {minimum}"
    return f"应在 {minimum} 到 {maximum} 之间"


def date(value: object, *, date1904: bool = False) -> datetime.date:
    """A day between 1990 and 2100.

    Real dates; 2023-9-1, 2023/9/1, 2023.9.1, 2023年9月1日, 20230901 as text; as a number 20230901 or the sheet's own
    day count (45170 = 2023-09-01, counted from 1904 in such a workbook). 9/1/2023 and the text "45170" are refused.
    """
    _refuse_stand_ins(value)
    _refuse_odd_digits(value)
    result = _date_of(value, date1904)
    if not FIRST_DAY <= result <= LAST_DAY:
        raise CellProblem(f"不在 {FIRST_DAY.year} 年到 {LAST_DAY.year} 年之间")
    return result


def _date_of(value: object, date1904: bool) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str):
        return _date_from_text(clean(value).replace(" ", "") if "年" in value else clean(value))
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return _date_from_number(int(value), date1904)
    raise CellProblem(f"不是日期，{DATE_FORMS}")


def _date_from_text(value: str) -> datetime.date:
    match = _DATE_TEXT.match(value)
    if match is None:
        raise CellProblem(f"不是可识别的日期，{DATE_FORMS}")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise CellProblem("是不存在的日期") from None


def _date_from_number(value: int, date1904: bool) -> datetime.date:
    if 10_000_000 <= value <= 99_999_999:
        return _date_from_text(str(value))
    first = EXCEL_1904_DAY_ZERO if date1904 else EXCEL_DAY_ZERO
    if not (FIRST_DAY - first).days <= value <= (LAST_DAY - first).days:
        raise CellProblem(f"不是可识别的日期，{DATE_FORMS}")
    return first + datetime.timedelta(days=value)


def choice(options: Mapping[str, T] | Set[str]) -> Converter[T]:
    """Make a converter for a fixed list of words; a mapping also says what each word stands for."""
    table: dict[str, T] = dict(options) if isinstance(options, Mapping) else {word: word for word in options}  # type: ignore[misc]
    by_word = {clean(word).replace(" ", ""): meaning for word, meaning in table.items()}
    listed = "、".join(table)

    def convert(value: object) -> T:
        word = _as_text(value).replace(" ", "")
        if word not in by_word:
            raise CellProblem(f"不在可选范围（{listed}）")
        return by_word[word]

    return convert


def phone(value: object) -> str:
    """A telephone number, mobile or fixed line, without blanks and brackets."""
    _refuse_odd_digits(value)
    result = re.sub(r"[\s()]", "", _as_text(value)).replace("—", "-").replace("–", "-")
    if not _PHONE.match(result):
        raise CellProblem("不是有效的电话号码")
    return result
