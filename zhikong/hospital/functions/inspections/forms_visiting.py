"""What is typed on the pages of a visit in progress. The rules judge again when it is stored."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.inspections.models.ending import Proposal
from zhikong.hospital.functions.inspections.rules_visiting import VOICE_NAMES, Voice

LONG = forms.Textarea(attrs={"rows": 3})


class CommentForm(forms.Form):
    """The inspected side's views."""

    voice = forms.ChoiceField(
        label=_("意见"),
        choices=[(v.value, VOICE_NAMES[v]) for v in (Voice.AGREE, Voice.REMARK, Voice.OBJECT)],
        widget=forms.RadioSelect,
        initial=Voice.AGREE.value,
    )
    text = forms.CharField(
        label=_("内容"),
        required=False,
        max_length=2000,
        widget=LONG,
        help_text=_("同意可以不写；说明和异议请写明是哪一条、为什么。"),
    )


class TextForm(forms.Form):
    """One text, such as the reply to an objection."""

    text = forms.CharField(label=_("答复"), max_length=2000, widget=LONG)


class ReasonForm(forms.Form):
    """A reason of a few words."""

    reason = forms.CharField(label=_("理由"), max_length=300)


class FinishForm(forms.Form):
    """The end of the work on the spot."""

    note = forms.CharField(label=_("现场小结"), required=False, max_length=2000, widget=LONG)


class ConcludeForm(forms.Form):
    """The conclusion, and why nobody waits any longer for a comment."""

    text = forms.CharField(label=_("结论"), required=False, max_length=2000, widget=LONG)
    waive = forms.CharField(
        label=_("不再等待意见的理由"),
        required=False,
        max_length=300,
        help_text=_("被检科室还没有发表意见、期限又没到时必填。"),
    )


class ProposalForm(forms.Form):
    """Whether a failed item becomes a finding."""

    decision = forms.ChoiceField(label=_("处理"), choices=Proposal.Decision.choices, widget=forms.RadioSelect)
    severity = forms.ChoiceField(label=_("程度"), choices=[("minor", _("一般")), ("major", _("严重"))])
    detail = forms.CharField(label=_("事实"), max_length=2000, widget=LONG)
    opinion = forms.CharField(label=_("整改意见"), required=False, max_length=2000, widget=LONG)
    reason = forms.CharField(
        label=_("不提出的理由"), required=False, max_length=300, help_text=_("不提出时必填。")
    )


def of_proposal(proposal: Proposal, data=None) -> ProposalForm:
    """The form of one proposal, filled with what stands."""
    initial = {
        name: getattr(proposal, name) for name in ("decision", "severity", "detail", "opinion", "reason")
    }
    return ProposalForm(data, prefix=f"p{proposal.pk}", initial=initial)
