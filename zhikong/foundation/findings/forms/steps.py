"""The forms of the finding's steps. Each asks only for what the step needs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.foundation.findings import effects, rules
from zhikong.foundation.findings.forms.fields import FILE_PURPOSE, FILE_RETENTION, date_field, text_area

PLAN_HELP = _("只在选择复查时有用；期限留空为整改期限后 14 天。")
OVERRIDE_HELP = _("不按规则关闭是一项署名的决定，理由和您的姓名会永久保存。")


class StepForm(forms.Form):
    """Base of the forms on a finding's page: knows the finding and who fills it in."""

    def __init__(self, *args, finding, user, people=None, **kwargs):
        self.finding, self.user, self.people = finding, user, people
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the finding."""


class AnswerForm(StepForm):
    """Cause, measure, who and until when: the department's answer on one form."""

    cause = text_area(_("原因分析"))
    measure = text_area(_("整改措施"))
    responsible = forms.ModelChoiceField(
        label=_("负责人"), queryset=None, required=False, empty_label=_("科主任")
    )
    measure_due_on = date_field(_("完成日期"))
    approve = forms.BooleanField(label=_("审核通过，直接提交职能部门"), required=False, initial=True)

    def prepare(self) -> None:
        finding = self.finding
        self.fields["responsible"].queryset = self.people
        self.initial = {
            "cause": finding.cause,
            "measure": finding.measure,
            "responsible": finding.responsible_id,
            "measure_due_on": finding.measure_due_on or finding.due_on,
            "approve": True,
        }
        self.fields["measure_due_on"].help_text = _("不晚于整改期限 %(due)s。") % {"due": finding.due_on}


class TextForm(StepForm):
    text = text_area(_("说明"), required=False, rows=2)


class ReasonForm(StepForm):
    text = text_area(_("意见"), rows=2)


class AcceptForm(StepForm):
    """Accept a measure and agree on how it will be verified."""

    text = text_area(_("受理意见"), required=False, rows=2)
    check_by = forms.ChoiceField(label=_("核实方式"), widget=forms.RadioSelect)
    items_required = forms.IntegerField(
        label=_("复查份数"), min_value=1, max_value=1000, required=False, initial=10
    )
    check_due_on = date_field(_("复查期限"), required=False)

    def prepare(self) -> None:
        finding = self.finding
        allowed = rules.checks_allowed(finding.severity, finding.recurrent, effects.has_provider(finding))
        self.fields["check_by"].choices = [(check.value, rules.CHECK_NAMES[check]) for check in allowed]
        self.initial["check_by"] = allowed[0].value
        if finding.is_strict:
            self.fields["check_by"].help_text = _("严重或重复发生的问题，要由复查或指标控制图证明有效。")
        self.fields["items_required"].help_text = PLAN_HELP


class CorrectForm(StepForm):
    """Evidence in words, with files and photographs, or with the name of what lies elsewhere."""

    evidence = text_area(_("整改证据"), help_text=_("做了什么、何时、有什么可以查证。"))
    files = AttachField(label=_("照片和文件"), required=False, purpose=FILE_PURPOSE, retention=FILE_RETENTION)
    link = forms.CharField(
        label=_("别处的文件"),
        max_length=300,
        required=False,
        help_text=_("纸质材料或其他系统中的文件名、链接。"),
    )

    def prepare(self) -> None:
        self.fields["files"].for_department(self.finding.department_id)


class VerifyForm(StepForm):
    text = text_area(_("核实情况"), rows=2)
    passed = forms.TypedChoiceField(
        label=_("结论"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("整改有效")), ("no", _("没有改好，退回重新整改"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    close = forms.BooleanField(label=_("有效时同时关闭"), required=False, initial=True)


class ItemsForm(StepForm):
    items_checked = forms.IntegerField(label=_("复查份数"), min_value=1, max_value=1000)
    items_passed = forms.IntegerField(label=_("合格份数"), min_value=0, max_value=1000)
    text = text_area(_("复查情况"), required=False, rows=2)
    close = forms.BooleanField(label=_("全部合格时同时关闭"), required=False, initial=True)

    def prepare(self) -> None:
        need = max(self.finding.items_required, 1)
        self.initial.setdefault("items_checked", need)
        self.fields["items_checked"].help_text = _("受理时约定至少 %(n)d 份；全部合格才算有效。") % {
            "n": need
        }


class EffectForm(StepForm):
    close = forms.BooleanField(label=_("有效时同时关闭"), required=False, initial=True)


class ReopenForm(StepForm):
    reason = text_area(_("理由"), rows=2)
    due_on = date_field(_("新的期限"), required=False, help_text=_("留空则为 10 个工作日。"))


class OverrideForm(StepForm):
    reason = text_area(_("理由"), rows=2, help_text=OVERRIDE_HELP)
