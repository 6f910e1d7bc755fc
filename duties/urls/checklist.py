"""The term's checklist, figures with what is behind them, students to look after, and numbers to aim at."""

from django.urls import path

from ..views import checklist, figures

urlpatterns = [
    path("checklist/", checklist.Checklist.as_view(), name="checklist"),
    path("attention/", checklist.Attention.as_view(), name="attention"),
    path("targets/", checklist.Targets.as_view(), name="targets"),
    path("figures/", figures.MyFigures.as_view(), name="my_figures"),
    path("classes/<int:class_id>/figures/", figures.ClassFiguresPage.as_view(), name="figures"),
    path("classes/<int:class_id>/figures/<str:key>/", figures.FigurePage.as_view(), name="figure"),
]
