"""Classes, students, class teachers and appointments."""

from django.urls import URLPattern

app_name = "teachers"

urlpatterns: list[URLPattern] = []
