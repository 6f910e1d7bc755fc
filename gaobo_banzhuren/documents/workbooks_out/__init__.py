"""Workbooks that the offices open: described as data, written as values only, the same bytes for the same input.

No cell is ever a formula: text that begins like one stays text, whatever a person typed.
"""

from gaobo_banzhuren.documents.workbooks_out.package import finish
from gaobo_banzhuren.documents.workbooks_out.responses import (
    PDF,
    XLSX,
    ZIP,
    as_attachment,
    attachment_response,
    safe_file_name,
)
from gaobo_banzhuren.documents.workbooks_out.sheets import (
    Column,
    Sheet,
    Table,
    display_width,
    fitting_width,
    shown_width,
    workbook_bytes,
    write_sheet,
)
from gaobo_banzhuren.documents.workbooks_out.values import (
    DATE,
    DATETIME,
    INTEGER,
    MONEY,
    NUMBER,
    TEXT,
    SheetNames,
    safe_cell,
    safe_text,
)

__all__ = [
    "DATE",
    "DATETIME",
    "INTEGER",
    "MONEY",
    "NUMBER",
    "PDF",
    "TEXT",
    "XLSX",
    "ZIP",
    "Column",
    "Sheet",
    "SheetNames",
    "Table",
    "as_attachment",
    "attachment_response",
    "display_width",
    "finish",
    "fitting_width",
    "safe_cell",
    "safe_file_name",
    "safe_text",
    "shown_width",
    "workbook_bytes",
    "write_sheet",
]
