"""Decisions about charts: limits, signals and history follow them; what was found before stays (IND-52)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.hospital.functions.indicators import charting
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.actions.deciding import decide_chart, withdraw_decision
from zhikong.hospital.functions.indicators.actions.signalling import detect_signals
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.control import control
from zhikong.hospital.functions.indicators.models import (
    Computation,
    IndicatorValue,
    MonthClose,
    Signal,
)
from zhikong.hospital.functions.indicators.queries.decisions import chart_decisions, decision_book
from zhikong.hospital.functions.indicators.queries.detail import detail
from zhikong.hospital.functions.indicators.queries.figures import frame, signals
from zhikong.hospital.functions.indicators.queries.targets import target_book

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
LENGTH = "average_length_of_stay"
MONTHS = calendar.span("2024-01", "2026-10")  # 34 months; charts show the newest 24
OLD, NEW = (9.6, 10.2, 9.9, 10.3, 9.8, 10.1), (7.4, 8.1, 7.7, 8.2, 7.6, 7.9)
CHANGED = "2026-01"


def level(month):
    values = OLD if month < CHANGED else NEW
    return values[MONTHS.index(month) % 6]


@pytest.fixture
def officer(make_user):
    return make_user("quality_office")


@pytest.fixture
def computed(hospital):
    """One indicator of the hospital: about ten days, from January 2026 about eight."""
    definition = definitions()[LENGTH]
    run = Computation.objects.create(
        institution_id=hospital.id, data_version="v1", definitions={LENGTH: definition.hash},
        first_month=MONTHS[0], last_month=MONTHS[-1], computed_at=NOW, value_count=len(MONTHS),
    )  # fmt: skip
    IndicatorValue.objects.bulk_create(
        IndicatorValue(
            institution_id=hospital.id, indicator_id=LENGTH, definition_version=1,
            definition_hash=definition.hash, data_version="v1", computed_at=NOW, month=month,
            numerator=int(level(month) * 100), denominator=100, value=Decimal(str(level(month))),
        )
        for month in MONTHS
    )  # fmt: skip
    detect_signals(run=run, definitions=[definition])
    return run


def decide(officer, kind, now=NOW, **more):
    return decide_chart(by=officer, now=now, indicator_id=LENGTH, kind=kind, reason="换了新流程", **more)


def found():
    return {month for (_, _, month) in signals(frame(), months=MONTHS, indicators=[LENGTH], places=[None])}


def seen():
    return detail(
        frame(), target_book(), definition=definitions()[LENGTH], place=None, month=MONTHS[-1], compared=[]
    )


def drawn():
    shown = seen()
    return control(shown.line.definition, shown.series, shown.months, shown.decisions), shown.months


def test_a_phase_has_its_own_limits_on_the_page_and_in_the_signals(computed, officer):
    assert CHANGED in found()  # the fall is a signal against the limits of both levels together
    decide(officer, "phase", first_month=CHANGED)
    assert found() == set()
    chart, months = drawn()
    before, after = (chart.at(months.index(month))[1] for month in ("2025-12", CHANGED))
    assert before == pytest.approx(10, abs=0.2)
    assert after == pytest.approx(7.8, abs=0.2)
    assert chart.limits.trial  # ten months carry the new limits


def test_a_frozen_baseline_judges_what_comes_after_it(computed, officer):
    decide(officer, "freeze", first_month="2024-07", last_month="2025-06")
    chart, months = drawn()
    assert months[0] == "2024-07"  # the baseline is shown
    assert chart.at(len(months) - 1)[1] == pytest.approx(10, abs=0.1)
    assert found() == set(MONTHS[MONTHS.index(CHANGED) :])
    decide(officer, "freeze", first_month="2025-01", last_month="2025-12")
    (new, old) = chart_decisions(indicator_id=LENGTH, place=None)
    assert (new.withdrawn_at, old.withdrawn_reason) == (None, "由新的决定取代")


def test_an_excluded_month_carries_no_limits_and_is_still_drawn(computed, officer):
    decide(officer, "exclude", first_month="2026-01", last_month="2026-10")
    chart, months = drawn()
    assert chart.at(0)[1] == pytest.approx(10, abs=0.1)
    assert not chart.limits.include[months.index("2026-10")]
    assert chart.limits.y[months.index("2026-10")] == level("2026-10")


def test_the_type_is_decided_and_a_note_changes_nothing(computed, officer):
    before = found()
    decide(officer, "note", first_month="2026-01")
    assert (found(), decision_book().stamp(LENGTH, None)) == (before, "")
    decide(officer, "chart_type", chart="median")
    chart, _ = drawn()
    assert chart.kind == "median"
    assert "换了新流程" in chart.reason


def test_what_was_found_before_stays_and_returns_with_the_withdrawal(computed, officer):
    before, rows = found(), set(Signal.objects.values_list("pk", flat=True))
    decision = decide(officer, "phase", first_month=CHANGED)
    assert rows <= set(Signal.objects.values_list("pk", flat=True))
    withdraw_decision(by=officer, now=NOW + timedelta(hours=1), decision=decision, reason="弄错了")
    assert found() == before
    (row,) = chart_decisions(indicator_id=LENGTH, place=None)
    assert (row.withdrawn_by, row.withdrawn_reason) == (officer, "弄错了")
    with pytest.raises(ValidationError):
        withdraw_decision(by=officer, now=NOW, decision=decision, reason="再来")


def test_a_closed_month_keeps_the_signals_it_was_closed_with(computed, officer):
    MonthClose.objects.create(
        institution_id=computed.institution_id, month="2026-01", state=MonthClose.State.CLOSED,
        computation=computed, closed_at=NOW, closed_by=officer, last_target=0,
    )  # fmt: skip
    before = found()
    decide(officer, "phase", now=NOW + timedelta(days=1), first_month=CHANGED)
    assert found() == before & {"2026-01"}


def test_a_new_computation_finds_signals_under_the_decision(computed, officer):
    decide(officer, "phase", first_month=CHANGED)
    assert detect_signals(run=computed, definitions=[definitions()[LENGTH]]) == 0


@pytest.mark.parametrize(
    "wishes",
    [
        {"kind": "phase"},
        {"kind": "phase", "first_month": "2026-13"},
        {"kind": "freeze", "first_month": "2026-01", "last_month": "2026-02"},
        {"kind": "exclude", "first_month": "2026-02", "last_month": "2026-01"},
        {"kind": "chart_type", "chart": "pie"},
        {"kind": "other", "first_month": "2026-01"},
    ],
)
def test_what_makes_no_sense_is_refused(computed, officer, wishes):
    with pytest.raises(ValidationError):
        decide(officer, **wishes)


def test_only_who_manages_targets_decides(computed, make_user):
    with pytest.raises(PermissionDenied):
        decide(make_user("physician"), "phase", first_month=CHANGED)


def test_rare_events_get_a_g_chart():
    """Wound infections of a department: less than one a month. High means rarer, so the side is turned."""
    definition = definitions()["class_one_infection"]
    from zhikong.hospital.functions.indicators.queries.figures import Figure

    events = [1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1]
    series = [Figure(e, 40, Decimal(e * definition.multiplier) / 40, "", "hash", "v1", NOW) for e in events]
    chart = control(definition, series)
    assert chart.kind == "g"
    assert "少见" in chart.reason
    assert [value == value for value in chart.limits.y].count(True) == sum(events) - 1
    assert chart.limits.upper[0] > 400


def test_a_new_phase_is_not_judged_before_twelve_months(computed, officer):
    """Ten months carry the new limits, so the page does not judge by them, although the chart shows 24."""
    said = charting.noise_sentences(seen(), charting.chart(seen(), place_name="全院"))
    assert not said[0].startswith("只有")
    decide(officer, "phase", first_month=CHANGED)
    said = charting.noise_sentences(seen(), charting.chart(seen(), place_name="全院"))
    assert said[0].startswith("只有 10 个月的数据")
