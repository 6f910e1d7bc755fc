"""Addresses of 制度与校历 and 制度对照."""

from django.urls import path

from .views import calendar, clauses, drafts, home, readings, versions

app_name = "regulation"

urlpatterns = [
    path("", home.HomePage.as_view(), name="home"),
    path("system/", home.SystemSettingsPage.as_view(), name="system_settings"),
    path("clauses/", clauses.ClausesPage.as_view(), name="clauses"),
    # 口径与解释
    path("readings/", readings.ReadingsPage.as_view(), name="readings"),
    path("readings/<str:code>/confirm/", readings.ConfirmPage.as_view(), name="reading_confirm"),
    path("interpretations/", readings.InterpretationsPage.as_view(), name="interpretations"),
    path("interpretations/new/", readings.InterpretPage.as_view(), name="interpretation_create"),
    # 制度版本
    path("versions/", versions.VersionsPage.as_view(), name="versions"),
    path("versions/new/", drafts.DraftCreatePage.as_view(), name="draft_create"),
    path("versions/<int:pk>/", versions.VersionPage.as_view(), name="version"),
    path("versions/<int:pk>/differences/", versions.DifferencesPage.as_view(), name="differences"),
    path("versions/<int:pk>/document/", versions.DocumentPage.as_view(), name="version_document"),
    path("versions/<int:pk>/head/", drafts.HeadPage.as_view(), name="draft_head"),
    path("versions/<int:pk>/edit/<slug:part>/", drafts.PartPage.as_view(), name="draft_part"),
    path("versions/<int:pk>/preview/", drafts.PreviewPage.as_view(), name="preview"),
    path("versions/<int:pk>/activate/", drafts.ActivatePage.as_view(), name="activate"),
    path("versions/<int:pk>/void/", drafts.VoidPage.as_view(), name="void"),
    # 校历
    path("calendar/", calendar.CalendarPage.as_view(), name="calendar"),
    path("calendar/add/", calendar.AddDaysPage.as_view(), name="calendar_add"),
    path("calendar/<int:pk>/remove/", calendar.RemoveDayPage.as_view(), name="calendar_day_remove"),
    path("years/new/", calendar.NewYearPage.as_view(), name="school_year_create"),
    path("years/<slug:name>/", calendar.SchoolYearPage.as_view(), name="school_year"),
    path("years/<slug:name>/months/", calendar.MonthsPage.as_view(), name="payable_months"),
    path("years/<slug:name>/months/confirm/", calendar.ConfirmMonthsPage.as_view(), name="payable_confirm"),
    path("years/<slug:name>/terms/", calendar.TermsPage.as_view(), name="terms"),
    path("years/<slug:name>/settings/", calendar.YearSettingsPage.as_view(), name="year_settings"),
]
