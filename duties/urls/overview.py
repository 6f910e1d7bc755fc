"""Class overview, the college's check of the work, reminders."""

from django.urls import path

from ..views import overview, review

urlpatterns = [
    path("classes/<int:pk>/overview/", overview.ClassOverview.as_view(), name="class_overview"),
    path("review/", review.Review.as_view(), name="review"),
    path("review/remind/", review.Remind.as_view(), name="remind"),
    path("review/<int:pk>/", review.ReviewTeacher.as_view(), name="review_teacher"),
    path("reminders/", review.Reminders.as_view(), name="reminders"),
    path("reminders/<int:pk>/done/", review.PutAway.as_view(), name="reminder_done"),
]
