"""The file as a whole cannot be read."""

from gaobo_banzhuren.web.errors import UserError


class WorkbookRefused(UserError):
    """The upload is not a workbook that may be opened; `kind` is a stable word for tests and logs."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
