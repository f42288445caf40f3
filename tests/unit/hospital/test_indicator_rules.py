"""How values are judged, compared and put into words; what keeps a month open (IND-02…08, SYS-04)."""

from decimal import Decimal as D

import pytest

from zhikong.hospital.functions.indicators import months, rules
from zhikong.hospital.functions.indicators.rules import Miss, Status, Target, target_of

FLOOR = target_of({"at_least": 92})
CEILING = target_of({"at_most": 14})
ZERO = target_of({"equals": 0})
BAND = target_of({"range": [80, 90]})


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        ("92", FLOOR, Status.MET),
        ("91.999999", FLOOR, Status.MISSED),
        ("140", FLOOR, Status.MET),  # a floor is not broken from above
        ("14", CEILING, Status.MET),
        ("14.01", CEILING, Status.MISSED),
        ("0", CEILING, Status.MET),
        ("0", ZERO, Status.MET),
        ("0.05", ZERO, Status.MISSED),
        ("79.9", BAND, Status.MISSED),
        ("85", BAND, Status.MET),
        ("90.1", BAND, Status.MISSED),
        ("5", Target(), Status.NO_TARGET),
    ],
)
def test_judgement_against_each_kind_of_target(value, target, expected):
    assert rules.judge(D(value), target, denominator=100, minimum=10) is expected


def test_a_value_that_cannot_be_computed_is_never_a_zero():
    assert rules.judge(None, ZERO, denominator=0) is Status.NOT_COMPUTABLE


def test_small_denominators_are_shown_but_not_judged():
    assert rules.judge(D(0), FLOOR, denominator=9, minimum=10) is Status.TOO_FEW
    assert rules.judge(D(0), FLOOR, denominator=10, minimum=10) is Status.MISSED


def test_a_count_has_no_denominator_and_is_judged():
    assert rules.judge(D(3), ZERO, denominator=None, minimum=10) is Status.MISSED


def test_an_unfavourable_signal_warns_but_never_hides_a_miss():
    assert rules.judge(D(95), FLOOR, denominator=50, unfavourable_signal=True) is Status.WARNING
    assert rules.judge(D(90), FLOOR, denominator=50, unfavourable_signal=True) is Status.MISSED
    assert rules.judge(D(5), Target(), denominator=50, unfavourable_signal=True) is Status.WARNING


@pytest.mark.parametrize(
    ("target", "text"),
    [(FLOOR, "≥ 92 %"), (CEILING, "≤ 14 %"), (ZERO, "0 %"), (BAND, "80–90 %"), (Target(), "—")],
)
def test_targets_in_words(target, text):
    assert target.text("%") == text


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="高于上限"):
        Target(D(90), D(80))


def test_gap_is_measured_from_the_nearer_bound():
    assert BAND.gap(D(78)) == 2
    assert BAND.gap(D(93)) == 3
    assert BAND.gap(D(85)) == 0


def test_changes_are_percentage_points():
    assert rules.change(D("93.4"), D("92.1")) == D("1.3")
    assert rules.change(None, D(1)) is None
    assert rules.change_text(D("1.3")) == "+1.30"
    assert rules.change_text(D("-0.004")) == "0.00"
    assert rules.change_unit("%") == "个百分点"
    assert rules.change_unit("天") == "天"


def test_half_is_rounded_up():
    assert rules.shown(D("6.685")) == "6.69"
    assert rules.shown(None) == "—"


@pytest.mark.parametrize(("direction", "expected"), [("up", True), ("down", False), ("monitor", None)])
def test_a_rise_is_good_only_where_more_is_better(direction, expected):
    assert rules.favourable(D(1), direction) is expected
    assert rules.favourable(D(0), direction) is None


def test_the_bad_side_of_a_signal():
    assert rules.side_is_unfavourable("below", "up")
    assert not rules.side_is_unfavourable("above", "up")
    assert rules.side_is_unfavourable("above", "down")
    assert rules.side_is_unfavourable("above", "monitor")


def test_the_sentence_says_value_target_gap_and_cases():
    sentence = rules.judgement_sentence(
        "三日确诊率",
        Status.MISSED,
        D("88.25"),
        target_of({"at_least": 90}),
        "%",
        denominator=400,
        shortfall=7,
    )
    assert sentence == (
        "三日确诊率为 88.25 %，未达到目标（≥ 90 %），相差 1.75 个百分点。相当于多 7 例才会达标。"
    )


def test_missing_cases_are_rounded_up():
    assert rules.shortfall_cases(353, 400, target_of({"at_least": 90}), 100) == 7
    assert rules.shortfall_cases(360, 400, target_of({"at_least": 90}), 100) is None
    assert rules.shortfall_cases(353, 0, target_of({"at_least": 90}), 100) is None
    assert rules.shortfall_cases(10, 10, CEILING, 1) is None


def test_only_misses_without_an_analysis_keep_the_month_open():
    misses = [Miss("a", None), Miss("a", 3), Miss("b", None)]
    assert rules.blockers(misses, {("a", None), ("b", None)}) == [Miss("a", 3)]
    assert rules.blockers(misses, {("a", None), ("a", 3), ("b", None)}) == []


def test_an_alert_falls_silent_only_after_quiet_months():
    span = months.span("2026-01", "2026-06")
    assert rules.alert_state(span, {"2026-06"}) == rules.AlertState(signalling=True, months_quiet=0)
    assert rules.alert_state(span, {"2026-03"}).months_quiet == 3
    assert rules.alert_state(span, {"2026-03"}, {"2026-05"}).months_quiet == 1
    assert rules.alert_state([], set()).signalling is False


def test_runs_of_misses_ignore_months_without_a_judgement():
    run = [Status.MET, Status.MISSED, Status.TOO_FEW, Status.MISSED]
    assert rules.misses_in_row(run) == 2
    assert rules.misses_in_row([*run, Status.MET]) == 0


def test_months_cross_the_year():
    assert months.shifted("2026-01", -1) == "2025-12"
    assert months.shifted("2025-12", 13) == "2027-01"
    assert months.last(3, "2026-01") == ["2025-11", "2025-12", "2026-01"]
    assert months.spoken("2026-10") == "2026 年 10 月"
    assert months.is_month("2026-10")
    assert not months.is_month("2026-13")
