"""One line of the checklist."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """none: nothing of this kind is to be done here; not_yet: its time has not come."""

    DONE = "done"
    OPEN = "open"
    OVERDUE = "overdue"
    NONE = "none"
    NOT_YET = "not_yet"

    @property
    def label(self) -> str:
        return {"done": "已做", "open": "待做", "overdue": "逾期", "none": "无需办理", "not_yet": "未到时间"}[
            self.value
        ]

    @property
    def tone(self) -> str:
        tones = {"done": "success", "open": "progress", "overdue": "danger", "none": "neutral", "not_yet": "neutral"}
        return tones[self.value]

    @property
    def icon(self) -> str:
        icons = {
            "done": "check-circle", "open": "circle", "overdue": "exclamation-circle", "none": "dash-lg",
            "not_yet": "hourglass-split",
        }  # fmt: skip
        return icons[self.value]


@dataclass(frozen=True, slots=True)
class Item:
    """An item as the data file declares it; `text` and `counts` are the project's own short wording.

    `need` says what the number to reach is: `some` (the regulation sets no number, one record shows it is done),
    `rule` (the number of the regulation) or `list` (as many as there are on the list).
    """

    key: str
    group: str
    clause: str
    text: str
    counts: str
    need: str
    source: str
    due_from: str = "term_end"
    due_days: int = 0
    opens_from: str = "term_start"
    opens_days: int = 0
    kind: str = ""
    category: str = ""
    place: str = ""
    only: str = ""
    target: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An item for one class and term. `need` None: no number; `need_label` who set the number."""

    item: Item
    class_id: int
    have: int
    need: int | None
    state: State
    due_on: dt.date | None
    why: str
    need_label: str = ""
    records_url: str = ""
    new_url: str = ""
    missing: tuple[str, ...] = ()
