"""Start page, search, health."""

from django.urls import path

from . import health, pages

app_name = "web"

urlpatterns = [
    path("", pages.HomePage.as_view(), name="home"),
    path("search/", pages.SearchPage.as_view(), name="search"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
