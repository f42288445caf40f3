"""The same events give the same state in any order, twice or late."""

from hypothesis import given
from hypothesis import strategies as st

from zhikong.foundation.patients.live_rules import Event, Outcome, State, lost, told

COLUMNS = ("a", "b", "c")


def told_in_order(events):
    state = State()
    outcomes = [told(state, event) for event in events]
    return state, outcomes


def test_a_later_event_wins_and_an_older_one_fills_what_nobody_spoke_of():
    state, outcomes = told_in_order([Event(5, {"a": 5}), Event(3, {"a": 3, "b": 3})])
    assert state.values == {"a": 5, "b": 3}
    assert (state.version, state.stamp("a"), state.stamp("b")) == (5, 5, 3)
    assert outcomes == [Outcome.NEW, Outcome.CHANGED]


def test_what_comes_twice_or_too_late_changes_nothing():
    state, outcomes = told_in_order([Event(5, {"a": 5}), Event(5, {"a": 5}), Event(4, {"a": 4})])
    assert outcomes[1:] == [Outcome.UNCHANGED, Outcome.OLDER]
    assert state == State({"a": 5}, {}, 5)


def test_an_emptied_column_stays_empty_against_an_older_value():
    state, _ = told_in_order([Event(5, {"a": None}), Event(4, {"a": 4, "b": 4})])
    assert state.values == {"a": None, "b": 4}


def test_a_removed_row_is_not_brought_back_by_what_was_said_before():
    state, outcomes = told_in_order([Event(1, {"a": 1}), Event(5, removes=True), Event(4, {"a": 4})])
    assert not state.there
    assert outcomes == [Outcome.NEW, Outcome.REMOVED, Outcome.OLDER]
    assert told(state, Event(6, {"a": 6})) is Outcome.NEW


def test_lost_is_what_was_there_and_is_not_any_more():
    assert not lost({"a": None, "b": 1}, State({"a": 2, "b": 1}))
    assert lost({"b": 1}, State({"b": None}))


one_event = st.tuples(
    st.dictionaries(st.sampled_from(COLUMNS), st.one_of(st.none(), st.integers(0, 9)), min_size=1),
    st.booleans(),
)


@given(st.lists(one_event, min_size=1, max_size=8), st.data())
def test_any_order_and_any_repetition_give_the_same_state(given_events, data):
    events = [
        Event(version, {} if removes else values, removes)
        for version, (values, removes) in enumerate(given_events, start=1)
    ]
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=4))
    shuffled = data.draw(st.permutations(repeated))
    expected, _ = told_in_order(events)
    found, _ = told_in_order(shuffled)
    assert {c: (found.values[c], found.stamp(c)) for c in found.values} == {
        c: (expected.values[c], expected.stamp(c)) for c in expected.values
    }
    assert found.there == expected.there
