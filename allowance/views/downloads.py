"""Files of the allowance: each export is written down before it leaves the house."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from allowance.bundle_exports import bundle_workbook
from allowance.exports import allowance_workbook
from allowance.models import Bundle, MonthSheet
from allowance.pdf import sheet_pdf
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.documents.workbooks_out import PDF, attachment_response
from gaobo_banzhuren.web.error_views import user_error
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.views import DetailPage, RolePage, visible

from .base import HR, KEEPERS, OFFICE, month_or_404
from .sheets import SheetDetailPage

WHAT = "班主任津贴发放表"


def note_export(
    user: User, obj: MonthSheet | Bundle | None, kind: str, *, text: str = "", college: int | None = None
) -> None:
    with transaction.atomic():
        record(user, "allowance.export", obj, after={"格式": kind}, object_text=text, college=college)


def workbook_answer(sheets: Sequence[MonthSheet], name: str) -> HttpResponse:
    return attachment_response(allowance_workbook(sheets), f"{WHAT}_{name}.xlsx")


class SheetXlsx(SheetDetailPage):
    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        sheet: MonthSheet = self.object
        answer = workbook_answer([sheet], f"{sheet.month:%Y-%m}_{sheet.college}")
        note_export(self.user, sheet, "xlsx", college=sheet.college_id)
        return answer


class SheetPdf(SheetDetailPage):
    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        sheet: MonthSheet = self.object
        try:
            data = sheet_pdf(sheet)
        except UserError as error:
            return user_error(request, error)
        note_export(self.user, sheet, "pdf", college=sheet.college_id)
        return attachment_response(data, f"{WHAT}_{sheet.month:%Y-%m}_{sheet.college}.pdf", PDF)


class MonthXlsx(RolePage):
    """All sheets of a month that the person may see."""

    roles = KEEPERS

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        wanted = month_or_404(month)
        sheets = visible(MonthSheet, self.user).filter(month=wanted.first_day)
        try:
            answer = workbook_answer(
                list(
                    sheets.select_related(
                        "college", "computed_by", "submitted_by", "reviewed_by", "bundle__received_by"
                    )
                ),
                str(wanted),
            )
        except UserError as error:
            return user_error(request, error)
        note_export(self.user, None, "xlsx", text=f"{wanted} 各学院月表")
        return answer


class BundleXlsx(DetailPage):
    """Everything in a bundle, as HR takes it."""

    roles = (*OFFICE, *HR)
    model = Bundle

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        bundle: Bundle = self.object
        try:
            data = bundle_workbook(bundle)
        except UserError as error:
            return user_error(request, error)
        note_export(self.user, bundle, "xlsx")
        return attachment_response(data, f"{WHAT}_批次{bundle.number}.xlsx")
