"""The forms of what changes a finding's way: more time, other hands, merging, a committee, and what stays afterwards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.findings import queries
from zhikong.foundation.findings.forms.fields import date_field, text_area
from zhikong.foundation.findings.forms.steps import StepForm
from zhikong.foundation.findings.models import Accountability


class AskExtensionForm(StepForm):
    wanted_on = date_field(_("申请延到"))
    reason = text_area(_("理由"), rows=2)

    def prepare(self) -> None:
        finding = self.finding
        self.fields["wanted_on"].help_text = _("现在的期限是 %(due)s，已延期 %(n)d 次。") % {
            "due": finding.due_on, "n": finding.extended_times,
        }  # fmt: skip


class ExtendForm(StepForm):
    """Grant more time; with an open request, its date and reason stand there already."""

    due_on = date_field(_("新的期限"))
    reason = text_area(_("理由"), rows=2)

    def prepare(self) -> None:
        asked = self.finding.extensions.filter(granted=None).first()
        if asked is not None:
            self.initial = {"due_on": asked.wanted_on, "reason": asked.reason}
            self.fields["due_on"].help_text = _("%(who)s 申请延到 %(day)s。") % {
                "who": asked.asked_by, "day": asked.wanted_on,
            }  # fmt: skip


class RefuseExtensionForm(StepForm):
    reason = text_area(_("不同意的理由"), rows=2)


class DelegateForm(StepForm):
    """Hand the work on; the owner stays accountable unless the box is ticked."""

    to = forms.ModelChoiceField(label=_("交给"), queryset=None, empty_label=None)
    text = text_area(_("交代"), required=False, rows=2)
    accountable = forms.BooleanField(label=_("同时改为责任人（原责任人离岗或调离时）"), required=False)

    def prepare(self) -> None:
        self.fields["to"].queryset = queries.answerers(department_id=self.finding.department_id)
        owner = self.finding.owner
        self.initial = {"accountable": owner is None or not owner.is_active}


class MergeForm(StepForm):
    """Which finding takes this one in."""

    into = forms.ModelChoiceField(label=_("并入"), queryset=None, empty_label=None)
    reason = text_area(_("为什么是同一个问题"), rows=2)

    def prepare(self) -> None:
        self.fields["into"].queryset = queries.mergeable(self.finding)


class ReasonOnlyForm(StepForm):
    reason = text_area(_("理由"), rows=2)


class ReferForm(StepForm):
    """Ask a committee; its decision comes back here."""

    body = forms.ModelChoiceField(label=_("委员会"), queryset=None, empty_label=None)
    question = text_area(_("请委员会研究的问题"))
    wanted_on = date_field(_("希望讨论的日期"), required=False, help_text=_("留空则列入下一次会议。"))

    def prepare(self) -> None:
        self.fields["body"].queryset = queries.committees()
        self.fields["body"].label_from_instance = lambda body: body.name


class AccountForm(StepForm):
    """Who answers for the case; follow-up and learning, never pay."""

    role = forms.ChoiceField(label=_("责任"), choices=Accountability.Role.choices)
    person = forms.ModelChoiceField(label=_("姓名"), queryset=None, empty_label=None)
    text = text_area(_("说明"), required=False, rows=2, help_text=_("用于跟踪和学习，绩效数据读不到。"))

    def prepare(self) -> None:
        self.fields["person"].queryset = queries.people_and_leaders(self.finding)


class FollowUpForm(StepForm):
    held = forms.TypedChoiceField(
        label=_("结论"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("保持有效")), ("no", _("没有保持，重新打开"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    text = text_area(_("跟踪情况"), rows=2)


class LearnForm(StepForm):
    text = text_area(_("经验教训"), rows=2)
    rule_title = forms.CharField(label=_("形成的制度或流程"), max_length=160)
    rule_link = forms.CharField(label=_("文号或链接"), max_length=300, required=False)
    valid_from = date_field(_("施行日期"), required=False)
