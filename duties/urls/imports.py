"""Imports of fees, registrations, results and attendance."""

from django.urls import path

from ..views import imports

urlpatterns = [
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/new/<str:kind>/", imports.Upload.as_view(), name="import_upload"),
    path("imports/new/<str:kind>/template/", imports.Template.as_view(), name="import_template"),
    path("imports/<int:pk>/", imports.Batch.as_view(), name="import_batch"),
    path("imports/<int:pk>/commit/", imports.Commit.as_view(), name="import_commit"),
    path("imports/<int:pk>/discard/", imports.Discard.as_view(), name="import_discard"),
    path("imports/<int:pk>/undo/", imports.Undo.as_view(), name="import_undo"),
    path("imports/<int:pk>/errors/", imports.Errors.as_view(), name="import_errors"),
]
