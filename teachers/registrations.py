"""What this app registers with the foundation; imported once by `TeachersConfig.ready`."""

from gaobo_banzhuren.documents.files import register_scope

from .services import dismissals, nominations

register_scope(nominations.PURPOSE, nominations.may_open_attachment)
register_scope(dismissals.PURPOSE, dismissals.may_open_evidence)
