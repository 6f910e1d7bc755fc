"""The graduating class: candidates, appraisals, leaving lists."""

from django.urls import path

from ..views import graduation, leaving

HERE = "classes/<int:class_id>/graduation/"

urlpatterns = [
    path(HERE, graduation.Hub.as_view(), name="graduation"),
    path(f"{HERE}awards/", graduation.Awards.as_view(), name="graduate_awards"),
    path(f"{HERE}awards/new/", graduation.Propose.as_view(), name="graduate_award_propose"),
    path("graduate-awards/<int:pk>/edit/", graduation.EditAward.as_view(), name="graduate_award_edit"),
    path("graduate-awards/<int:pk>/submit/", graduation.SubmitAward.as_view(), name="graduate_award_submit"),
    path("graduate-awards/<int:pk>/decide/", graduation.DecideAward.as_view(), name="graduate_award_decide"),
    path("graduate-awards/<int:pk>/withdraw/", graduation.WithdrawAward.as_view(), name="graduate_award_withdraw"),
    path(f"{HERE}appraisals/", leaving.Appraisals.as_view(), name="appraisals"),
    path(f"{HERE}appraisals/print/", leaving.AppraisalsPdf.as_view(), name="appraisals_pdf"),
    path(f"{HERE}appraisals/<int:pk>/", leaving.AppraisalPage.as_view(), name="appraisal"),
    path(f"{HERE}departure/", leaving.Departures.as_view(), name="departures"),
    path(f"{HERE}departure/<int:pk>/", leaving.DeparturePage.as_view(), name="departure"),
]
