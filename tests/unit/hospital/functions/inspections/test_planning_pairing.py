"""Who inspects whom: against every possible plan of small hospitals, and as properties of large ones."""

from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhikong.hospital.functions.inspections.rules_planning_pairing import Candidate, pair


@st.composite
def rounds(draw, departments=(2, 5), people=(2, 6)):
    """A round: departments, candidates each with an own department (or an office's none), some earlier ones."""
    places = list(range(1, draw(st.integers(*departments)) + 1))
    homes = st.sampled_from([*places, 90, 91])  # 90 and 91 are not inspected in this round
    candidates = [
        Candidate(
            100 + n,
            own=frozenset({draw(homes)}) if draw(st.booleans()) or n % 3 else frozenset(),
            past=frozenset(draw(st.sets(st.sampled_from(places), max_size=1))),
            load=draw(st.integers(0, 2)),
        )
        for n in range(draw(st.integers(*people)))
    ]
    return (
        places,
        candidates,
        draw(st.integers(1, 2)),
        draw(st.text("0123456789abcdef", min_size=4, max_size=8)),
    )


def loads(teams, candidates):
    found = Counter({one.id: one.load for one in candidates})
    for team in teams.values():
        found.update(team)
    return found


def mutual(teams, candidates):
    own = {one.id: one.own for one in candidates}
    sends = {(home, d) for d, team in teams.items() for who in team for home in own[who] if home in teams}
    return sum((b, a) in sends for a, b in sends if a < b)


def every_plan(places, candidates, each):
    """All full plans of a small round."""
    choices = []
    for place in places:
        free = [one.id for one in candidates if place not in one.closed]
        choices.append(list(combinations(free, min(each, len(free)))))
    for chosen in product(*choices):
        yield dict(zip(places, chosen, strict=True))


@pytest.mark.proves("INS-04")
@given(rounds((2, 12), (1, 20)))
@settings(max_examples=60, deadline=None)
def test_nobody_inspects_what_is_or_lately_was_his_own(given_round):
    places, candidates, each, seed = given_round
    found, by_id = pair(places, candidates, each=each, seed=seed), {one.id: one for one in candidates}
    for place in places:
        team = found.teams[place]
        assert len(set(team)) == len(team)
        assert all(place not in by_id[who].closed for who in team)
        possible = sum(place not in one.closed for one in candidates)
        assert len(team) == min(each, possible)
        assert found.lacking.get(place, 0) == each - len(team)
    assert found == pair(places, candidates, each=each, seed=seed)  # equal input, equal plan


@pytest.mark.proves("INS-04")
@given(rounds((2, 4), (2, 5)))
@settings(max_examples=60, deadline=None)
def test_no_possible_plan_is_more_even_and_among_the_even_ones_few_inspect_each_other(given_round):
    places, candidates, each, seed = given_round
    found = pair(places, candidates, each=each, seed=seed)

    def unevenness(teams):
        return sum(n * n for n in loads(teams, candidates).values())

    plans = list(every_plan(places, candidates, each))
    least = min(map(unevenness, plans))
    assert unevenness(found.teams) == least
    assert len(found.mutual) == mutual(found.teams, candidates)
    assert len(found.mutual) == min(mutual(one, candidates) for one in plans if unevenness(one) == least)


def test_six_departments_in_a_ring():
    """Job 6: six departments, one inspector from each: one visit each, nobody at home, no two each other."""
    candidates = [Candidate(100 + n, own=frozenset({n})) for n in range(6)]
    found = pair(list(range(6)), candidates, each=1, seed="a1b2")
    assert sorted(who for team in found.teams.values() for who in team) == [100 + n for n in range(6)]
    assert found.mutual == ()
    assert found.lacking == {}


def test_two_departments_that_can_only_inspect_each_other_are_told():
    candidates = [Candidate(1, own=frozenset({10})), Candidate(2, own=frozenset({20}))]
    found = pair([10, 20], candidates, each=1, seed="x")
    assert found.teams == {10: (2,), 20: (1,)}
    assert found.mutual == ((10, 20),)


def test_the_lead_is_the_senior_one():
    candidates = [Candidate(1, rank=30), Candidate(2, rank=10)]
    assert pair([7], candidates, each=2, seed="x").teams == {7: (2, 1)}
