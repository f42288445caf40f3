"""What people fill in on the pages of duties."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.duties.definition.model import BY_HAND
from zhikong.foundation.files.forms import AttachField

PURPOSE = "duties.proof"
RETENTION = "quality_control"


class ProofForm(forms.Form):
    """A meeting, a decision, a notice or another paper that shows a duty was done."""

    kind = forms.ChoiceField(label=_("证据类别"))
    title = forms.CharField(
        label=_("名称"),
        max_length=160,
        help_text=_("如“11 月质控小组会议记录”；没有发生的也要写明，如“本季度无重大问题”。"),
    )
    dated_on = forms.DateField(
        label=_("日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    text = forms.CharField(
        label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    url = forms.CharField(
        label=_("链接"), required=False, max_length=300, help_text=_("办公系统里这份材料的地址，可以不填")
    )
    files = AttachField(label=_("附件"), purpose=PURPOSE, retention=RETENTION, required=False)

    def __init__(self, *args, occurrence, hands, **kwargs):
        kwargs.setdefault("initial", {"dated_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, BY_HAND[code]) for code in hands]
        self.fields["files"].for_department(occurrence.department_id)


class ReasonForm(forms.Form):
    """Why an occurrence is excused or a proof taken back."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class DayForm(forms.Form):
    """The day on which a turn shall be done, and why it is not the proposed one."""

    on = forms.DateField(
        label=_("改到哪一天"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        help_text=_("如“与等级评审自评合并进行”。改定后锁定，均衡安排不再移动它。"),
    )
