"""Tasks, and the staff meetings that class teachers are due at."""

from django.urls import path

from ..views import assignments, meetings, tasks

urlpatterns = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.GiveTask.as_view(), name="task_new"),
    path("tasks/<int:pk>/", tasks.TaskDetail.as_view(), name="task"),
    path("tasks/<int:pk>/close/", tasks.CloseMany.as_view(), name="task_close"),
    path("tasks/<int:pk>/cancel/", tasks.CancelTask.as_view(), name="task_cancel"),
    path("assignments/<int:pk>/", assignments.AssignmentDetail.as_view(), name="assignment"),
    path("assignments/<int:pk>/accept/", assignments.Accept.as_view(), name="assignment_accept"),
    path("assignments/<int:pk>/report/", assignments.Report.as_view(), name="assignment_report"),
    path("assignments/<int:pk>/return/", assignments.SendBack.as_view(), name="assignment_return"),
    path("assignments/<int:pk>/close/", assignments.Close.as_view(), name="assignment_close"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meetings.CallMeeting.as_view(), name="meeting_new"),
    path("meetings/<int:pk>/", meetings.MeetingDetail.as_view(), name="meeting"),
    path("meetings/<int:pk>/attendance/", meetings.Sheet.as_view(), name="meeting_sheet"),
    path("meetings/<int:pk>/cancel/", meetings.CancelMeeting.as_view(), name="meeting_cancel"),
]
