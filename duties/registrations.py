"""What this app registers with the foundation; imported once by `DutiesConfig.ready`."""

from gaobo_banzhuren.documents.files import register_scope
from teachers.closing import register_check

from . import looks, sections  # noqa: F401  looks declares how states look
from .graduates import against_closing
from .panels import attendance as attendance_panels
from .panels import checklist as checklist_panels
from .panels import exams as exam_panels
from .panels import fees as fee_panels
from .panels import recording
from .panels import reminders as reminder_panels
from .panels import tasks as task_panels
from .services import papers, records, student_leaves, tasks

register_scope(records.FILE_PURPOSE, records.may_open_file)

recording.register()
sections.register()
register_scope(tasks.FILE_PURPOSE, tasks.may_open_file)
register_scope(papers.FILE_PURPOSE, papers.may_open_file)
task_panels.register()
register_scope(student_leaves.FILE_PURPOSE, student_leaves.may_open_file)
reminder_panels.register()
register_check(against_closing)
fee_panels.register()
checklist_panels.register()
attendance_panels.register()
exam_panels.register()
