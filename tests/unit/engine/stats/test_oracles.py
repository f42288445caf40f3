"""Charts and rules against results computed by others (reference/spc), point by point, as the command gives them."""

import numpy as np
import pytest

from tests.unit.engine.stats import published
from tests.unit.engine.stats.published import column, grouped, number, rows
from zhikong.engine.stats import points as nhs
from zhikong.engine.stats.drafting import COLLAPSED
from zhikong.engine.stats.drawing import Wish
from zhikong.engine.stats.limits import xmr
from zhikong.engine.stats.runs import critical_values
from zhikong.engine.stats.series import Options

# The demanded deviation: limits of individuals that collapse onto the mean.
COLLAPSING = {"i__i_flat_one_dip"}
DIRECTIONS = {"increase": "up", "decrease": "down", "neutral": "neutral"}


@pytest.fixture
def spc(oracle):
    return oracle("spc")


@pytest.fixture
def series(spc):
    return published.inputs(spc)


def same(points, name, wanted, heading):
    expected = np.array([number(row[heading]) for row in wanted])
    np.testing.assert_allclose(
        column(points, name), expected, rtol=1e-9, atol=1e-12, equal_nan=True, err_msg=wanted[0]["case"]
    )


@pytest.mark.proves("QCC-02")
def test_limits_and_signals_equal_qicharts2(spc, series, tmp_path):
    expected = grouped(spc, "expected_qicharts2.csv", "case")
    compared = 0
    for case in rows(spc, "cases_qicharts2.csv"):
        if case["case"] in COLLAPSING:
            continue
        points = published.qicharts(case, series[case["series"]], tmp_path)["points"]
        wanted = expected[case["case"]]
        for name in ("y", "cl", "lcl", "ucl"):
            same(points, name, wanted, name)
        for rule, heading in (("shewhart", "sigma.signal"), ("anhoej", "runs.signal")):
            found = [rule in point["signals"] for point in points]
            assert found == [row[heading] == "TRUE" for row in wanted], (case["case"], rule)
        compared += 1
    assert compared == 102


def test_critical_values_of_runs(spc):
    for row in rows(spc, "anhoej_critical_values.csv"):
        found = critical_values(int(row["n_useful"]))
        assert found == (int(row["longest_run_max"]), int(row["n_crossings_min"]))


def nhs_wish(case):
    option = published.chosen(case["options"].replace("rebase at point 25", "part=24"))
    wish = Wish(
        kind="i",
        rules=("nhs",),
        direction=DIRECTIONS[option.get("direction", "increase")],
        target=float(option["target"]) if "target" in option else None,
        freeze=int(option["fix_after_n_points"]) if "fix_after_n_points" in option else None,
        screened=option.get("screen_outliers") != "FALSE",
    )
    return wish, (24,) if "part" in option else ()


@pytest.mark.proves("QCC-02")
def test_points_and_icons_equal_plotthedots(spc, series, tmp_path):
    expected = grouped(spc, "expected_plotthedots.csv", "case")
    summaries = grouped(spc, "expected_plotthedots_summary.csv", "case")
    compared = 0
    for case in rows(spc, "cases_plotthedots.csv"):
        name = case["case"].split("__")[0]
        if case["error"] or name == "i_flat_one_dip":
            continue
        wish, parts = nhs_wish(case)
        found = published.drawn(published.write(tmp_path / "in.csv", series[name], parts=parts), wish)
        points, wanted = found["points"], expected[case["case"]]
        for mine, theirs in (("y", "y"), ("cl", "mean"), ("lcl", "lpl"), ("ucl", "upl")):
            same(points, mine, wanted, theirs)
        assert [point["point_type"] for point in points] == [row["point_type"] for row in wanted]
        special = [row["special_cause_type"] != "Common Cause" for row in wanted]
        assert [point["signals"] == ["nhs"] for point in points] == special, case["case"]
        newest = summaries[case["case"]][-1]
        assert found["icons"]["variation"] == newest["variation_type"], case["case"]
        assert found["icons"]["assurance"] == (newest["assurance_type"] or None), case["case"]
        compared += 1
    assert compared == 51


@pytest.mark.parametrize("screened", [True, False])
def test_one_dip_in_a_constant_series_is_one_signal(series, tmp_path, screened):
    """Peers collapse the limits onto the mean and call all 26 points special; we must not."""
    path = published.write(tmp_path / "in.csv", series["i_flat_one_dip"])
    every = ("shewhart", "anhoej", "weco", "nelson", "nhs")
    found = published.drawn(path, Wish(rules=every, cap=100.0, screened=screened))
    assert found["signals"] == {"shewhart": 1, "anhoej": 0, "weco": 1, "nelson": 1, "nhs": 1}
    (dip,) = [point for point in found["points"] if point["signals"]]
    assert dip["y"] == 97
    assert round(dip["lcl"], 3) == 99.246
    assert dip["ucl"] == 100
    assert (COLLAPSED in found["why"]) == screened
    kinds = {point["point_type"] for point in found["points"]}
    assert kinds == {"common_cause", "special_cause_concern"}
    assert round(published.drawn(path, Wish())["points"][0]["ucl"], 3) == 100.523


def test_the_python_call_and_the_command_agree(series):
    y = np.array([number(row["y"]) for row in series["i_flat_one_dip"]])
    assert xmr(y, options=Options(cap=100.0)).beyond.sum() == 1
    assert [r for r in nhs.judge(y).rules if r is not nhs.Rule.NONE] == [nhs.Rule.BELOW]


def test_missing_months_keep_their_place(spc, series, tmp_path):
    """plotthedots stops on a missing value; ours keeps the gap and the limits of the known points."""
    errors = [case for case in rows(spc, "cases_plotthedots.csv") if case["error"]]
    assert {case["case"].split("__")[0] for case in errors} == {"i_missing"}
    path = published.write(tmp_path / "in.csv", series["i_missing"])
    found = published.drawn(path, Wish(rules=("nhs",)))
    gaps = [point for point in found["points"] if point["y"] is None]
    assert len(found["points"]) == 30
    assert len(gaps) == 3
    assert all(point["ucl"] is not None and not point["signals"] for point in gaps)


def test_patients_equal_the_published_sums(spc, tmp_path):
    expected = rows(spc, "expected_vlad_racusum.csv")
    path = spc / "inputs_patients.csv"
    fell = published.drawn(path, Wish(kind="vlad", rules=("shewhart",)))["points"]
    sums = published.drawn(path, Wish(kind="racusum", rules=("shewhart",)))
    for name, points, heading in (
        ("y", fell, "vlad"),
        ("y", sums["points"], "cusum_up"),
        ("down", sums["points"], "cusum_down"),
        ("weight", sums["points"], "w_up"),
    ):
        wanted = [number(row[heading]) for row in expected]
        np.testing.assert_allclose(column(points, name), wanted, rtol=1e-11, atol=1e-12)
    first = next(point["i"] for point in sums["points"] if point["signals"])
    assert first == 375
