"""Class committee, special students, talk plan."""

from django.urls import path

from ..views import class_students as views

urlpatterns = [
    path("classes/<int:pk>/posts/", views.Posts.as_view(), name="posts"),
    path("classes/<int:pk>/posts/new/", views.NewPosts.as_view(), name="post_new"),
    path("posts/<int:pk>/duties/", views.ChangeDuties.as_view(), name="post_duties"),
    path("posts/<int:pk>/end/", views.EndPost.as_view(), name="post_end"),
    path("classes/<int:pk>/specials/", views.Specials.as_view(), name="specials"),
    path("classes/<int:pk>/specials/new/", views.MarkSpecial.as_view(), name="special_new"),
    path("specials/<int:pk>/change/", views.ChangeSpecial.as_view(), name="special_change"),
    path("specials/<int:pk>/lift/", views.LiftSpecial.as_view(), name="special_lift"),
    path("specials/<int:pk>/read/", views.ReadNote.as_view(), name="special_read"),
    path("classes/<int:pk>/talk-plan/", views.TalkPlan.as_view(), name="talk_plan"),
]
