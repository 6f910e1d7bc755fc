"""The kinds of import that there are, in the order in which the page offers them."""

from __future__ import annotations

from typing import Final

from gaobo_banzhuren.accounts.models import User

from ..declaring import ImportKind
from .attendance import ATTENDANCE
from .fees import FEES
from .registrations import REGISTRATIONS
from .results import RESULTS

KINDS: Final[tuple[ImportKind, ...]] = (FEES, REGISTRATIONS, RESULTS, ATTENDANCE)
BY_KEY: Final = {kind.key: kind for kind in KINDS}


def open_to(user: User) -> list[ImportKind]:
    """What the person may import."""
    return [kind for kind in KINDS if kind.is_open_to(user)]
