"""The start page: panels that the apps fill, and one obvious next action.

An app registers in its `AppConfig.ready`: `register_panel(roles, order, callable)`; the callable gets the user and
returns a Panel, or None when it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role


@dataclass(frozen=True, slots=True)
class PanelItem:
    """A line: what, how many (None = no number), where it leads. `tone` as in `web.status.TONES`; `note` is small print;
    `icon` is drawn where the panel shows large buttons."""

    label: str
    number: int | str | None
    url: str
    tone: str = "neutral"
    note: str = ""
    icon: str = "plus-lg"


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    url: str
    icon: str = "arrow-right"


@dataclass(frozen=True, slots=True)
class Panel:
    """A card of the start page. `action` is the panel's next step; the first panel's one becomes the page's main button.
    With `buttons` the items are large buttons for a thumb instead of lines."""

    title: str
    items: list[PanelItem] = field(default_factory=list)
    empty: str = "没有待办。"
    action: Action | None = None
    icon: str = "card-checklist"
    hat: str = ""
    buttons: bool = False

    @property
    def extra_action(self) -> Action | None:
        """The action, unless one of the lines leads there already."""
        doubled = self.action and any(item.url == self.action.url for item in self.items)
        return None if doubled else self.action


PanelMaker = Callable[[User], Panel | None]


@dataclass(frozen=True, slots=True)
class _Registered:
    order: int
    roles: frozenset[Role]
    make: PanelMaker


_panels: list[_Registered] = []


def register_panel(roles: Iterable[Role], order: int, make: PanelMaker) -> None:
    """Add a panel for people who hold one of `roles`; a lower `order` stands higher. Registering twice changes nothing."""
    entry = _Registered(order, frozenset(roles), make)
    if all(known.make is not make for known in _panels):
        _panels.append(entry)
        _panels.sort(key=lambda known: known.order)


def panels_for(user: User) -> list[Panel]:
    made = (known.make(user) for known in _panels if user.access.has(*known.roles))
    return [panel for panel in made if panel is not None]


def next_action(panels: list[Panel]) -> Action | None:
    """The one obvious next step: of the first panel that has something to do."""
    with_work = [panel for panel in panels if panel.action and panel.items]
    return with_work[0].action if with_work else None
