"""Quotas, the bed-based target, and what the settlement comes to."""

import pytest

from zhikong.hospital.functions.event_quotas import rules
from zhikong.hospital.functions.event_quotas.rules import Group


@pytest.mark.proves("X-10")
def test_the_sources_quotas_meet_the_target_up_to_450_beds():
    assert rules.seed_total() == 5 * 10 + 6 * 5 + 5 * 2 == 90
    assert rules.beds_covered(90) == 450
    assert rules.needed(450) == 90
    assert rules.needed(451) == 91  # a part of a report is a whole one


@pytest.mark.proves("EVT-05", "EVT-06", "EVT-07")
@pytest.mark.parametrize(
    ("name", "kind", "group"),
    [
        ("心血管内科", "clinical", Group.MAJOR), ("普通外科", "clinical", Group.MAJOR), ("骨科", "clinical", Group.MAJOR),
        ("妇产科", "clinical", Group.MAJOR), ("儿科", "clinical", Group.MAJOR), ("急诊科", "clinical", Group.OTHER),
        ("急诊内科", "clinical", Group.OTHER), ("重症医学科", "clinical", Group.OTHER), ("外科ICU", "clinical", Group.OTHER),
        ("口腔科", "clinical", Group.OTHER), ("康复医学科", "clinical", Group.OTHER), ("中医科", "clinical", Group.OTHER),
        ("检验科", "medtech", Group.MEDTECH), ("质控科", "functional", Group.NONE),
    ],
)  # fmt: skip
def test_departments_fall_into_the_sources_groups(name, kind, group):
    assert rules.group_of(name, kind) == group
    assert {Group.MAJOR: 10, Group.OTHER: 5, Group.MEDTECH: 2, Group.NONE: 0}[group] == rules.BASE[group]


def test_scaling_keeps_proportions_and_loses_nothing():
    scaled = rules.scaled({1: 10, 2: 5, 3: 2, 4: 0}, 40)
    assert sum(scaled.values()) == 40
    assert scaled == {1: 23, 2: 12, 3: 5, 4: 0}
    assert rules.scaled({1: 10, 2: 5}, 12) == {1: 10, 2: 5}  # never below the source's own
    assert rules.scaled({1: 0}, 12) == {1: 0}


def test_what_is_lacking_goes_by_beds():
    given = rules.by_beds({1: 10, 2: 10, 3: 2}, {1: 60, 2: 30, 3: 0}, 40)
    assert given == {1: 22, 2: 16, 3: 2}
    assert rules.by_beds({1: 10}, {1: 60}, 8) == {1: 10}


@pytest.mark.proves("EVT-08", "PRF-05")
@pytest.mark.parametrize(
    ("quota", "reports", "fen"), [(10, 7, -15000), (10, 10, 0), (10, 13, 6000), (0, 4, 0), (2, 0, -10000)]
)
def test_short_costs_fifty_and_over_earns_twenty(quota, reports, fen):
    assert rules.amount(quota, reports) == fen


def test_the_settlement_leaves_out_who_has_no_quota():
    lines = rules.settle([(1, "内科", 10), (2, "质控科", 0)], {1: 12, 2: 9}, short_fen=5000, over_fen=2000)
    assert [(line.name, line.difference, line.amount) for line in lines] == [("内科", 2, 4000)]


def test_money_is_written_with_its_sign():
    assert [rules.yuan(fen) for fen in (-15000, 0, 6050)] == ["−150", "0", "+60.50"]
