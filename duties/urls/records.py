"""Work records: writing them down, the list, one record and what is appended to it."""

from django.urls import path

from ..views import record_steps, recording, records

urlpatterns = [
    path("new/", recording.Quick.as_view(), name="quick"),
    path("new/<str:kind_key>/", recording.RecordNew.as_view(), name="record_new"),
    path("classes/<int:class_id>/students.json", recording.students_json, name="students_json"),
    path("records/", records.Records.as_view(), name="records"),
    path("records/<uuid:uuid>/", records.RecordPage.as_view(), name="record"),
    path("records/<uuid:uuid>/edit/", recording.RecordEdit.as_view(), name="record_edit"),
    path("records/<uuid:uuid>/discard/", record_steps.Discard.as_view(), name="record_discard"),
    path("records/<uuid:uuid>/note/", record_steps.AddNote.as_view(), name="record_note"),
    path("records/<uuid:uuid>/files/", record_steps.AddFiles.as_view(), name="record_files"),
    path("records/<uuid:uuid>/correct/", record_steps.Correct.as_view(), name="record_correct"),
    path("records/<uuid:uuid>/void/", record_steps.Void.as_view(), name="record_void"),
    path("records/<uuid:uuid>/close/", record_steps.Close.as_view(), name="record_close"),
    path("records/<uuid:uuid>/decide/", record_steps.decide, name="record_decide"),
    path("records/<uuid:uuid>/comment/", record_steps.Comment.as_view(), name="record_comment"),
    path("records/<uuid:uuid>/answer/", record_steps.answer, name="record_answer"),
    path("records/<uuid:uuid>/read/", record_steps.ReadWithReason.as_view(), name="record_read"),
]
