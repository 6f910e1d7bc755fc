"""Plans and summaries of a class and term."""

from django.urls import path

from ..views import papers

urlpatterns = [
    path("papers/", papers.papers, name="papers"),
    path("papers/new/", papers.PaperNew.as_view(), name="paper_new"),
    path("papers/due/", papers.SetDue.as_view(), name="paper_due"),
    path("papers/<int:pk>/", papers.PaperDetail.as_view(), name="paper"),
    path("papers/<int:pk>/edit/", papers.PaperEdit.as_view(), name="paper_edit"),
    path("papers/<int:pk>/withdraw/", papers.Withdraw.as_view(), name="paper_withdraw"),
    path("papers/<int:pk>/return/", papers.SendBack.as_view(), name="paper_return"),
    path("papers/<int:pk>/review/", papers.Review.as_view(), name="paper_review"),
]
