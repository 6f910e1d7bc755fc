"""The answer of a policy: allowed or not, with the reason in Chinese.

The service enforces the answer, the view hands the same answer to the template, which shows the reason beside the
disabled button.
"""

from dataclasses import dataclass

from .errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Decision:
    """Truthy when allowed; `reason` is empty then."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise NotAllowed with the reason unless allowed."""
        if not self.allowed:
            raise NotAllowed(self.reason)


ALLOW = Decision(True)


def deny(reason: str) -> Decision:
    return Decision(False, reason)
