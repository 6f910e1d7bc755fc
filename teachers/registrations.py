"""What this app registers with the foundation; imported once by `TeachersConfig.ready`."""

from gaobo_banzhuren.documents.files import register_scope
from gaobo_banzhuren.web import search

from . import finding, looks, panels  # noqa: F401  looks declares how states look
from .services import dismissals, nominations, people

register_scope(nominations.PURPOSE, nominations.may_open_attachment)
register_scope(dismissals.PURPOSE, dismissals.may_open_evidence)
register_scope(people.DOCUMENT_PURPOSE, people.may_open_document)

for source in (finding.find_classes, finding.find_teachers, finding.find_students):
    search.register(source)

panels.register()
