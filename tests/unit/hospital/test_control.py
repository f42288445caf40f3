"""Charts of indicator series: which chart, which rules, which words (F-14, IND-52)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from zhikong.engine.stats.points import Rule
from zhikong.hospital.functions.indicators import noise
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.control import chart_kind, control, side
from zhikong.hospital.functions.indicators.queries.figures import Figure

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def figures(indicator_id, parts):
    factor = definitions()[indicator_id].multiplier
    return [
        None
        if part is None
        else Figure(part[0], part[1], Decimal(part[0] * factor) / part[1], "", "hash", "v1", NOW)
        for part in parts
    ]


WOBBLE = [(94, 100), (95, 100), (93, 100), (95, 100), (94, 100), (96, 100)] * 4


def test_a_proportion_gets_a_p_chart_in_per_cent():
    chart = control(
        definitions()["diagnosis_within_three_days"], figures("diagnosis_within_three_days", WOBBLE)
    )
    assert chart.kind in ("p", "p_prime")
    lower, centre, upper = chart.at(0)
    assert centre == pytest.approx(sum(top for top, _ in WOBBLE) / len(WOBBLE))
    assert 0 <= lower < centre < upper <= 100


def test_a_mean_gets_an_individuals_chart():
    definition = definitions()["average_length_of_stay"]
    assert chart_kind(definition, figures("average_length_of_stay", [(500, 60), (510, 61)])) == "xmr"


def test_a_fall_is_below_the_limit_and_nothing_else_is():
    series = figures("diagnosis_within_three_days", [*WOBBLE[:-1], (60, 100)])
    chart = control(definitions()["diagnosis_within_three_days"], series)
    assert chart.rules[-1] is Rule.BELOW
    assert side(chart.rules[-1]) == "below"
    assert set(chart.rules[:-1]) == {Rule.NONE}


def test_a_missing_month_keeps_its_place():
    series = figures("diagnosis_within_three_days", [*WOBBLE[:5], None, *WOBBLE[6:-1], (60, 100)])
    chart = control(definitions()["diagnosis_within_three_days"], series)
    assert chart.points == 23
    assert chart.rules[5] is Rule.NONE
    assert chart.rules[-1] is Rule.BELOW


def test_short_series_are_on_trial():
    chart = control(
        definitions()["diagnosis_within_three_days"], figures("diagnosis_within_three_days", WOBBLE[:8])
    )
    assert chart.limits.trial
    assert control(definitions()["diagnosis_within_three_days"], [None, None]) is None


def test_the_sentences_do_not_judge_on_trial_limits():
    said = noise.sentences(
        points=8, value=Decimal(60), lower=85.0, upper=99.0, unit="%", found=[], chance=None,
        departments=0, judged=0, expected=None,
    )  # fmt: skip
    assert said[0].startswith("只有 8 个月的数据")
    assert "之外" in said[1]


@pytest.mark.parametrize(
    ("points", "chance"), [(11, None), (12, 0.08), (18, 0.14), (24, 0.20), (60, 0.49), (90, 0.49)]
)
def test_the_chance_of_a_false_alarm_lies_between_the_measured_ones(points, chance):
    assert noise.chance_of_false_alarm(points) == (None if chance is None else pytest.approx(chance))
