"""Forms and confirmed actions: one POST calls one service, once, and every refusal keeps what the person typed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone

from .error_views import user_error
from .errors import StaleError, UserError
from .models import KEPT_FOR, SentForm
from .policy import ALLOW, Decision
from .views import DetailPage, RolePage

TOKEN_FIELD = "form_token"
TOKEN_LENGTH = 64
REPEATED = "这张表单已经提交过，没有重复执行。"


class ReasonForm(forms.Form):
    """The reason that goes into the audit log."""

    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), strip=True)


class OptionalReasonForm(forms.Form):
    """A remark for the audit log that may be left empty."""

    reason = forms.CharField(
        label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )


class FormPage(RolePage):
    """GET shows the form, a valid POST calls `perform` once and goes to the success page with its message.

    `perform(form)` calls one service and returns the message. UserError stays on the page as an error of the form, and
    StaleError becomes the 409 page; both keep the typed text. A form sent twice is carried out once. With `autosave` the
    browser keeps long texts as a draft until the form was accepted; pages with secrets switch it off. What a refused
    service wrote is rolled back; a page whose refusals must leave a trace (counted attempts) sets `once = False`.
    """

    template_name: ClassVar[str] = "web/form.html"
    form_class: ClassVar[type[forms.BaseForm]] = forms.Form
    submit_label: ClassVar[str] = "保存"
    submit_tone: ClassVar[str] = "primary"
    autosave: ClassVar[bool] = True
    once: ClassVar[bool] = True

    def perform(self, form: Any) -> str | HttpResponseBase | None:
        """Call the service; return the message of success, or the answer itself where it is a file or shown only once."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        raise NotImplementedError

    def get_cancel_url(self) -> str:
        """Where 取消 leads: the last breadcrumb with an address, else the start page."""
        return next((url for _, url in reversed(self.get_breadcrumbs()) if url), "/")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Arguments of the form; a page about a scoped choice adds `user`."""
        kwargs: dict[str, Any] = {"initial": self.get_initial()}
        if self.request.method == "POST":
            kwargs |= {"data": self.request.POST, "files": self.request.FILES}
        return kwargs

    def get_form(self) -> Any:
        return self.form_class(**self.get_form_kwargs())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {
            "submit_label": self.submit_label,
            "submit_tone": self.submit_tone,
            "cancel_url": self.get_cancel_url(),
            "autosave": self.autosave,
            "form_token": self._sent_token() or secrets.token_urlsafe(24),
        }
        return context

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid():
            return self.render(form=form)
        try:
            return self._perform_once(form)
        except StaleError as error:
            return user_error(request, error)
        except UserError as error:
            form.add_error(None, error.message)
            return self.render(form=form, status=error.status)

    def _perform_once(self, form: Any) -> HttpResponseBase:
        token = self._sent_token()
        if not token:
            return self._done(self.perform(form))
        before = SentForm.objects.filter(token=token, user=self.user).first()
        if before:
            return self._repeated(before)
        try:
            # The token lives in the service's transaction: a refused form may be sent again, a carried out one not.
            with transaction.atomic():
                sent = SentForm.objects.create(token=token, user=self.user)
                answer = self._done(self.perform(form))
                SentForm.objects.filter(pk=sent.pk).update(result_url=answer.headers.get("Location", "")[:500])
        except IntegrityError:
            before = SentForm.objects.filter(token=token, user=self.user).first()
            if before is None:
                raise
            return self._repeated(before)
        SentForm.objects.filter(sent_at__lt=timezone.now() - KEPT_FOR).delete()
        return answer

    def _done(self, result: str | HttpResponseBase | None) -> HttpResponseBase:
        if isinstance(result, HttpResponseBase):
            return result
        if result:
            messages.success(self.request, result)
        return HttpResponseRedirect(self.get_success_url())

    def _repeated(self, sent: SentForm) -> HttpResponse:
        messages.info(self.request, REPEATED)
        return HttpResponseRedirect(sent.result_url or self.get_cancel_url())

    def _sent_token(self) -> str:
        posted = self.once and self.request.method == "POST"
        return self.request.POST.get(TOKEN_FIELD, "")[:TOKEN_LENGTH] if posted else ""


class ActionPage(FormPage):
    """An action that asks first: GET says what will happen, POST does it.

    `get_decision` is the policy's answer: refused, the page shows the reason instead of the button (the service enforces
    it again). `get_consequences` are plain sentences. `form_class` may ask for a reason (`ReasonForm`).
    """

    template_name: ClassVar[str] = "web/confirm.html"
    submit_label: ClassVar[str] = "确定"
    warning: ClassVar[str] = ""

    def get_decision(self) -> Decision:
        return ALLOW

    def get_consequences(self) -> Sequence[str]:
        return ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {
            "decision": self.get_decision(),
            "consequences": self.get_consequences(),
            "warning": self.warning,
        }
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A second click comes when the state has moved on: the form that was carried out is told from a new refusal.
        token = self._sent_token()
        sent = SentForm.objects.filter(token=token, user=self.user).first() if token else None
        if sent:
            return self._repeated(sent)
        decision = self.get_decision()
        if not decision:
            return self.render(form=self.get_form(), status=403)
        return super().post(request, *args, **kwargs)


class ObjectFormPage(FormPage, DetailPage):
    """A form about one visible thing (`self.object`)."""

    template_name: ClassVar[str] = "web/form.html"


class ObjectActionPage(ActionPage, DetailPage):
    """A confirmed action on one visible thing (`self.object`)."""

    template_name: ClassVar[str] = "web/confirm.html"
