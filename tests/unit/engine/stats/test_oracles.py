"""Charts and rules against results computed by others (reference/spc), point by point."""

import csv
import re
from collections import defaultdict

import numpy as np
import pytest

from zhikong.engine.stats import limits as charts
from zhikong.engine.stats import points as nhs
from zhikong.engine.stats.runs import critical_values
from zhikong.engine.stats.series import Options

# Demanded deviations: limits that collapse onto the mean, and series of which over half the values tie.
COLLAPSED = {"i_flat_one_dip"}
TIED = {"u_rare"}
OTHER_CHARTS = {"ip", "xbar", "s", "t", "g"}
RULES = {
    "Common Cause": "none",
    "Above UCL": "above_limit",
    "Below LCL": "below_limit",
    "7 Points Above CL": "shift_up",
    "7 Points Below CL": "shift_down",
    "7 Point Trend (Increasing)": "trend_up",
    "7 Point Trend (Decreasing)": "trend_down",
    "2 in 3 Above CL": "near_upper",
    "2 in 3 Below CL": "near_lower",
}
DIRECTIONS = {"increase": "up", "decrease": "down", "neutral": "monitor"}


def rows(folder, name):
    with open(folder / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def grouped(folder, name, key):
    found = defaultdict(list)
    for row in rows(folder, name):
        found[row[key]].append(row)
    return found


def number(text):
    return float(text) if text else float("nan")


@pytest.fixture
def spc(oracle):
    return oracle("spc")


@pytest.fixture
def series(spc):
    found = {
        name: (np.array([number(r["y"]) for r in points]), np.array([number(r["n"]) for r in points]))
        for name, points in grouped(spc, "inputs_synthetic.csv", "series").items()
    }
    for name, points in grouped(spc, "inputs_synthetic_subgroups.csv", "series").items():
        groups = defaultdict(list)
        for point in points:
            groups[int(point["subgroup"])].append(number(point["y"]))
        means = np.array([np.mean(groups[g]) for g in sorted(groups)])
        found[name] = (means, np.full(means.shape, np.nan))
    return found


def options(case):
    chosen = {"screened": case["screened_mr"] == "TRUE"}
    for part in filter(None, re.split(r";(?![^(]*\))", case["options"])):
        name, value = part.split("=", 1)
        chosen |= {
            "freeze": lambda v: {"freeze": int(v)},
            "part": lambda v: {"parts": tuple(int(x) for x in v.strip("c()").split(","))},
            "exclude": lambda v: {"exclude": (int(v),)},
            "cl": lambda v: {"centre": float(v)},
            "multiply": lambda v: {"multiply": float(v)},
            "y.neg": lambda v: {"floor": 0.0},
        }[name](value)
    return Options(**chosen)


def draw(case, y, n):
    kind, chosen = case["chart"], options(case)
    if kind in ("run", "i", "mr"):
        function = {"run": charts.run_chart, "i": charts.xmr, "mr": charts.mr}[kind]
        return function(y, None if np.isnan(n).all() else n, chosen)
    if kind == "c":
        return charts.c_chart(y, chosen)
    if kind in ("p", "pp"):
        return charts.p_chart(y, n, chosen, prime=kind == "pp")
    return charts.u_chart(y, n, chosen, prime=kind == "up")


def same(got, wanted, column):
    expected = np.array([number(r[column]) for r in wanted])
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12, equal_nan=True, err_msg=column)


@pytest.mark.proves("QCC-02")
def test_limits_and_runs_equal_qicharts2(spc, series):
    expected = grouped(spc, "expected_qicharts2.csv", "case")
    compared = 0
    for case in rows(spc, "cases_qicharts2.csv"):
        if case["chart"] in OTHER_CHARTS or case["series"] in COLLAPSED:
            continue
        limits, wanted = draw(case, *series[case["series"]]), expected[case["case"]]
        for name, column in (("y", "y"), ("centre", "cl"), ("lower", "lcl"), ("upper", "ucl")):
            same(getattr(limits, name), wanted, column)
        same(limits.lower_95, wanted, "lcl.95")
        same(limits.upper_95, wanted, "ucl.95")
        assert list(limits.beyond) == [r["sigma.signal"] == "TRUE" for r in wanted], case["case"]
        if case["series"] not in TIED or case["chart"] == "run":
            assert list(limits.runs_signal) == [r["runs.signal"] == "TRUE" for r in wanted], case["case"]
        compared += 1
    assert compared == 87


