"""When a finding may close: never without proof, a major or recurrent one never on evidence alone."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.findings.rules.states import Check, Severity


def is_strict(severity: Severity | str, recurrent: bool) -> bool:
    """Major or recurrent: evidence alone does not close it."""
    return recurrent or Severity(severity) is Severity.MAJOR


def checks_allowed(severity: Severity | str, recurrent: bool, has_indicator: bool) -> tuple[Check, ...]:
    """By what a finding may be verified, the proposed way first."""
    effect = (Check.EFFECT,) if has_indicator else ()
    if is_strict(severity, recurrent):
        return (*effect, Check.REINSPECTION)
    return (Check.EVIDENCE, Check.REINSPECTION, *effect)


@dataclass(frozen=True)
class Verified:
    """A verification as the closing rule sees it. by is None when a job read the chart."""

    check: Check
    passed: bool
    by: int | None
    items_checked: int = 0


@dataclass(frozen=True)
class Closing:
    """Everything the closing rule looks at; people are user ids."""

    severity: Severity
    recurrent: bool
    corrected_by: int | None
    evidence_by: frozenset[int]
    verified: Verified | None
    closed_by: int | None
    items_required: int = 0


def closing_problem(case: Closing) -> str | None:
    """Why a finding may not be closed, as a sentence, or None when it may (CAP-04, CAP-08)."""
    if case.verified is None or not case.verified.passed:
        return _("没有通过的核实记录，不能关闭。")
    if case.closed_by is None:
        return _("关闭必须由具体的人作出。")
    if case.verified.check is Check.OVERRIDE:
        return _same_person(case)
    if case.corrected_by is None or not case.evidence_by:
        return _("没有整改完成的记录和证据，不能关闭。")
    return _same_person(case) or _weak_check(case)


def _same_person(case: Closing) -> str | None:
    workers = {case.corrected_by, *case.evidence_by} - {None}
    judge = case.verified.by if case.verified.by is not None else case.closed_by
    if judge in workers:
        return _("核实的人不能是报告整改完成的人，请换一位核实。")
    return None


def _weak_check(case: Closing) -> str | None:
    strict = is_strict(case.severity, case.recurrent)
    if strict and case.verified.check is Check.EVIDENCE:
        return _("严重或重复发生的问题，要由复查或指标控制图证明有效，仅凭证据不能关闭。")
    if case.verified.check is Check.REINSPECTION and case.verified.items_checked < max(
        case.items_required, 1
    ):
        return _("复查份数不足：要求 %(need)d 份，实际 %(got)d 份。") % {
            "need": max(case.items_required, 1),
            "got": case.verified.items_checked,
        }
    return None
