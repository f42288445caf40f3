"""The forms of findings: the list's query, raising, each step, the plan, and what changes a finding's way."""

from zhikong.foundation.findings.forms.fields import FILE_PURPOSE, FILE_RETENTION
from zhikong.foundation.findings.forms.lists import SHOW, FindingFilter, RaiseForm
from zhikong.foundation.findings.forms.moves import (
    AccountForm,
    AskExtensionForm,
    DelegateForm,
    ExtendForm,
    FollowUpForm,
    LearnForm,
    MergeForm,
    ReasonOnlyForm,
    ReferForm,
    RefuseExtensionForm,
)
from zhikong.foundation.findings.forms.plan import PlanForms
from zhikong.foundation.findings.forms.steps import (
    AcceptForm,
    AnswerForm,
    CorrectForm,
    EffectForm,
    ItemsForm,
    OverrideForm,
    ReasonForm,
    ReopenForm,
    StepForm,
    TextForm,
    VerifyForm,
)

__all__ = [
    "FILE_PURPOSE",
    "FILE_RETENTION",
    "SHOW",
    "AcceptForm",
    "AccountForm",
    "AnswerForm",
    "AskExtensionForm",
    "CorrectForm",
    "DelegateForm",
    "EffectForm",
    "ExtendForm",
    "FindingFilter",
    "FollowUpForm",
    "ItemsForm",
    "LearnForm",
    "MergeForm",
    "OverrideForm",
    "PlanForms",
    "RaiseForm",
    "ReasonForm",
    "ReasonOnlyForm",
    "ReferForm",
    "RefuseExtensionForm",
    "ReopenForm",
    "StepForm",
    "TextForm",
    "VerifyForm",
]
