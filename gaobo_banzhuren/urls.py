"""Table of contents of the addresses."""

from django.urls import include, path

from gaobo_banzhuren.web.admin_site import admin_site

urlpatterns = [
    path("", include("gaobo_banzhuren.web.urls")),
    path("accounts/", include("gaobo_banzhuren.accounts.urls")),
    path("audit/", include("gaobo_banzhuren.audit.urls")),
    path("files/", include("gaobo_banzhuren.documents.urls")),
    path("regulation/", include("gaobo_banzhuren.regulation.urls")),
    path("teachers/", include("teachers.urls")),
    path("duties/", include("duties.urls")),
    path("allowance/", include("allowance.urls")),
    path("admin/", admin_site.urls),
]

handler400 = "gaobo_banzhuren.web.error_views.bad_request"
handler403 = "gaobo_banzhuren.web.error_views.forbidden"
handler404 = "gaobo_banzhuren.web.error_views.not_found"
handler500 = "gaobo_banzhuren.web.error_views.server_error"
