"""Classes, students, class teachers and appointments: one module of addresses per noun."""

from django.urls import URLPattern

from . import appointments, filing, handovers, leaves, nominations

app_name = "teachers"

urlpatterns: list[URLPattern] = [
    *appointments.urlpatterns,
    *nominations.urlpatterns,
    *filing.urlpatterns,
    *handovers.urlpatterns,
    *leaves.urlpatterns,
]
