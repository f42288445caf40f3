"""Between indicators and findings: what the raise form starts with, the alert that is dealt with, the effect (CAP-08)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from zhikong.foundation.findings import actions, effects
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.hospital.functions.indicators.models import Alert

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
INDICATOR = "diagnosis_within_three_days"
MEASURED = date(2026, 3, 12)


def text(response) -> str:
    return response.content.decode()


def corrected(office, head, hospital, *, on):
    """A major finding of cardiology, answered and corrected on a day, to be verified by the chart."""
    at = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
    finding = actions.raise_finding(
        by=office.user, now=at - timedelta(days=9), department=hospital.departments["CARD"], title="确诊慢",
        detail="事实", severity="major", source_kind="indicator", source_key=f"{INDICATOR}@2026-02",
        indicator_id=INDICATOR, month="2026-02",
    )  # fmt: skip
    actions.answer_cause(finding, by=head.user, now=at - timedelta(days=5), cause="等检查")
    actions.propose_measure(finding, by=head.user, now=at - timedelta(days=5), measure="预约前移")
    actions.approve(finding, by=head.user, now=at - timedelta(days=5))
    actions.accept(finding, by=office.user, now=at - timedelta(days=4), check_by="effect")
    actions.correct(finding, by=head.user, now=at, evidence="预约单")
    return finding


def series(figures, before, after, *, turn="2026-03"):
    place = figures.hospital.departments["CARD"].id
    parts = [(before if month <= turn else after, 100) for month in figures.months]
    parts = [(top + (1, -1, 0)[i % 3], n) for i, (top, n) in enumerate(parts)]
    figures.add(INDICATOR, place, parts)
    figures.finish()


@pytest.mark.proves("CAP-14")
def test_the_form_starts_with_the_facts_of_the_signal(office, figures):
    cardiology = figures.hospital.departments["CARD"].id
    page = text(office.get(f"/findings/raise/?indicator={INDICATOR}&month=2026-10&department={cardiology}"))
    assert "2026 年 10 月未达标" in page
    assert "分子 60，分母 100" in page
    assert "低于下控制限" in page
    assert f"/indicators/{INDICATOR}/cases/?month=2026-10" in page


@pytest.mark.proves("CAP-14")
def test_each_of_several_departments_gets_its_own_facts(office, empty_figures):
    """The form shows both; neither notice carries the other's figures, unless somebody rewrote the text."""
    made, ids = empty_figures, [empty_figures.hospital.departments[c].id for c in ("CARD", "GSUR")]
    made.add(INDICATOR, None, [(140, 200)] * 24)
    made.add(INDICATOR, ids[0], [(61, 100)] * 24)
    made.add(INDICATOR, ids[1], [(79, 100)] * 24)
    made.finish()
    address = f"/findings/raise/?indicator={INDICATOR}&month=2026-10"
    both = f"{address}&department={ids[0]}&department={ids[1]}"
    form = office.get(both).context["form"].initial
    assert "分子 61" in form["detail"]
    assert "分子 79" in form["detail"]
    office.post(both, form | {"departments": ids})
    said = {f.department_id: f.detail for f in Finding.objects.all()}
    assert [("分子 61" in said[pk], "分子 79" in said[pk]) for pk in ids] == [(True, False), (False, True)]
    whole = office.get(address).context["form"].initial
    office.post(address, whole | {"departments": ids[:1]})
    assert all(words in Finding.objects.latest("pk").detail for words in ("分子 140", "分子 61"))
    office.post(both, form | {"departments": ids[:1], "detail": "查房时当面核对"})
    assert Finding.objects.latest("pk").detail == "查房时当面核对"


def test_a_finding_takes_over_the_alert(office, figures, hospital):
    cardiology = hospital.departments["CARD"]
    finding = actions.raise_finding(
        by=office.user, now=NOW, department=cardiology, title="确诊慢", detail="事实", severity="minor",
        source_kind="indicator", source_key=f"{INDICATOR}@2026-10", indicator_id=INDICATOR, month="2026-10",
    )  # fmt: skip
    deliver_pending(now=NOW)
    alert = Alert.objects.get(department_id=cardiology.id)
    assert (alert.state, alert.finding_id) == ("linked", finding.pk)


@pytest.mark.proves("CAP-08")
def test_an_improvement_verifies_the_finding(office, head, empty_figures, hospital):
    series(empty_figures, 80, 95)
    finding = corrected(office, head, hospital, on=MEASURED)
    effect = effects.effect_of(finding, now=NOW)
    assert effect.verdict == "improved"
    assert next(point.month for point in effect.after) == "2026-04"
    assert "2026-03" not in [point.month for point in (*effect.before, *effect.after)]
    office.post(f"/findings/{finding.pk}/effect/", {})
    assert Finding.objects.get().state in ("verified", "closed")


@pytest.mark.proves("CAP-08")
def test_no_shift_reopens_it(office, head, empty_figures, hospital):
    series(empty_figures, 80, 80)
    finding = corrected(office, head, hospital, on=MEASURED)
    assert effects.effect_of(finding, now=NOW).verdict == "not_shifted"
    actions.verify_by_effect(finding, by=office.user, now=NOW)
    assert finding.state == "reopened"


@pytest.mark.proves("CAP-08")
def test_too_few_months_are_observed_until_there_are_enough(office, head, empty_figures, hospital):
    series(empty_figures, 80, 81, turn="2026-09")
    finding = corrected(office, head, hospital, on=date(2026, 9, 12))
    effect = effects.effect_of(finding, now=NOW)
    assert effect.verdict == "not_enough_data"
    assert effect.review_on == date(2027, 4, 10)  # five more months after October, and nine days for the data
    actions.verify_by_effect(finding, by=office.user, now=NOW)
    assert finding.state == "observation"
