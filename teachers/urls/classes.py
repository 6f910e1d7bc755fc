"""Classes, students and class teachers."""

from django.urls import path

from ..views import classes, people, phones, students

urlpatterns = [
    path("mine/", classes.MyClasses.as_view(), name="my_classes"),
    path("classes/", classes.ClassList.as_view(), name="classes"),
    path("classes/new/", classes.ClassCreate.as_view(), name="class_create"),
    path("classes/<int:pk>/", classes.ClassPage.as_view(), name="class"),
    path("classes/<int:pk>/edit/", classes.ClassEdit.as_view(), name="class_edit"),
    path("programmes/", classes.ProgrammeList.as_view(), name="programmes"),
    path("students/", students.StudentList.as_view(), name="students"),
    path("students/new/", students.StudentCreate.as_view(), name="student_create"),
    path("students/<int:pk>/", students.StudentPage.as_view(), name="student"),
    path("students/<int:pk>/edit/", students.StudentEdit.as_view(), name="student_edit"),
    path("students/<int:pk>/state/", students.StudentStateChange.as_view(), name="student_state"),
    path("students/<int:pk>/move/", students.StudentMove.as_view(), name="student_move"),
    path("students/<int:pk>/entries/<int:entry>/", students.RosterCorrect.as_view(), name="roster_correct"),
    path("students/<int:pk>/guardians/new/", students.GuardianSave.as_view(), name="guardian_create"),
    path("students/<int:pk>/guardians/<int:guardian>/", students.GuardianSave.as_view(), name="guardian_edit"),
    path("students/<int:pk>/phone/", phones.StudentPhone.as_view(), name="student_phone"),
    path("students/<int:pk>/guardians/<int:guardian>/phone/", phones.GuardianPhone.as_view(), name="guardian_phone"),
    path("people/", people.TeacherList.as_view(), name="people"),
    path("people/new/", people.TeacherCreate.as_view(), name="teacher_create"),
    path("people/<int:pk>/", people.TeacherPage.as_view(), name="teacher"),
    path("people/<int:pk>/edit/", people.TeacherEdit.as_view(), name="teacher_edit"),
    path("people/<int:pk>/phone/", phones.TeacherPhone.as_view(), name="teacher_phone"),
    path("people/<int:pk>/documents/new/", people.DocumentAdd.as_view(), name="document_add"),
    path("people/<int:pk>/documents/<int:document>/remove/", people.DocumentRemove.as_view(), name="document_remove"),
]
