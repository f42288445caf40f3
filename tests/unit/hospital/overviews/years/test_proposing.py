"""What is proposed as next year's target: never relaxed, tightened by half of the way, or not at all with a reason."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.overviews.years.rules_proposing import Known, better_quartile, propose, relaxes


def known(target, value, **more):
    said = {"direction": "up", "unit": "%", "months": 12, "quarters": (), "peers": ()} | more
    return Known(target=target, value=None if value is None else Decimal(str(value)), **said)


def floor(low):
    return Target(Decimal(str(low)), None)


def ceiling(high):
    return Target(None, Decimal(str(high)))


def numbers(*values):
    return [Decimal(str(value)) for value in values]


@pytest.mark.parametrize(
    ("asked", "rule", "target"),
    [
        (known(floor(90), 85, quarters=numbers(80, 95)), "keep", floor(90)),  # missed: stays
        (known(floor(90), 94, quarters=numbers(93, 96)), "tighten", floor(93)),  # half of the way to 96
        (known(ceiling(14), 12, unit="天", quarters=numbers(13, 11)), "tighten", ceiling("12.5")),
        (known(floor(90), 94, quarters=numbers(96), peers=numbers(90, 91, 92, 93)), "tighten", floor("91.1")),
        (known(floor(90), 94, quarters=numbers(96), peers=numbers(99, 99)), "tighten", floor(93)),  # too few peers
        (known(floor(3), 4, unit="种", quarters=numbers(4)), "keep", floor(3)),  # there is no half of a kind
        (known(floor(3), 6, unit="种", quarters=numbers(6)), "tighten", floor(4)),
        (known(floor(100), 100, quarters=numbers(100)), "keep", floor(100)),
        (known(ceiling(0), 0, quarters=numbers(0)), "keep", ceiling(0)),
        (known(floor(90), 94), "keep", floor(90)),  # no whole quarter to go by
        (known(Target(Decimal(80), Decimal(90)), 85, quarters=numbers(88)), "keep", Target(Decimal(80), Decimal(90))),
    ],
)  # fmt: skip
def test_the_rule(asked, rule, target):
    made = propose(asked)
    assert (made.rule, made.target) == (rule, target)
    assert made.why


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (known(Target(), 50), "没有目标值"),
        (known(floor(90), None, reason="尚未接入数据。"), "尚未接入数据"),
        (known(floor(90), 95, months=5), "只有 5 个月"),
        (known(floor(90), 95, enough=False), "例数太少"),
    ],
)
def test_what_cannot_be_proposed_says_why(asked, words):
    made = propose(asked)
    assert made.target is None
    assert words in made.why


@given(
    bound=st.decimals(0, 100, places=1), value=st.decimals(0, 100, places=2),
    quarters=st.lists(st.decimals(0, 100, places=2), max_size=4), peers=st.lists(st.decimals(0, 100, places=2), max_size=9),
    up=st.booleans(),
)  # fmt: skip
def test_no_proposal_ever_asks_for_less(bound, value, quarters, peers, up):
    target = Target(bound, None) if up else Target(None, bound)
    made = propose(Known(target, "up", "%", value, 12, quarters=quarters, peers=peers))
    assert made.target is not None
    assert not relaxes(target, made.target)


@given(st.lists(st.decimals(0, 100, places=2), min_size=4, max_size=20))
def test_the_better_quartile_is_reached_by_a_quarter(values):
    up, down = better_quartile(values, True), better_quartile(values, False)
    assert min(values) <= down <= up <= max(values)
    assert sum(v >= up for v in values) >= len(values) // 4
