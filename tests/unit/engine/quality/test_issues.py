"""From counts to issues: both limits must be reached, jumps are against the median, a comparison is a partition."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhikong import packs
from zhikong.engine.quality import Kind, load_rulebook
from zhikong.engine.quality.issues import (
    HOSPITAL,
    Book,
    Count,
    Identity,
    compare,
    issues,
    silent_stretches,
    why_raised,
)

BOOK = load_rulebook(Path(next(iter(packs.__path__))) / "national" / "quality" / "plausible.yaml")
LIMITS = BOOK.thresholds
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIELD = ("stays", "principal_diagnosis")
MONTHS = [f"2026-{n:02d}" for n in range(1, 11)]


def book(cells, *, kinds=(Kind.MISSING,), rows=1000):
    """cells: (month, department) -> affected rows; each department has `rows` rows in each month named."""
    counts, seen = {}, set()
    for (month, department), count in cells.items():
        counts[month, "stays", "", department, Kind.ROWS] = rows
        for kind in kinds:
            counts[month, *FIELD, department, kind] = count
            seen.add((month, *FIELD, kind))
    return Book(BOOK, counts, frozenset(seen), frozenset({FIELD}))


@pytest.mark.parametrize(
    ("count", "base", "raised"),
    [(9, 100, False), (10, 100, True), (10, 200, False), (11, 200, True), (0, 100, False), (60, 1000, True)],
)
def test_a_share_needs_rows_and_rows_need_a_share(count, base, raised):
    assert bool(why_raised(Kind.MISSING, Count(count, base), [], LIMITS)) is raised


def test_one_implausible_value_is_enough():
    assert why_raised(Kind.IMPLAUSIBLE, Count(1, 100_000), [], LIMITS) == ("limit",)


def test_a_jump_is_against_the_median_of_the_months_before():
    calm = [Count(n, 1000) for n in (2, 1, 900, 3, 2, 1)]  # one bad month does not raise the median
    assert why_raised(Kind.LATE, Count(52, 1000), calm, LIMITS) == ("limit", "jump")
    assert why_raised(Kind.LATE, Count(45, 1000), calm, LIMITS) == ()
    assert why_raised(Kind.LATE, Count(52, 1000), calm[:2], LIMITS) == ("limit",)  # two months are no history


def test_a_field_that_the_whole_hospital_lacks_is_one_issue():
    cells = {("2026-10", code): 950 for code in ("A", "B", "C")}
    assert [one.identity.department for one in issues(book(cells), months=MONTHS)] == [HOSPITAL]
    cells["2026-10", "C"] = 0
    assert [one.identity.department for one in issues(book(cells), months=MONTHS)] == ["A", "B"]


def test_a_field_that_nobody_needs_is_no_issue():
    found = book({("2026-10", "A"): 500})._replace(wanted=frozenset())
    assert issues(found, months=MONTHS) == []


def test_an_issue_names_only_the_months_over_the_limit_and_the_newest_speaks_for_it():
    cells = {
        (month, "A"): count for month, count in zip(MONTHS, (0, 0, 60, 0, 0, 0, 0, 0, 70, 0), strict=True)
    }
    (found,) = issues(book(cells), months=MONTHS)
    assert found.months == {"2026-03": Count(60, 1000), "2026-09": Count(70, 1000)}
    assert (found.newest, found.last) == ("2026-09", Count(70, 1000))


identities = st.builds(
    Identity,
    st.sampled_from(["stays", "results"]),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from([HOSPITAL, "", "CARD"]),
    st.sampled_from([Kind.MISSING, Kind.LATE]),
)


@UNHURRIED
@given(st.sets(identities), st.sets(identities))
def test_a_comparison_parts_all_issues_and_turns_round(earlier, later):
    found, turned = compare(earlier, later), compare(later, earlier)
    parts = (found.new, found.resolved, found.persisting)
    assert sum(map(len, parts)) == len(earlier | later)
    assert frozenset().union(*parts) == earlier | later
    assert (found.new, found.resolved, found.persisting) == (turned.resolved, turned.new, turned.persisting)


@UNHURRIED
@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 100))
def test_more_affected_rows_never_make_less_of_an_issue(count, base, more):
    count = min(count, base)
    worse = min(count + more, base)
    if why_raised(Kind.MISSING, Count(count, base), [], LIMITS):
        assert why_raised(Kind.MISSING, Count(worse, base), [], LIMITS)


@UNHURRIED
@given(st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 1000), min_size=1))
def test_the_hospitals_count_is_the_sum_of_its_departments(affected):
    cells = {("2026-10", code): count for code, count in affected.items()}
    for found in issues(book(cells), months=MONTHS):
        if found.identity.department == HOSPITAL:
            assert found.last == Count(sum(affected.values()), 1000 * len(affected))


def days(pattern):
    first = date(2026, 10, 1)
    return {first + timedelta(days=n): (8 if mark == "x" else 0) for n, mark in enumerate(pattern)}


@pytest.mark.parametrize(
    ("pattern", "silent"),
    [
        ("xxxxxxxxxx", []),
        ("xxx...xxxx", [4, 5, 6]),
        ("xxx..xxxxx", []),  # two days may be a holiday
        ("xxxxxxx...", [8, 9, 10]),  # still silent
        ("..........", []),  # never there: not delivered, which is said elsewhere
    ],
)
def test_a_feed_is_silent_when_days_in_a_row_have_nothing(pattern, silent):
    counts = days(pattern)
    assert [day.day for day in silent_stretches(counts, counts, LIMITS)] == silent


def test_days_without_discharges_say_nothing_of_a_feed():
    counts = days("xxx...xxxx")
    active = [day for day in counts if counts[day]]
    assert silent_stretches(counts, active, LIMITS) == []


def test_a_feed_that_brings_little_is_never_called_silent():
    counts = {day: count // 4 for day, count in days("xxx...xxxx").items()}
    assert silent_stretches(counts, counts, LIMITS) == []
