"""Workbooks that people upload, read without trusting them: see the package docstring of `documents`."""

from gaobo_banzhuren.documents.workbooks_in.headers import HeaderColumn
from gaobo_banzhuren.documents.workbooks_in.limits import Limits
from gaobo_banzhuren.documents.workbooks_in.marked import error_workbook
from gaobo_banzhuren.documents.workbooks_in.refused import WorkbookRefused
from gaobo_banzhuren.documents.workbooks_in.table import SheetTable
from gaobo_banzhuren.documents.workbooks_in.workbook import SafeWorkbook, open_workbook

__all__ = [
    "HeaderColumn",
    "Limits",
    "SafeWorkbook",
    "SheetTable",
    "WorkbookRefused",
    "error_workbook",
    "open_workbook",
]
