"""Classes, students, class teachers and appointments: one module of addresses per noun."""

from django.urls import URLPattern

from . import appointments, classes, filing, handovers, imports, leaves, nominations

app_name = "teachers"

urlpatterns: list[URLPattern] = [
    *classes.urlpatterns,
    *appointments.urlpatterns,
    *nominations.urlpatterns,
    *filing.urlpatterns,
    *handovers.urlpatterns,
    *leaves.urlpatterns,
    *imports.urlpatterns,
]
