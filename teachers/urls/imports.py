"""Addresses of the roster import and export. The words come first: a number cannot be one."""

from django.urls import URLPattern, path

from ..views import imports

urlpatterns: list[URLPattern] = [
    path("import/", imports.Upload.as_view(), name="import"),
    path("import/template/", imports.Template.as_view(), name="import_template"),
    path("import/export/", imports.RosterExport.as_view(), name="roster_export"),
    path("import/<int:pk>/", imports.Batch.as_view(), name="import_batch"),
    path("import/<int:pk>/columns/", imports.Columns.as_view(), name="import_columns"),
    path("import/<int:pk>/commit/", imports.Commit.as_view(), name="import_commit"),
    path("import/<int:pk>/undo/", imports.Undo.as_view(), name="import_undo"),
    path("import/<int:pk>/discard/", imports.Discard.as_view(), name="import_discard"),
    path("import/<int:pk>/errors/", imports.Errors.as_view(), name="import_errors"),
]
