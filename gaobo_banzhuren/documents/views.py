"""Attachments leave only through here."""

import logging

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.documents.files import may_open
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.workbooks_out import as_attachment

log = logging.getLogger(__name__)


@require_safe
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Serve one attachment to whoever may see the object it belongs to; for everyone else it does not exist."""
    stored = StoredFile.objects.filter(public_id=public_id).first()
    user = request.user
    if stored is None or not isinstance(user, User) or not may_open(user, stored):
        raise Http404
    try:
        content = stored.content.open("rb")
    except FileNotFoundError:
        log.error("stored file %s is missing on disk", stored.pk)
        raise Http404 from None
    if request.method == "GET":
        with transaction.atomic():
            record(user, "documents.open", stored, after={"purpose": stored.purpose})
    response = FileResponse(content, content_type=stored.content_type)
    return as_attachment(response, stored.shown_name)
