from django.urls import URLPattern, path

from ..views import dismissals
from ..views import handovers as views

urlpatterns: list[URLPattern] = [
    path("handovers/", views.Handovers.as_view(), name="handovers"),
    path("handovers/new/", views.StartHandover.as_view(), name="handover_create"),
    path("appointments/<int:pk>/hand-over/", views.HandoverWizard.as_view(), name="handover_start"),
    path("handovers/<int:pk>/", views.HandoverDetail.as_view(), name="handover"),
    path("handovers/<int:pk>/items/", views.FillChecklist.as_view(), name="handover_items"),
    path("handovers/<int:pk>/confirm/", views.ConfirmHandover.as_view(), name="handover_confirm"),
    path("handovers/<int:pk>/cancel/", views.CancelHandover.as_view(), name="handover_cancel"),
    path("dismissals/", dismissals.Dismissals.as_view(), name="dismissals"),
    path("dismissals/new/", dismissals.ProposeDismissal.as_view(), name="dismissal_create"),
    path("dismissals/<int:pk>/", dismissals.DismissalDetail.as_view(), name="dismissal"),
    path("dismissals/<int:pk>/statement/", dismissals.StateView.as_view(), name="dismissal_statement"),
    path("dismissals/<int:pk>/decide/", dismissals.DecideDismissal.as_view(), name="dismissal_decide"),
    path("dismissals/<int:pk>/reject/", dismissals.RejectDismissal.as_view(), name="dismissal_reject"),
    path("dismissals/<int:pk>/withdraw/", dismissals.WithdrawDismissal.as_view(), name="dismissal_withdraw"),
]
