"""What has happened in the demo hospital before a visitor arrives, told by ordinary actions of its demo users.

Two months are closed, the newest is being analysed, and findings stand in every turn: to be answered, overdue,
to be verified, under observation, closed. Nothing is written past the actions: permissions, tasks, notices and
the audit trail are those of a working day, dated by ``now``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.findings import sources
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import Check, Severity
from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.indicators import actions as indicators
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.models import MonthClose
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.rules import Miss
from zhikong.hospital.functions.indicators.selection import newest_month

OFFICE, CARDIOLOGY, ORTHOPAEDICS = "zhikong", "keshi", "guke"
CAUSES = {
    "grade_a_records": (
        "新入科住院医师书写不及时，上级医师审签滞后，首页主要诊断选择错误较多。",
        "病案室每周反馈缺陷前十名；科室质控员出院前逐份核对首页；十月起新入科医师先培训后书写。责任人：病案室、各科质控员。",
    ),
    "average_length_of_stay": (
        "术前等待检查时间长，康复床位不足，出院带药流程集中在下午。",
        "入院检查实行预约前移，术前平均等待压到两天；与康复科签订转床约定；出院医嘱前一天下达。责任人：科主任，两个月内见效。",
    ),
}
USUAL = (
    "当月急危重症收治增加，部分环节人手不足；科内核对流程执行不到位。",
    "科室质控小组每周核对一次未达标病例，次月质控例会汇报；质控科月中抽查十份。",
)


def tell(*, now: datetime) -> bool:
    """Tell the story once, in the scope of a whole hospital; False when it was told before or there are no figures."""
    if Finding.objects.exclude(indicator_id="").exists() or frame().current is None:
        return False
    newest = newest_month(frame())
    _close(calendar.shifted(newest, -2), now)
    _observed_finding(newest, now)
    _close(calendar.shifted(newest, -1), now)
    _closed_finding(newest, now)
    _finding_to_verify(newest, now)
    _overdue_finding(newest, now)
    _fresh_finding(newest, now)
    _analyse_a_part(newest, now)
    return True


@contextmanager
def _acting(username: str, now: datetime) -> Iterator[User]:
    """A demo user at work: with their own scope and nothing more."""
    user = User.objects.get(username=username)
    with scoped(scope_of(user, timezone.localdate(now))):
        yield user


def _at(month: str, day: int, hour: int, now: datetime) -> datetime:
    """A moment in working time of the month after `month`, never later than now."""
    moment = datetime.combine(
        calendar.first_day(calendar.shifted(month, 1)) + timedelta(days=day - 1),
        time(hour),
        tzinfo=timezone.get_default_timezone(),
    )
    return min(moment, now)


# ---- the months --------------------------------------------------------------------------------------------------


def _close(month: str, now: datetime) -> None:
    """The office explains what was missed, indicator by indicator, and closes the month."""
    if MonthClose.objects.filter(month=month, state=MonthClose.State.CLOSED).exists():
        return
    with _acting(OFFICE, now) as office:
        missed: dict[str, list[Miss]] = {}
        for item in indicators.state_of(month).open_items:
            missed.setdefault(item.miss.indicator_id, []).append(item.miss)
        for hour, (indicator_id, misses) in enumerate(missed.items()):
            cause, measure = CAUSES.get(indicator_id, USUAL)
            indicators.analyse_month(
                by=office,
                now=_at(month, 7, 9 + hour % 8, now),
                month=month,
                misses=misses,
                cause=cause,
                measure=measure,
            )
        indicators.close_month(by=office, now=_at(month, 8, 15, now), month=month)


def _analyse_a_part(month: str, now: datetime) -> None:
    """Cardiology has explained its own misses of the newest month; the others are still open (job 10)."""
    with _acting(CARDIOLOGY, now) as head:
        misses = [item.miss for item in indicators.state_of(month).open_items]
        own = [miss for miss in misses if indicators.may_analyse(head, miss.department_id)]
        if own:
            indicators.analyse_month(
                by=head,
                now=_at(month, 9, 16, now),
                month=month,
                misses=own,
                cause="冠脉造影室设备更新停机，疑难心律失常患者等待检查，三日内未能明确诊断。",
                measure="与影像科约定急诊通道；入院第二天由主任医师查房明确诊断方向；质控员每天核对未确诊名单。",
            )


# ---- the findings ---------------------------------------------------------------------------------------------------


def _raise(code: str, indicator_id: str, month: str, *, at: datetime, severity: str, **more) -> Finding:
    """The quality office raises a finding from an indicator's month, with the facts as the page states them."""
    with _acting(OFFICE, at) as office:
        department = resolve(name_or_code=code, on=timezone.localdate(at))
        key = f"{indicator_id}@{month}"
        source = sources.describe("indicator", key, department.id)
        return findings.raise_finding(
            by=office,
            now=at,
            department=department,
            title=source.title,
            detail=source.detail,
            severity=severity,
            source_kind="indicator",
            source_key=key,
            indicator_id=indicator_id,
            month=month,
            **more,
        )


