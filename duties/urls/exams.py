"""Exams: sessions, courses, registrations, results, retakes, weak courses and students, exam affairs."""

from django.urls import path

from ..views import exam_affairs, exam_classes, exams, registrations, retakes, weak

ONE_CLASS = "exams/<int:pk>/classes/<int:class_id>/"

urlpatterns = [
    path("exams/", exams.Exams.as_view(), name="exams"),
    path("exams/new/", exams.SessionCreate.as_view(), name="exam_session_create"),
    path("exams/<int:pk>/", exams.SessionPage.as_view(), name="exam_session"),
    path("exams/<int:pk>/edit/", exams.SessionEdit.as_view(), name="exam_session_edit"),
    path(ONE_CLASS, exam_classes.ExamClassPage.as_view(), name="exam_class"),
    path(f"{ONE_CLASS}results/new/", exam_classes.ResultCreate.as_view(), name="result_create"),
    path(f"{ONE_CLASS}results/<int:result>/", exam_classes.ResultCorrect.as_view(), name="result_correct"),
    path(f"{ONE_CLASS}results/<int:result>/remove/", exam_classes.ResultRemove.as_view(), name="result_remove"),
    path("exams/<int:pk>/registrations/<int:class_id>/", registrations.Registrations.as_view(), name="registrations"),
    path(
        "exams/<int:pk>/registrations/<int:class_id>/plan/",
        registrations.PlanRegistrations.as_view(),
        name="registration_plan",
    ),
    path(
        "exams/<int:pk>/registrations/<int:class_id>/<int:registration>/remove/",
        registrations.RemoveRegistration.as_view(),
        name="registration_remove",
    ),
    path("courses/", exams.Courses.as_view(), name="courses"),
    path("courses/new/", exams.CourseCreate.as_view(), name="course_create"),
    path("courses/<int:pk>/edit/", exams.CourseEdit.as_view(), name="course_edit"),
    path("classes/<int:class_id>/retakes/", retakes.RetakesPage.as_view(), name="retakes"),
    path("classes/<int:class_id>/weak/", weak.WeakPage.as_view(), name="weak"),
    path("classes/<int:class_id>/weak/courses/new/", weak.WeakCourseCreate.as_view(), name="weak_course_create"),
    path("classes/<int:class_id>/weak/courses/<int:pk>/", weak.WeakCourseHelp.as_view(), name="weak_course"),
    path(
        "classes/<int:class_id>/weak/courses/<int:pk>/remove/",
        weak.WeakCourseRemove.as_view(),
        name="weak_course_remove",
    ),
    path("classes/<int:class_id>/weak/students/new/", weak.WeakStudentCreate.as_view(), name="weak_student_create"),
    path(
        "classes/<int:class_id>/weak/students/<int:pk>/remove/",
        weak.WeakStudentRemove.as_view(),
        name="weak_student_remove",
    ),
    path("exam-affairs/", exam_affairs.Affairs.as_view(), name="exam_affairs"),
    path("exam-affairs/plan/", exam_affairs.PlanAffairs.as_view(), name="exam_affair_plan"),
    path("exam-affairs/copy/", exam_affairs.CopyAffairs.as_view(), name="exam_affair_copy"),
    path("exam-affairs/<int:pk>/tick/", exam_affairs.TickAffair.as_view(), name="exam_affair_tick"),
    path("exam-affairs/<int:pk>/edit/", exam_affairs.ChangeAffair.as_view(), name="exam_affair_edit"),
    path("exam-affairs/<int:pk>/cancel/", exam_affairs.CancelAffair.as_view(), name="exam_affair_cancel"),
]
