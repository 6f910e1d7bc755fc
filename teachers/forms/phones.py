"""A number is typed new or left alone; the present one is shown masked."""

from __future__ import annotations

from typing import Any

from django import forms

from gaobo_banzhuren.web.templatetags.gaobo import mask_phone

from ..services.phones import PhonePurpose


class PhoneForm(forms.Form):
    """A form with a field `phone`. On an existing thing `cleaned_data["phone"]` is None when the number stays."""

    def keep_number(self, present: str) -> None:
        """The form is about something that exists: leaving the field empty keeps its number."""
        self.keeps_number = True
        if not present:
            return
        self.fields["phone"].help_text = f"现有号码 {mask_phone(present)}。要换号就填新号码，留空不变。"
        names = list(self.fields)
        self.fields["phone_clear"] = forms.BooleanField(label="删除现有号码", required=False)
        names.insert(names.index("phone") + 1, "phone_clear")
        self.order_fields(names)

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        if "*" in phone:
            raise forms.ValidationError("请填写完整的新号码；不换号请留空。")
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        clear = data.pop("phone_clear", False)
        if clear and data.get("phone"):
            self.add_error("phone", "填了新号码就不要同时勾选「删除现有号码」。")
        elif getattr(self, "keeps_number", False) and not clear and data.get("phone") == "":
            data["phone"] = None
        return data


class RevealForm(forms.Form):
    """What the number is wanted for; each choice is a button."""

    purpose = forms.ChoiceField(label="用途", choices=PhonePurpose.choices, error_messages={"required": "请选择用途。"})
