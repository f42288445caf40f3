"""What a family enters on the page without login: three fields that must be filled, the rest as they like."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.complaints.actions.intake.registering import Told
from zhikong.hospital.functions.complaints.rules_intake import Channel, Who
from zhikong.hospital.functions.complaints.rules_intake_keys import typed_key, typed_number

STARS = ((5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意")))
WHO = (
    (Who.PATIENT, _("患者本人")), (Who.FAMILY, _("家属")), (Who.OTHER, _("其他人")), (Who.ANONYMOUS, _("不留姓名")),
)  # fmt: skip


class VoiceForm(forms.Form):
    """website: a field that nobody sees; programs fill it."""

    content = forms.CharField(
        label=_("发生了什么"), min_length=5, max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("什么时候、在哪里、谁、怎么回事。照您自己的话写。"),
        error_messages={"min_length": _("请多写几个字，让我们知道发生了什么。"), "required": _("请写下发生了什么。")},
    )  # fmt: skip
    demand = forms.CharField(
        label=_("希望我们怎么做（可不填）"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    who = forms.ChoiceField(label=_("您是"), choices=WHO, widget=forms.RadioSelect, initial=Who.FAMILY)
    name = forms.CharField(label=_("怎么称呼您（可不填）"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("联系电话（可不填）"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("留电话我们好向您核实；不留也能凭编号和密钥看答复。"),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("我知道：我写的内容由投诉管理部门用来核实和答复，姓名和电话加密保存，只有办理的人能看"),
        error_messages={"required": _("请看一遍并勾选，然后再提交。")},
    )  # fmt: skip
    website = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = forms.TypedChoiceField(
            label=_("哪个科室"),
            coerce=int,
            empty_value=None,
            required=False,
            choices=[("", _("说不清")), *departments],
        )

    def told(self) -> Told:
        """What was written, as the registering action takes it."""
        found = {
            name: self.cleaned_data[name]
            for name in ("content", "demand", "who", "name", "phone", "department_id")
        }
        return Told(channel=Channel.WEB, **found)


class FollowForm(forms.Form):
    """Number and key, typed with or without spaces."""

    number = forms.CharField(
        label=_("编号（8 位数字）"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    key = forms.CharField(
        label=_("密钥（8 位字母和数字）"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_number(self) -> str:
        found = typed_number(self.cleaned_data["number"])
        if len(found) != 8:
            raise ValidationError(_("编号是 8 位数字。"))
        return found

    def clean_key(self) -> str:
        return typed_key(self.cleaned_data["key"])
