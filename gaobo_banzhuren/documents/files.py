"""Who may open a stored file: the app that owns the purpose says so, per file and per request."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gaobo_banzhuren.accounts.models import User
    from gaobo_banzhuren.documents.models import StoredFile

    Scope = Callable[[User, StoredFile], bool]

_scopes: "Final[dict[str, Scope]]" = {}


def register_scope(purpose: str, may_open: "Scope") -> None:
    """Let an app decide over the files of one purpose (`duties.record`); call it in the app's `ready()`.

    `may_open(user, stored_file)` looks from the object that the file belongs to, not from who uploaded it, so that a
    lost right closes the file too. Raises ValueError when another function already decides over the purpose.
    """
    known = _scopes.get(purpose)
    if known is not None and known is not may_open:
        raise ValueError(f"purpose {purpose} already has a scope")
    _scopes[purpose] = may_open


def may_open(user: "User", stored: "StoredFile") -> bool:
    """Ask the purpose's app; a purpose that nobody registered opens for nobody."""
    scope = _scopes.get(stored.purpose)
    return scope is not None and bool(scope(user, stored))
