"""The regulation as data."""

from django.urls import URLPattern

app_name = "regulation"

urlpatterns: list[URLPattern] = []
