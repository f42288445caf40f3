"""How long the rest takes: measured where this machine has worked, else a first estimate that says so."""

from zhikong.hospital.overviews.starting.rules import timing
from zhikong.hospital.overviews.starting.rules.timing import FIRST_COMPUTING, FIRST_LOAD, Pace


def test_without_own_work_the_first_estimate_is_marked():
    assert timing.pace([], FIRST_LOAD) is FIRST_LOAD
    assert not timing.pace([(0, 3.0), (10, 0.0)], FIRST_LOAD).measured


def test_own_work_counts_and_small_loads_do_not_spoil_it():
    found = timing.pace([(10, 5.0), (10_000, 10.0), (20_000, 20.0)], FIRST_LOAD)
    assert found == Pace(1000.0, True)
    assert timing.pace([(10, 5.0)], FIRST_LOAD) == Pace(2.0, True)


def test_only_the_newest_five_count():
    assert timing.pace([(2000, 1.0)] * 5 + [(2000, 1000.0)], FIRST_LOAD).rows_a_second == 2000


def test_an_estimate_is_measured_only_when_each_part_is():
    own = Pace(100.0, True)
    found = timing.estimate(to_load=1000, to_compute=5000, loading=own, computing=own, brief=4.0)
    assert (found.loading, found.computing, found.writing) == (10, 50, 4)
    assert found.measured
    assert found.total == 64
    assert not timing.estimate(
        to_load=1000, to_compute=0, loading=FIRST_LOAD, computing=own, brief=4.0
    ).measured
    assert timing.estimate(
        to_load=0, to_compute=0, loading=FIRST_LOAD, computing=FIRST_COMPUTING, brief=4.0
    ).measured
    assert not timing.estimate(to_load=0, to_compute=0, loading=own, computing=own, brief=None).measured


def test_seconds_in_words():
    said = {
        0: "不到 10 秒",
        12: "约 20 秒",
        45: "约 50 秒",
        60: "约 1 分钟",
        95: "约 2 分钟",
        3500: "约 58 分钟",
    }
    assert {n: timing.spoken(n) for n in said} == said
    assert [timing.spoken(n) for n in (3600, 7800)] == ["约 1 小时", "约 2 小时 10 分钟"]


def test_an_empty_hospital_is_guessed_by_its_beds():
    assert timing.stays_expected(600, 24) == 50_400
