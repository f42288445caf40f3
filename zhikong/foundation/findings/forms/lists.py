"""The query form of the list, and the form that raises a finding."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.findings.forms.fields import date_field, hinted, text_area

SHOW = [
    ("open", _("全部未关闭")),
    ("answer", _("待科室答复")),
    ("accept", _("待受理")),
    ("correct", _("整改中")),
    ("verify", _("待核实")),
    ("observation", _("观察中")),
    ("overdue", _("逾期")),
    ("closed", _("已关闭")),
    ("merged", _("已合并")),
    ("left", _("责任人已离岗")),
    ("extension", _("待批延期")),
    ("all", _("全部")),
]


class FindingFilter(forms.Form):
    """The query form above the list; the address is the saved query."""

    q = forms.CharField(
        label=_("问题"), required=False, widget=forms.TextInput(attrs={"placeholder": _("编号或标题")})
    )
    show = forms.ChoiceField(label=_("状态"), required=False, choices=SHOW)
    department = forms.TypedChoiceField(label=_("科室"), required=False, coerce=int, empty_value=None)
    source = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    severity = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)
    month = forms.RegexField(r"^\d{4}-\d{2}$", required=False, widget=forms.HiddenInput)
    recurrent = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, departments=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", _("全部科室")), *departments]


class RaiseForm(forms.Form):
    """Raise one finding to one or more departments; without a date the rule gives it."""

    departments = forms.TypedMultipleChoiceField(
        label=_("责任科室"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("选几个科室，就各发一份整改通知；事实没有改动时，每份只写该科室自己的数字。"),
    )
    title = forms.CharField(label=_("问题"), max_length=120)
    detail = text_area(_("事实和依据"), rows=4)
    opinion = text_area(_("整改意见"), required=False, rows=2)
    severity = forms.ChoiceField(label=_("程度"), widget=forms.RadioSelect)
    place = forms.CharField(
        label=_("地点"), max_length=80, required=False, widget=hinted(_("如 3 病区治疗室"))
    )
    due_on = date_field(_("整改期限"), required=False)
    clause_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)
    clause_text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    source_kind = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    source_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)
    indicator_id = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=80)
    month = forms.RegexField(r"^\d{4}-\d{2}$", widget=forms.HiddenInput, required=False)

    def __init__(self, *args, departments=(), proposals=(), levels=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = departments
        self.fields["severity"].choices = [
            (level.id, f"{level.title}：{level.help}" if level.help else level.title) for level in levels
        ]
        sentences = "；".join(f"{due.on} {due.reason}" for due in proposals)
        self.fields["due_on"].help_text = _("留空则按规则：%(rule)s。") % {"rule": sentences}