def test_run_charts_find_the_same_runs(spc, series):
    expected = grouped(spc, "expected_qicharts2.csv", "case")
    for case in rows(spc, "cases_qicharts2.csv"):
        if case["chart"] != "run":
            continue
        found, wanted = draw(case, *series[case["series"]]).runs[0], expected[case["case"]][0]
        assert found.useful == int(wanted["n.useful"]), case["case"]
        if found.useful:
            assert found.longest == int(wanted["longest.run"]), case["case"]
            assert found.crossings == int(wanted["n.crossings"]), case["case"]


def test_critical_values_of_runs(spc):
    for row in rows(spc, "anhoej_critical_values.csv"):
        assert critical_values(int(row["n_useful"])) == (
            int(row["longest_run_max"]),
            int(row["n_crossings_min"]),
        )


def nhs_options(case):
    found = {}
    for part in filter(None, case["options"].split(";")):
        name, value = part.split("=") if "=" in part else ("rebase", part.split()[-1])
        found[name] = value
    return found


def segments(values, chosen):
    cut = int(chosen["rebase"]) - 1 if "rebase" in chosen else len(values)
    return [s for s in (values[:cut], values[cut:]) if len(s)]


@pytest.mark.proves("QCC-02")
def test_points_and_icons_equal_plotthedots(spc, series):
    expected = grouped(spc, "expected_plotthedots.csv", "case")
    summaries = grouped(spc, "expected_plotthedots_summary.csv", "case")
    compared = 0
    for case in rows(spc, "cases_plotthedots.csv"):
        name = case["case"].split("__")[0]
        if case["error"] or name in COLLAPSED:
            continue
        chosen, rest = nhs_options(case), expected[case["case"]]
        direction = DIRECTIONS[chosen.get("direction", "increase")]
        target = number(chosen.get("target", ""))
        for index, values in enumerate(segments(series[name][0], chosen)):
            fix = int(chosen["fix_after_n_points"]) if "fix_after_n_points" in chosen else None
            found = nhs.judge(values, screened=chosen.get("screen_outliers") != "FALSE", fix=fix)
            wanted, rest = rest[: len(values)], rest[len(values) :]
            assert [r.value for r in found.rules] == [RULES[r["special_cause_type"]] for r in wanted], case[
                "case"
            ]
            same([found.mean] * len(values), wanted, "mean")
            same([found.lower] * len(values), wanted, "lpl")
            same([found.upper] * len(values), wanted, "upl")
            meaning = [nhs.variation(r, direction).value for r in found.rules]
            assert meaning == [r["point_type"] for r in wanted], case["case"]
            summary = summaries[case["case"]][index]
            assert meaning[-1] == summary["variation_type"]
            if summary["assurance_type"] and name != "i_flat100":
                icon = nhs.assurance(found, target=target, direction=direction)
                assert icon is not None
                assert icon.value == summary["assurance_type"], case["case"]
            compared += 1
    assert compared == 54


def test_one_dip_in_a_constant_series_is_one_signal(series):
    """Peers collapse the limits onto the mean and call all 26 points special; we must not."""
    dip = series["i_flat_one_dip"][0]
    limits = charts.xmr(dip, options=Options(cap=100.0))
    assert limits.beyond.sum() == 1
    assert limits.y[limits.beyond][0] == dip.min()
    assert round(limits.lower[0], 3) == 99.246
    assert limits.upper[0] == 100
    assert not limits.runs_signal.any()
    assert charts.COLLAPSED in limits.notes
    found = nhs.judge(dip)
    special = [r for r in found.rules if r is not nhs.Rule.NONE]
    assert special == [nhs.Rule.BELOW]
    assert nhs.Variation.IMPROVEMENT not in {nhs.variation(r, "up") for r in found.rules}


def test_missing_months_keep_their_place(spc, series):
    """plotthedots stops on a missing value; ours keeps the gap and the limits of the known points."""
    errors = [c for c in rows(spc, "cases_plotthedots.csv") if c["error"]]
    assert {c["case"].split("__")[0] for c in errors} == {"i_missing"}
    found = nhs.judge(series["i_missing"][0])
    assert len(found.rules) == 30
    assert not np.isnan(found.mean)
