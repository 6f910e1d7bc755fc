"""How the import looks and what it is called in the log."""

from gaobo_banzhuren.audit import labels
from gaobo_banzhuren.web.status import declare

from ..models import ImportState

declare(
    ImportState,
    {
        ImportState.PREVIEWED: "progress",
        ImportState.REFUSED: "danger",
        ImportState.COMMITTED: "success",
        ImportState.UNDONE: ("neutral", "arrow-counterclockwise"),
        ImportState.DISCARDED: ("neutral", "slash-circle"),
    },
)
labels.add_actions(
    {"teachers.import": "导入名册", "teachers.import_undo": "撤销名册导入", "teachers.roster_export": "导出名册"}
)
