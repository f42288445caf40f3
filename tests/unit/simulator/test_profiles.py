"""A second kind of hospital: other patients and shifts, more carelessness; an unknown kind is refused."""

import pytest

from zhikong.simulator import simulate
from zhikong.simulator.profiles import CITY, COUNTY, profile


def share(made, department: str) -> float:
    places = made.tables["stays"]["discharge_department"].to_pylist()
    return places.count(department) / len(places)


def test_the_county_has_other_patients_and_forgets_more():
    city, county = (simulate(9, 1, "2026-03", 0.3, events=True, profile=name) for name in ("city", "county"))
    assert share(county, "PEDI") > share(city, "PEDI")
    faults = [
        sum(v == "fault" for v in m.tables["planted_events"]["verdict"].to_pylist()) for m in (city, county)
    ]
    assert faults[1] / county.tables["stays"].num_rows > 1.3 * faults[0] / city.tables["stays"].num_rows
    kinds = [set(m.tables["duty_shifts"]["kind"].to_pylist()) for m in (city, county)]
    assert kinds == [{"day", "night", "on_call"}, {"day", "evening", "night", "on_call"}]


def test_shifts_follow_one_another_without_a_gap():
    for kind in (CITY, COUNTY):
        assert all(one[1] == other[0] for one, other in zip(kind.duty, kind.duty[1:], strict=False))
        assert kind.duty[-1][1] - kind.duty[0][0] == 24 * 60


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no profile village"):
        profile("village")
