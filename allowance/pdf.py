"""The sheet on paper for signing: the rows of the screen and the workbook, A4 landscape."""

from __future__ import annotations

from gaobo_banzhuren.documents.pdf import render_pdf

from .document import SIGNATURES, TITLE, document_of
from .exports import COLUMNS
from .models import MonthSheet


def sheet_pdf(sheet: MonthSheet) -> bytes:
    """The same bytes for the same sheet. Raises PdfUnavailable where the machine lacks the libraries."""
    document = document_of(sheet)
    context = {
        "document": document,
        "title": f"{document.school}{TITLE}",
        "columns": [column.header for column in COLUMNS],
        "signatures": SIGNATURES,
    }
    return render_pdf("allowance/sheet_pdf.html", context, title=f"{TITLE} {document.month} {document.college}")
