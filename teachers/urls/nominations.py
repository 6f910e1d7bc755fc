from django.urls import URLPattern, path

from ..views import nominations as views

urlpatterns: list[URLPattern] = [
    path("nominations/", views.Nominations.as_view(), name="nominations"),
    path("nominations/new/", views.CreateNomination.as_view(), name="nominate"),
    path("nominations/<int:pk>/", views.NominationDetail.as_view(), name="nomination"),
    path("nominations/<int:pk>/conditions/", views.EditConditions.as_view(), name="nomination_conditions"),
    path("nominations/<int:pk>/edit/", views.EditNomination.as_view(), name="nomination_edit"),
    path("nominations/<int:pk>/submit/", views.SubmitNomination.as_view(), name="nomination_submit"),
    path("nominations/<int:pk>/decide/", views.ApproveNomination.as_view(), name="nomination_decide"),
    path("nominations/<int:pk>/reject/", views.RejectNomination.as_view(), name="nomination_reject"),
    path("nominations/<int:pk>/withdraw/", views.WithdrawNomination.as_view(), name="nomination_withdraw"),
]