def _answer(finding: Finding, username: str, cause: str, measure: str, *, at: datetime) -> None:
    with _acting(username, at) as head:
        findings.answer_cause(finding, by=head, now=at, cause=cause)
        findings.propose_measure(finding, by=head, now=at, measure=measure)
        findings.approve(finding, by=head, now=at)


def _accept(finding: Finding, check: Check, *, at: datetime) -> None:
    with _acting(OFFICE, at) as office:
        findings.accept(finding, by=office, now=at, check_by=check)


def _correct(finding: Finding, username: str, evidence: str, *, at: datetime) -> None:
    with _acting(username, at) as head:
        findings.correct(finding, by=head, now=at, evidence=evidence)


def _closed_finding(newest: str, now: datetime) -> None:
    """Raised, answered, corrected, verified and closed within four weeks."""
    month = calendar.shifted(newest, -1)
    finding = _raise("CARD", "grade_a_records", month, at=_at(month, 9, 10, now), severity=Severity.MINOR)
    cause, measure = CAUSES["grade_a_records"]
    _answer(finding, CARDIOLOGY, cause, measure, at=_at(month, 12, 11, now))
    _accept(finding, Check.EVIDENCE, at=_at(month, 13, 9, now))
    evidence = "已完成新入科医师培训签到表和 40 份首页核对单，缺陷由 6 份降到 1 份。"
    _correct(finding, CARDIOLOGY, evidence, at=_at(month, 22, 17, now))
    at = _at(month, 26, 10, now)
    with _acting(OFFICE, at) as office:
        findings.verify(finding, by=office, now=at, text="抽查当月出院病历 10 份，首页均经质控员核对签名。")
        findings.close(finding, by=office, now=at)


def _finding_to_verify(newest: str, now: datetime) -> None:
    """Corrected by the department; the office has to look."""
    month = calendar.shifted(newest, -1)
    finding = _raise("ORTH", "grade_a_records", month, at=_at(month, 20, 10, now), severity=Severity.MINOR)
    cause, measure = CAUSES["grade_a_records"]
    _answer(finding, ORTHOPAEDICS, cause, measure, at=_at(month, 23, 15, now))
    _accept(finding, Check.EVIDENCE, at=_at(month, 24, 9, now))
    evidence = "出院病历由质控员逐份核对，附核对登记 36 份。"
    _correct(finding, ORTHOPAEDICS, evidence, at=_at(newest, 4, 16, now))


def _observed_finding(newest: str, now: datetime) -> None:
    """A major one: the chart decides, and has too few months yet unless it speaks clearly."""
    month = calendar.shifted(newest, -3)
    at = _at(month, 12, 10, now)
    finding = _raise("ORTH", "average_length_of_stay", month, at=at, severity=Severity.MAJOR)
    cause, measure = CAUSES["average_length_of_stay"]
    _answer(finding, ORTHOPAEDICS, cause, measure, at=_at(month, 18, 11, now))
    _accept(finding, Check.EFFECT, at=_at(month, 19, 9, now))
    evidence = "术前检查预约前移已执行，与康复科转床约定已签，附登记。"
    _correct(finding, ORTHOPAEDICS, evidence, at=_at(month, 30, 16, now))
    at = _at(newest, 10, 9, now)
    with _acting(OFFICE, at) as office:
        findings.verify_by_effect(finding, by=office, now=at)


def _overdue_finding(newest: str, now: datetime) -> None:
    """Nobody has answered, and the date has passed: the call that a leader should make."""
    month = calendar.shifted(newest, -1)
    _raise(
        "ORTH",
        _missed_by("ORTH", month),
        month,
        at=now - timedelta(days=36),
        severity=Severity.MINOR,
        due_on=timezone.localdate(now) - timedelta(days=8),
        due_reason="质控例会指定：下次例会前完成",
    )


def _missed_by(code: str, month: str) -> str:
    """The indicator that a department missed by most and that no finding deals with yet."""
    department = resolve(name_or_code=code, on=calendar.first_day(month))
    dealt_with = set(Finding.objects.values_list("indicator_id", flat=True))
    rows = [item.line for item in indicators.state_of(month).departments if item.line.place == department.id]
    return next((row.definition.id for row in rows if row.definition.id not in dealt_with), "bed_occupancy")


def _fresh_finding(newest: str, now: datetime) -> None:
    """Raised four days ago; cardiology's head has to answer (job 4)."""
    at = now - timedelta(days=4)
    _raise("CARD", "diagnosis_within_three_days", newest, at=at, severity=Severity.MINOR)
