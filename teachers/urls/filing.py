from django.urls import URLPattern, path

from ..views import filing as views

urlpatterns: list[URLPattern] = [
    path("filing/", views.FilingQueue.as_view(), name="filing"),
    path("appointments/<int:pk>/file/", views.FileAppointment.as_view(), name="file_appointment"),
    path("appointments/<int:pk>/question/", views.AskBack.as_view(), name="filing_question"),
    path("appointments/<int:pk>/answer/", views.AnswerQuestion.as_view(), name="filing_answer"),
]
