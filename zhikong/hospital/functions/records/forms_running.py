"""What people write about obligations, defects and records."""

from django import forms
from django.utils.translation import gettext_lazy as _


def _reason(label, help_text="", **kwargs):
    return forms.CharField(
        label=label,
        min_length=2,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        **kwargs,
    )


class ExcuseForm(forms.Form):
    """Why something does not apply to a patient."""

    why = forms.ChoiceField(
        label=_("原因"),
        choices=[("not_applicable", _("本例不适用（规则没错）")), ("wrong", _("规则判断有误"))],
        initial="not_applicable",
    )
    reason = _reason(_("理由"))


class ReasonForm(forms.Form):
    """A reason, for an appeal or for taking something back."""

    reason = _reason(_("理由"))


class AppealForm(forms.Form):
    """Why the writer does not agree."""

    reason = _reason(_("申诉理由"))


class MendedForm(forms.Form):
    """What the writer did about a defect."""

    note = forms.CharField(
        label=_("修改说明"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class RecheckForm(forms.Form):
    """What a recheck found."""

    reason = _reason(_("还缺什么"), _("退回时必填。"), required=False)


class DefectForm(forms.Form):
    """A defect that a person found in an open record."""

    text = _reason(_("缺陷"), _("写明哪份文书、哪里不对、怎么改。"))
    document = forms.ChoiceField(label=_("文书"), required=False)
    responsible = forms.ChoiceField(label=_("责任医师"))
    mend_by = forms.DateField(
        label=_("修改期限"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填为明天。"),
    )  # fmt: skip

    def __init__(self, *args, documents=(), doctors=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].choices = [("", _("不限某份文书")), *documents]
        self.fields["responsible"].choices = list(doctors)


class KeyRecordForm(forms.Form):
    """Why a record is watched."""

    reason = forms.CharField(label=_("重点关注的理由"), min_length=2, max_length=200)


class PolicyForm(forms.Form):
    """The interruption budget, and when a rule is too imprecise to interrupt."""

    interruptions = forms.IntegerField(
        label=_("每班打断上限"),
        min_value=0,
        max_value=50,
        help_text=_("每名医师每班最多弹出几次打断提醒；超出的只列在“我的病历”。"),
    )
    shift_starts = forms.CharField(
        label=_("班次开始"), max_length=60, help_text=_("用空格分开，如 08:00 17:30。")
    )
    least_precision = forms.IntegerField(
        label=_("最低准确率 %"), min_value=0, max_value=100, help_text=_("低于它的规则不打断医师，也不拦截。")
    )
    least_judged = forms.IntegerField(
        label=_("最少例数"), min_value=1, max_value=1000, help_text=_("有这么多例经人裁定，准确率才算数。")
    )


class TokenForm(forms.Form):
    """What a token is for."""

    label = forms.CharField(
        label=_("用途"), min_length=2, max_length=80, help_text=_("例如：电子病历系统 保存前校验。")
    )
