from django.urls import URLPattern, path

from ..views import leaves as views

urlpatterns: list[URLPattern] = [
    path("leaves/", views.Leaves.as_view(), name="leaves"),
    path("leaves/new/", views.RecordLeave.as_view(), name="leave_create"),
    path("leaves/<int:pk>/stand-in/", views.ChangeStandIn.as_view(), name="leave_edit"),
    path("leaves/<int:pk>/cancel/", views.CancelLeave.as_view(), name="leave_cancel"),
]
