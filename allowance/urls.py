"""Addresses of the allowance (第十条)."""

from django.urls import URLPattern, path

from .views import adjustments, bundles, downloads, lines, mine, months, sheet_actions, sheets, years

app_name = "allowance"

urlpatterns: list[URLPattern] = [
    # 月份
    path("", months.MonthsPage.as_view(), name="months"),
    path("settle/", months.SettlePage.as_view(), name="settle"),
    path("months/<str:month>/", months.MonthPage.as_view(), name="month"),
    path("months/<str:month>/xlsx/", downloads.MonthXlsx.as_view(), name="month_xlsx"),
    # 月表
    path("sheets/<int:pk>/", sheets.SheetPage.as_view(), name="sheet"),
    path("sheets/<int:pk>/settle/", sheet_actions.SheetSettlePage.as_view(), name="sheet_settle"),
    path("sheets/<int:pk>/detect/", sheet_actions.DetectPage.as_view(), name="sheet_detect"),
    path("sheets/<int:pk>/warnings/", sheet_actions.ConfirmWarningsPage.as_view(), name="warning_confirm"),
    path("sheets/<int:pk>/submit/", sheet_actions.SubmitPage.as_view(), name="sheet_submit"),
    path("sheets/<int:pk>/return/", sheet_actions.ReturnPage.as_view(), name="sheet_return"),
    path("sheets/<int:pk>/review/", sheet_actions.ReviewPage.as_view(), name="sheet_review"),
    path("sheets/<int:pk>/reopen/", sheet_actions.ReopenPage.as_view(), name="sheet_reopen"),
    path("sheets/<int:pk>/versions/", sheets.VersionsPage.as_view(), name="versions"),
    path("sheets/<int:pk>/xlsx/", downloads.SheetXlsx.as_view(), name="sheet_xlsx"),
    path("sheets/<int:pk>/pdf/", downloads.SheetPdf.as_view(), name="sheet_pdf"),
    path("headcounts/<int:pk>/", sheets.HeadcountPage.as_view(), name="headcount"),
    path("lines/<int:pk>/", lines.LinePage.as_view(), name="line"),
    path("objections/<int:pk>/", mine.ObjectionPage.as_view(), name="objection"),
    # 更正
    path("adjustments/", adjustments.AdjustmentsPage.as_view(), name="adjustments"),
    path("adjustments/new/", adjustments.AdjustmentCreatePage.as_view(), name="adjustment_create"),
    path("adjustments/<int:pk>/", adjustments.AdjustmentPage.as_view(), name="adjustment"),
    path("adjustments/<int:pk>/adopt/", adjustments.AdoptPage.as_view(), name="adjustment_adopt"),
    path("adjustments/<int:pk>/decide/", adjustments.DecidePage.as_view(), name="adjustment_decide"),
    # 本人
    path("mine/", mine.MinePage.as_view(), name="mine"),
    path("mine/lines/<int:pk>/", lines.MyLinePage.as_view(), name="my_line"),
    path("mine/headcounts/", mine.HeadcountsPage.as_view(), name="headcounts"),
    path("mine/headcounts/<int:pk>/", mine.HeadcountAnswerPage.as_view(), name="headcount_answer"),
    # 学年
    path("years/<slug:slug>/", years.YearPage.as_view(), name="year"),
    path("years/<slug:slug>/teachers/<int:pk>/", years.TeacherYearPage.as_view(), name="teacher_year"),
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
