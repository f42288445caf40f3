"""What people fill in on the pages of accreditation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.hospital.functions.accreditation.models import Rating

PURPOSE, RETENTION = "accreditation.evidence", "quality_control"


def day(label, *, required=True):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def area(label, *, required=True, rows=3):
    return forms.CharField(
        label=label, required=required, max_length=4000, widget=forms.Textarea(attrs={"rows": rows})
    )


class BeginForm(forms.Form):
    standard = forms.ChoiceField(label=_("评审标准"))
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    due_on = day(_("自评期限"), required=False)

    def __init__(self, *args, standards, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["standard"].choices = [(one.id, one.title) for one in standards]


class ImportForm(forms.Form):
    title = forms.CharField(label=_("自评名称"), max_length=120)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    due_on = day(_("自评期限"), required=False)
    file = forms.FileField(
        label=_("标准（Excel）"), help_text=_("首行：编号、名称、层级（章、节、条），可加核心、A、B、C、D、E")
    )


class GiveForm(forms.Form):
    codes = forms.CharField(
        label=_("条款编号"), max_length=400, help_text=_("章或节的编号包括下面所有条款；多个用空格分开")
    )
    department = forms.TypedChoiceField(label=_("责任科室"), coerce=int)

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [(one.id, one.name) for one in departments]


class RateForm(forms.Form):
    rating = forms.ChoiceField(label=_("等级"), choices=Rating.choices)
    reason = area(_("理由"))


class CheckForm(forms.Form):
    rating = forms.ChoiceField(label=_("核查等级"), choices=Rating.choices)
    reason = area(_("核查意见"), required=False)


class ReasonForm(forms.Form):
    reason = area(_("退回理由"), rows=2)


class GapForm(forms.Form):
    detail = area(_("差距的事实"))


class EvidenceForm(forms.Form):
    title = forms.CharField(label=_("证据名称"), max_length=160)
    dated_on = day(_("日期"))
    url = forms.CharField(
        label=_("链接"), max_length=300, required=False, help_text=_("本系统里的地址，以 / 开头")
    )
    files = AttachField(label=_("附件"), purpose=PURPOSE, retention=RETENTION, required=False)


class SurveyForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80)
    on = day(_("日期"))
    size = forms.IntegerField(label=_("抽取条数"), min_value=1, max_value=500, initial=20)
