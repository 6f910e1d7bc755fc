"""Roll calls, students' leave and students often absent."""

from django.urls import path

from ..views import attendance, class_attendance, roll_call, student_leave_steps, student_leaves

urlpatterns = [
    path("attendance/", attendance.AttendanceHome.as_view(), name="attendance"),
    path("attendance/<int:class_id>/", class_attendance.ClassAttendance.as_view(), name="class_attendance"),
    path("attendance/<int:class_id>/absentees/", class_attendance.Absentees.as_view(), name="absentees"),
    path("attendance/<int:class_id>/call/", roll_call.RollCall.as_view(), name="roll_call"),
    path("sessions/<int:pk>/", attendance.SessionPage.as_view(), name="session"),
    path("sessions/<int:pk>/correct/", roll_call.CorrectSession.as_view(), name="session_correct"),
    path("sessions/<int:pk>/void/", attendance.VoidSession.as_view(), name="session_void"),
    path("leaves/", student_leaves.LeaveList.as_view(), name="leaves"),
    path("leaves/new/", student_leaves.NewLeave.as_view(), name="leave_new"),
    path("leaves/<int:pk>/", student_leaves.LeavePage.as_view(), name="leave"),
    path("leaves/<int:pk>/approve/", student_leave_steps.ApproveLeave.as_view(), name="leave_approve"),
    path("leaves/<int:pk>/refuse/", student_leave_steps.RefuseLeave.as_view(), name="leave_refuse"),
    path("leaves/<int:pk>/return/", student_leave_steps.ReturnLeave.as_view(), name="leave_return"),
    path("leaves/<int:pk>/void/", student_leave_steps.VoidLeave.as_view(), name="leave_void"),
    path("leaves/<int:pk>/apply/", student_leave_steps.ApplyLeave.as_view(), name="leave_apply"),
]
