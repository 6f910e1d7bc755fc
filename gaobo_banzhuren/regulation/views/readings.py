"""Readings of silent points, and interpretations (第十三条)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.views import RolePage

from .. import policies
from ..forms import ConfirmReadingForm, InterpretationForm
from ..in_force import current_version
from ..models import Interpretation, Reading
from ..reading_states import ReadingState, State, reading_states
from ..services.readings import confirm, interpret
from .home import OFFICE, crumbs

FEW = 3
"""Up to so many readings are shown unfolded."""

TOPICS_FIRST = ("津贴", "比率", "考核", "聘任与组织")


class ReadingsPage(RolePage):
    title = "口径"
    lead = "制度没有写明之处：默认读法是我们选的，不是制度的规定；继续教育学院可以确认或改变。"
    template_name = "regulation/readings.html"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs((self.title, None))

    def get(self, request: HttpRequest) -> HttpResponse:
        states = reading_states()
        wanted, topic = request.GET.get("state", ""), request.GET.get("topic", "")
        shown = [state for state in states if _matches(state, wanted, topic)]
        return self.render(
            states=shown,
            few=len(shown) <= FEW,
            total=len(states),
            state_choices=[(state.name, state.value, sum(each.state is state for each in states)) for state in State],
            topics=TOPICS_FIRST,
            wanted=wanted,
            topic=topic,
            can_decide=policies.can_decide(self.user),
            current=current_version(timezone.localdate()),
        )


def _matches(state: ReadingState, wanted: str, topic: str) -> bool:
    return (not wanted or state.state.name == wanted) and (not topic or state.reading.topic == topic)


class ConfirmPage(ObjectFormPage):
    roles = OFFICE
    model = Reading
    lookup = "pk"
    template_name = "regulation/reading_confirm.html"
    submit_label = "确认口径"

    @property
    def object(self) -> Reading:
        self.kwargs["pk"] = self.kwargs["code"]
        reading: Reading = super().object
        return reading

    def get_title(self) -> str:
        return f"确认口径 {self.object.code}"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs(("口径", reverse("regulation:readings")), (self.object.code, None))

    def get_form(self) -> ConfirmReadingForm:
        return ConfirmReadingForm(**self.get_form_kwargs(), reading=self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = next(each for each in reading_states() if each.reading.pk == self.object.pk)
        return super().get_context_data(**kwargs) | {"state": state, "current": current_version(timezone.localdate())}

    def perform(self, form: Any) -> str:
        version = current_version(timezone.localdate())
        if version is None:
            raise Http404
        data = form.cleaned_data
        confirm(self.object, version, note=data["note"], interpretation=data["interpretation"], actor=self.user)
        return f"{self.object.code} 的口径已确认。"

    def get_success_url(self) -> str:
        return f"{reverse('regulation:readings')}#{self.object.code}"


class InterpretationsPage(RolePage):
    title = "解释"
    lead = "制度的解释权在继续教育学院（第十三条）。已登记的解释不修改，新的解释可以取代旧的。"
    template_name = "regulation/interpretations.html"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs((self.title, None))

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Interpretation.objects.visible_to(self.user).select_related("reading", "given_by", "supersedes")
        return self.render(
            interpretations=rows.prefetch_related("superseded_by"), can_decide=policies.can_decide(self.user)
        )


class InterpretPage(FormPage):
    roles = OFFICE
    title = "登记解释"
    form_class = InterpretationForm
    submit_label = "登记"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs(("解释", reverse("regulation:interpretations")), (self.title, None))

    def get_initial(self) -> dict[str, Any]:
        return {"reading": self.request.GET.get("reading", ""), "clause": self.request.GET.get("clause", "")}

    def perform(self, form: Any) -> str:
        interpretation = interpret(**form.cleaned_data, actor=self.user)
        return f"已登记{interpretation.label}。"

    def get_success_url(self) -> str:
        return reverse("regulation:interpretations")
