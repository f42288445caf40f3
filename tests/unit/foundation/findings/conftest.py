"""A department head, a quality office, and findings at any stage between them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def people(hospital, make_user):
    card = hospital.departments["CARD"]
    return SimpleNamespace(
        office=make_user("quality_office", name="王敏"),
        office_two=make_user("quality_office", name="赵强"),
        head=make_user("department_head", card, name="李建国"),
        nurse=make_user("head_nurse", card, name="陈晓红"),
        doctor=make_user("physician", card, name="周强"),
        leader=make_user("hospital_leader", name="孙院"),
        other_head=make_user("department_head", hospital.departments["GSUR"], name="钱主任"),
    )


@pytest.fixture
def new_finding(hospital, people):
    from zhikong.foundation.findings import actions

    def make(severity="minor", *, department="CARD", indicator=None, now=NOW, **more):
        return actions.raise_finding(
            by=people.office,
            now=now,
            department=hospital.departments[department],
            title="平均住院日超过目标",
            detail="2026 年 10 月平均住院日 16.2 天，目标 14 天。",
            severity=severity,
            source_kind="indicator" if indicator else "manual",
            source_key=f"{indicator}@2026-10" if indicator else "",
            indicator_id=indicator,
            month="2026-10" if indicator else None,
            **more,
        )

    return make


@pytest.fixture
def answered(new_finding, people):
    """answered("major") → a finding whose measure the department head has approved."""

    from zhikong.foundation.findings import actions

    def make(*args, **kwargs):
        finding = new_finding(*args, **kwargs)
        actions.answer_cause(finding, by=people.head, now=NOW, cause="床位周转慢")
        actions.propose_measure(finding, by=people.head, now=NOW, measure="每周五讨论超长住院")
        return actions.approve(finding, by=people.head, now=NOW)

    return make


@pytest.fixture
def corrected(answered, people):
    """corrected("major", indicator="…", check_by="effect") → a finding that waits for verification."""

    from zhikong.foundation.findings import actions

    def make(*args, check_by="", items_required=None, **kwargs):
        finding = answered(*args, **kwargs)
        actions.accept(finding, by=people.office, now=NOW, check_by=check_by, items_required=items_required)
        return actions.correct(finding, by=people.head, now=NOW, evidence="讨论记录四份")

    return make


@pytest.fixture
def chart():
    """A registered provider whose verdict the test sets: chart.verdict = "not_shifted"."""
    from zhikong.foundation.findings import effects
    from zhikong.foundation.findings.effects import Effect, Point
    from zhikong.foundation.findings.rules import Verdict

    says = SimpleNamespace(verdict="improved", review_on=date(2027, 2, 8))

    def provider(finding, now):
        verdict = Verdict(says.verdict)
        review_on = says.review_on if verdict is Verdict.NOT_ENOUGH_DATA else None
        before, after = (Point("2026-10", None),), (Point("2026-12", None),)
        return Effect(before, after, verdict, f"判定：{verdict}", review_on=review_on)

    own = effects._providers.get("indicator")  # the indicators' provider, which later tests need again
    effects.register("indicator", provider)
    yield says
    effects.unregister("indicator")
    if own:
        effects.register("indicator", own)
