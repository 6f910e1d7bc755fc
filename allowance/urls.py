"""Addresses of the allowance (第十条)."""

from django.urls import URLPattern, path

from .views import bundles, downloads, lines, months, sheets

app_name = "allowance"

urlpatterns: list[URLPattern] = [
    # 月份
    path("", months.MonthsPage.as_view(), name="months"),
    path("settle/", months.SettlePage.as_view(), name="settle"),
    path("months/<str:month>/", months.MonthPage.as_view(), name="month"),
    path("months/<str:month>/xlsx/", downloads.MonthXlsx.as_view(), name="month_xlsx"),
    # 月表
    path("sheets/<int:pk>/", sheets.SheetPage.as_view(), name="sheet"),
    path("sheets/<int:pk>/settle/", sheets.SheetSettlePage.as_view(), name="sheet_settle"),
    path("sheets/<int:pk>/detect/", sheets.DetectPage.as_view(), name="sheet_detect"),
    path("sheets/<int:pk>/warnings/", sheets.ConfirmWarningsPage.as_view(), name="warning_confirm"),
    path("sheets/<int:pk>/submit/", sheets.SubmitPage.as_view(), name="sheet_submit"),
    path("sheets/<int:pk>/return/", sheets.ReturnPage.as_view(), name="sheet_return"),
    path("sheets/<int:pk>/review/", sheets.ReviewPage.as_view(), name="sheet_review"),
    path("sheets/<int:pk>/reopen/", sheets.ReopenPage.as_view(), name="sheet_reopen"),
    path("sheets/<int:pk>/versions/", sheets.VersionsPage.as_view(), name="versions"),
    path("sheets/<int:pk>/xlsx/", downloads.SheetXlsx.as_view(), name="sheet_xlsx"),
    path("sheets/<int:pk>/pdf/", downloads.SheetPdf.as_view(), name="sheet_pdf"),
    path("headcounts/<int:pk>/", sheets.HeadcountPage.as_view(), name="headcount"),
    path("lines/<int:pk>/", lines.LinePage.as_view(), name="line"),
    # 批次
    path("bundles/", bundles.BundlesPage.as_view(), name="bundles"),
    path("bundles/new/", bundles.BundleCreatePage.as_view(), name="bundle_create"),
    path("bundles/<int:pk>/", bundles.BundlePage.as_view(), name="bundle"),
    path("bundles/<int:pk>/add/", bundles.BundleAddPage.as_view(), name="bundle_add"),
    path("bundles/<int:pk>/remove/<int:sheet>/", bundles.BundleRemovePage.as_view(), name="bundle_remove"),
    path("bundles/<int:pk>/hand-over/", bundles.HandOverPage.as_view(), name="bundle_hand_over"),
    path("bundles/<int:pk>/receive/", bundles.ReceivePage.as_view(), name="bundle_receive"),
    path("bundles/<int:pk>/xlsx/", downloads.BundleXlsx.as_view(), name="bundle_xlsx"),
]
