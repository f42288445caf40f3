"""What the person who looks at a finding may do next: one step to the fore, the others folded away."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import Attached, settle
from zhikong.foundation.findings import actions, effects, forms, rules
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.permissions import may, may_remind, needed_for
from zhikong.foundation.findings.rules import Act, Check, State
from zhikong.foundation.findings.views.step import Step


def _answer(finding, *, by, now, cause, measure, responsible, measure_due_on, approve=False):
    actions.answer_cause(finding, by=by, now=now, cause=cause)
    actions.propose_measure(
        finding, by=by, now=now, measure=measure, responsible=responsible, measure_due_on=measure_due_on
    )
    if approve and may(by, Act.APPROVE, finding):
        actions.approve(finding, by=by, now=now)
    return finding


def _then_close(action):
    """Verify, and close at once when it passed and the box was ticked."""

    def run(finding, *, by, now, close=False, **values):
        action(finding, by=by, now=now, **values)
        if close and finding.state == State.VERIFIED:
            actions.close(finding, by=by, now=now)
        return finding

    return run


def _with_files(action):
    """Make files of what the form brought; they and the evidence stand or fall together."""

    def run(finding, *, by, now, files: Attached, **values):
        found = settle(
            files,
            by=by,
            now=now,
            department_id=finding.department_id,
            purpose=forms.FILE_PURPOSE,
            retention=forms.FILE_RETENTION,
        )
        return action(finding, by=by, now=now, files=found, **values)

    return run


def _extension_asked(finding: Finding) -> bool:
    return any(one.granted is None for one in finding.extensions.all())


def _corrected(finding: Finding) -> bool:
    return finding.corrected_at is not None


def _checked_by(check: Check) -> Callable[[Finding], bool]:
    def asked(finding: Finding) -> bool:
        return _corrected(finding) and check_for(finding) is check

    return asked


def check_for(finding: Finding) -> Check:
    """How the finding is to be verified: as agreed; by items when the chart can no longer be read."""
    allowed = rules.checks_allowed(finding.severity, finding.recurrent, effects.has_provider(finding))
    agreed = Check(finding.check_by) if finding.check_by else allowed[0]
    return agreed if agreed in allowed else Check.REINSPECTION


STEPS = (
    Step("answer", Act.ANSWER_CAUSE, _("整改答复"), _("提交答复"), forms.AnswerForm, _answer),
    Step("approve", Act.APPROVE, _("审核整改措施"), _("审核通过"), forms.TextForm, actions.approve),
    Step("accept", Act.ACCEPT, _("受理整改措施"), _("受理"), forms.AcceptForm, actions.accept),
    Step(
        "correct",
        Act.CORRECT,
        _("报告整改完成"),
        _("提交证据"),
        forms.CorrectForm,
        _with_files(actions.correct),
        when=lambda finding: not _corrected(finding),
    ),
    Step(
        "verify",
        Act.VERIFY,
        _("核实整改效果"),
        _("保存核实结果"),
        forms.VerifyForm,
        _then_close(actions.verify),
        when=_checked_by(Check.EVIDENCE),
    ),
    Step(
        "items",
        Act.VERIFY,
        _("复查"),
        _("保存复查结果"),
        forms.ItemsForm,
        _then_close(actions.verify_by_items),
        when=_checked_by(Check.REINSPECTION),
    ),
    Step(
        "effect",
        Act.VERIFY,
        _("按指标控制图核实"),
        _("按控制图判定"),
        forms.EffectForm,
        _then_close(actions.verify_by_effect),
        when=_checked_by(Check.EFFECT),
    ),
    Step("close", Act.CLOSE, _("关闭问题"), _("关闭"), forms.TextForm, actions.close),
    Step(
        "spot",
        Act.CORRECT_ON_THE_SPOT,
        _("已当场纠正"),
        _("提交证据"),
        forms.CorrectForm,
        _with_files(actions.correct_on_the_spot),
        when=lambda finding: not finding.is_strict,
        leading=False,
    ),
    Step(
        "return",
        Act.RETURN,
        _("退回科室"),
        _("退回"),
        forms.ReasonForm,
        actions.return_to_department,
        leading=False,
    ),
    Step(
        "remind",
        Act.COMMENT,
        _("催办"),
        _("发送催办通知"),
        forms.TextForm,
        actions.remind,
        when=lambda finding: State(finding.state) in rules.WITH_DEPARTMENT and not _corrected(finding),
        leading=False,
        allowed=may_remind,
    ),
    Step(
        "ask",
        Act.ASK_EXTENSION,
        _("申请延期"),
        _("提交申请"),
        forms.AskExtensionForm,
        actions.ask_extension,
        when=lambda finding: not _extension_asked(finding),
        leading=False,
        allowed=lambda user, finding: not may(user, Act.EXTEND, finding),
    ),
    Step("extend", Act.EXTEND, _("延期"), _("同意延期"), forms.ExtendForm, actions.extend, leading=False),
    Step(
        "refuse",
        Act.REFUSE_EXTENSION,
        _("不同意延期"),
        _("不同意"),
        forms.RefuseExtensionForm,
        actions.refuse_extension,
        when=lambda finding: _extension_asked(finding),
        leading=False,
        seldom=True,
    ),
    Step(
        "delegate",
        Act.DELEGATE,
        _("转交经办"),
        _("转交"),
        forms.DelegateForm,
        actions.delegate,
        leading=False,
        seldom=True,
    ),
    Step(
        "refer",
        Act.REFER,
        _("提交委员会"),
        _("提交"),
        forms.ReferForm,
        actions.refer,
        when=lambda finding: not any(one.is_open for one in finding.referrals.all()),
        leading=False,
        seldom=True,
    ),
    Step(
        "merge",
        Act.MERGE,
        _("并入另一个问题"),
        _("合并"),
        forms.MergeForm,
        actions.merge,
        leading=False,
        seldom=True,
    ),
    Step(
        "unmerge",
        Act.UNMERGE,
        _("撤销合并"),
        _("分出来"),
        forms.ReasonOnlyForm,
        actions.unmerge,
        leading=False,
        seldom=True,
    ),
    Step(
        "learn",
        Act.LEARN,
        _("形成制度"),
        _("保存"),
        forms.LearnForm,
        actions.learn,
        leading=False,
        seldom=True,
    ),
    Step(
        "account",
        Act.ACCOUNT,
        _("责任认定"),
        _("保存"),
        forms.AccountForm,
        actions.name_accountable,
        leading=False,
        seldom=True,
    ),
    Step(
        "follow",
        Act.FOLLOW_UP,
        _("跟踪评价"),
        _("保存"),
        forms.FollowUpForm,
        actions.follow_up,
        leading=False,
        seldom=True,
    ),
    Step("comment", Act.COMMENT, _("发表意见"), _("发表"), forms.ReasonForm, actions.comment, leading=False),
    Step(
        "reopen",
        Act.REOPEN,
        _("重新打开"),
        _("重新打开"),
        forms.ReopenForm,
        actions.reopen,
        when=lambda finding: finding.state != State.ACCEPTED,
        leading=False,
        danger=True,
    ),
    Step(
        "override",
        Act.OVERRIDE,
        _("例外关闭"),
        _("例外关闭"),
        forms.OverrideForm,
        actions.override_closure,
        leading=False,
        danger=True,
    ),
)


TELLING = frozenset({Act.COMMENT, Act.ACCOUNT, Act.LEARN, Act.FOLLOW_UP})
"""Acts that add to the story and change nothing: another's step in between does not matter to them."""


def offered(user, finding: Finding) -> list[Step]:
    """The steps that state, permission and circumstances allow, the leading ones first."""
    return [step for step in STEPS if _possible(user, finding, step)]


def _possible(user, finding: Finding, step: Step) -> bool:
    if State(finding.state) not in rules.MAY_START_FROM[step.act] or not step.when(finding):
        return False
    return step.allowed(user, finding) and (not needed_for(step.act) or may(user, step.act, finding))
