"""One line of the checklist, and what the data file says about it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).resolve().parent.parent / "data" / "checklist.json"


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

    `need` says what is to be reached: `some` (no number in the regulation, one record shows that it is done), `any`
    (written down when there is one), `rule` (the number of the regulation) or `list` (as many as are on the list).
    `source` names the count in `facts`; `due_*` and `opens_*` are days after the start or end of the term. `kind` with
    `category` is what the button records, else `place` (an address name, with `class` when it is of one class; `act`
    where the button leads elsewhere). `only`: first_term, new_class, teaching, graduating. `target`: an office or
    college may set a number of its own.
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
    act: str = ""
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

    @property
    def progress(self) -> str:
        """What is there of what is asked, e.g. `1 / 2`."""
        return str(self.have) if self.need is None else f"{self.have} / {self.need}"

    @property
    def says_why(self) -> bool:
        """Whether the line itself says why; what is done without a number of anybody says it when opened."""
        return self.state is not State.DONE or bool(self.need_label)

    @property
    def pressing(self) -> bool:
        return self.state in (State.OPEN, State.OVERDUE)


@dataclass(frozen=True, slots=True)
class Declaration:
    groups: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]


@cache
def declared() -> Declaration:
    """The data file, read once per process."""
    data = json.loads(DATA.read_text("utf-8"))
    groups = tuple((key, label) for key, label in data["groups"])
    return Declaration(groups, tuple(Item(**one) for one in data["items"]))


def items_with_target() -> list[Item]:
    """Items for which an office or college may set a number (自定目标)."""
    return [item for item in declared().items if item.target]
