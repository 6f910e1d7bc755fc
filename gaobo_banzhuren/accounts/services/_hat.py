"""Under which role a manager acts on accounts: the widest one that opens the page."""

from ..models import User
from ..policies import MANAGERS
from ..roles import Role


def hat(actor: User | None) -> Role | str:
    if actor is None:
        return ""
    return next((role for role in MANAGERS if actor.access.has(role)), "")
