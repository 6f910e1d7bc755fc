"""What this app registers with the foundation; imported once by `DutiesConfig.ready`."""

from gaobo_banzhuren.documents.files import register_scope

from . import looks  # noqa: F401  declares how states look
from .services import records

register_scope(records.FILE_PURPOSE, records.may_open_file)
