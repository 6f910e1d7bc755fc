"""Errors that a person can understand and act on. Views turn them into a message, commands into one line on stderr."""


class UserError(Exception):
    """Something the person can put right: the text is Chinese and names the place and the remedy."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(UserError):
    """A policy refused; the text says why."""

    status = 403


class StaleError(UserError):
    """Somebody else changed the thing in between; nothing was written."""

    status = 409
