"""Addresses of attachments."""

from django.urls import path

from gaobo_banzhuren.documents import views

app_name = "documents"
urlpatterns = [path("<slug:public_id>/", views.file, name="file")]
