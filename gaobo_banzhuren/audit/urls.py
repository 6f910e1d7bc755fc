"""The log."""

from django.urls import path

from . import views

app_name = "audit"

urlpatterns = [
    path("", views.Entries.as_view(), name="entries"),
    path("<int:sequence>/", views.Entry.as_view(), name="entry"),
]
