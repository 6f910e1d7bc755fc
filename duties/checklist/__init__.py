"""The term's checklist of a class: what articles 4 to 6 ask, what is there, what is missing, until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from gaobo_banzhuren.regulation.models import Term

from .rows import Row as Row
from .rows import State as State


def checklist_of(class_ids: Iterable[int], term: Term, today: dt.date) -> dict[int, list[Row]]:
    """The rows of each class for the term, in the order of the data file. A fixed number of queries."""
    raise NotImplementedError
