"""Signing in, the own account, people, codes, colleges."""

from django.urls import path

from .views import attempts, codes, colleges, me, people, sign_in

app_name = "accounts"

urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("password/", me.ChangePassword.as_view(), name="password"),
    path("me/", me.Profile.as_view(), name="profile"),
    path("me/sign-out-everywhere/", me.SignOutEverywhere.as_view(), name="sign_out_everywhere"),
    path("people/", people.People.as_view(), name="people"),
    path("people/new/", people.CreatePerson.as_view(), name="person_create"),
    path("people/<int:pk>/", people.Person.as_view(), name="person"),
    path("people/<int:pk>/edit/", people.EditPerson.as_view(), name="person_edit"),
    path("people/<int:pk>/grants/new/", people.AddGrant.as_view(), name="grant"),
    path("people/<int:pk>/code/", codes.IssueCode.as_view(), name="issue_code"),
    path("people/<int:pk>/deactivate/", people.Deactivate.as_view(), name="deactivate"),
    path("people/<int:pk>/activate/", people.Activate.as_view(), name="activate"),
    path("people/<int:pk>/unlock/", people.Unlock.as_view(), name="unlock"),
    path("grants/<int:pk>/end/", people.EndGrant.as_view(), name="grant_end"),
    path("codes/", codes.IssueCodes.as_view(), name="issue_codes"),
    path("attempts/", attempts.Attempts.as_view(), name="attempts"),
    path("colleges/", colleges.Colleges.as_view(), name="colleges"),
    path("colleges/new/", colleges.CreateCollege.as_view(), name="college_create"),
    path("colleges/<int:pk>/", colleges.EditCollege.as_view(), name="college"),
]
