"""Addresses of chapters 2 and 3, one module per noun; a module in the list gives its `urlpatterns`."""

from importlib import import_module

app_name = "duties"

ROOMS: tuple[str, ...] = (
    "attendance",
    "checklist",
    "exams",
    "fees",
    "graduation",
    "handbook",
    "imports",
    "overview",
    "papers",
    "records",
    "students",
    "tasks",
)

urlpatterns = [pattern for room in ROOMS for pattern in import_module(f"{__name__}.{room}").urlpatterns]
