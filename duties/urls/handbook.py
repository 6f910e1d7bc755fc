from django.urls import path

from ..views.handbook import HandbookPage

urlpatterns = [path("classes/<int:pk>/handbook/", HandbookPage.as_view(), name="handbook")]
