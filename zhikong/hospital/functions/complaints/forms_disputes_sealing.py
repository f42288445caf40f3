"""What is entered about a sealing: the list, one signature, the opening."""

from __future__ import annotations

import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.complaints.forms_disputes_fields import (
    EMPTY,
    line,
    somebody,
    tick,
)
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing, SealSignature


class SealingForm(forms.Form):
    """What is to be sealed. The list stands in five rows of its own; empty ones are left out."""

    ROWS = 5

    kind = forms.ChoiceField(label=_("封存什么"), choices=Sealing.Kind.choices)
    patient = line(_("患者"), 60)
    stay_id = line(
        _("住院编号"), 64, required=False, help_text=_("封存病历必填；签名完成后系统锁定这份病历。")
    )
    reason = line(_("事由"), 200)
    place = line(_("封存地点"))
    seal_number = line(_("封条编号"), 60)
    kept_at = line(_("保管处"))
    copies_given = forms.IntegerField(label=_("交患方的复制件页数"), min_value=0, initial=0)
    originals = tick(_("封存的是原件（一般封存复制件）"))
    unfinished = tick(_("病历尚未完成，完成后补封"))
    tester = line(_("双方选定的检验机构"), required=False, help_text=_("封存输液、血液、药品、器械时填。"))
    told = line(_("已通知（时间、人）"), required=False, help_text=_("封存血液时通知血站派员到场。"))

    def __init__(self, *args, departments=(), officers=(), **more):
        super().__init__(*args, **more)
        self.fields["department_id"] = forms.TypedChoiceField(
            label=_("科室"), coerce=int, choices=[EMPTY, *departments]
        )
        self.fields["custodian"] = somebody(_("保管人"), officers)
        self.order_fields(
            ["kind", "department_id", "patient", "stay_id", "reason", "place", "seal_number", "custodian"]
        )

    def rows(self) -> list[dict]:
        """The list as typed, for showing it again."""
        names = ("name", "kind", "pages", "quantity", "batch", "condition")
        return [
            {name: (self.data.get(f"item_{n}_{name}") or "") for name in names} | {"n": n}
            for n in range(self.ROWS)
        ]

    def clean(self):
        told = super().clean()
        items = []
        for row in self.rows():
            if not row["name"].strip():
                continue
            pages = row["pages"].strip()
            if pages and not (pages.isascii() and pages.isdigit() and int(pages) < 100_000):
                raise ValidationError(_("清单里的页数要写数字。"))
            items.append({**row, "pages": int(pages) if pages else None})
        told["items"] = items
        return told


class SignForm(forms.Form):
    """One signature; strokes come from the pad as JSON."""

    side = forms.ChoiceField(label=_("代表"), choices=SealSignature.Side.choices)
    name = line(_("签名人姓名"), 60, required=False, help_text=_("医方用本人账号签名时可以不填。"))
    relation = line(_("身份或与患者的关系"), 60)
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_strokes(self):
        raw = self.cleaned_data["strokes"]
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise ValidationError(_("签名的笔迹不对，请重新签。")) from None


class OpenSealForm(forms.Form):
    reason = line(_("启封理由与依据"), 300)
    seal_state = line(_("启封时封条情况"), help_text=_("例如封条完好、签名完整。"))
    alone = tick(_("封存满期，医院自行启封（已通知患方）"))
