from django.urls import URLPattern, path

from ..views import appointments as views

urlpatterns: list[URLPattern] = [
    path("appointments/", views.Appointments.as_view(), name="appointments"),
    path("appointments/acting/", views.AppointActing.as_view(), name="appoint_acting"),
    path("appointments/renew/", views.RenewMany.as_view(), name="renew_many"),
    path("appointments/<int:pk>/", views.AppointmentDetail.as_view(), name="appointment"),
    path("appointments/<int:pk>/end/", views.EndAppointment.as_view(), name="end_appointment"),
    path("appointments/<int:pk>/renew/", views.RenewAppointment.as_view(), name="renew"),
    path("appointments/<int:pk>/correct/", views.CorrectAppointment.as_view(), name="correct_appointment"),
    path("appointments/<int:pk>/void/", views.VoidAppointment.as_view(), name="void_appointment"),
    path("vacancies/", views.Vacancies.as_view(), name="vacancies"),
]
