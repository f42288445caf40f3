"""Two years of a synthetic hospital: every published indicator equals the truth that was planted, exactly.

The planter reads no definitions and the engine no ledger; they meet only here.
"""

import copy
from datetime import UTC, datetime
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.acceptance.conftest import write
from tests.acceptance.ledger import TRUTHS, differences
from tests.loads import make_institution, worker_role
from tests.packs import loaded
from zhikong.engine.backends.base import Limits
from zhikong.engine.compute import Source, compute
from zhikong.engine.definitions.model import Status
from zhikong.hospital.functions.indicators.control import control
from zhikong.simulator import simulate
from zhikong.simulator.ledger import HOSPITAL

NOW = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
CATALOGUE = loaded.catalogue("national", "demo")
PRESET = CATALOGUE.presets["000-P2"]
PUBLISHED = {
    d.id: d
    for d in CATALOGUE.indicators.values()
    if d.status is Status.PUBLISHED and d.table != "inspection_answers"  # test_inspections.py has their year
}
TARGETS = [  # indicator, at least, at most: the plan's own figures, written down a second time
    ("bed_occupancy", 92, None),
    ("average_length_of_stay", None, 14),
    ("diagnosis_within_three_days", 90, None),
    ("admission_discharge_agreement", 95, None),
    ("rescue_success", 85, None),
    ("basics_exam_pass_rate", 100, 100),
    ("outpatient_record_pass_rate", 90, None),
    ("grade_a_records", 90, None),
    ("grade_c_records", 0, 0),
    ("equipment_in_order", 100, 100),
    ("emergency_equipment_in_order", 100, 100),
]


def run(source, months, definitions=PUBLISHED, **options):
    given = {"now": NOW, "data_version": "acceptance"} | options
    return compute(definitions.values(), source=source, months=(months[0], months[-1]), **given)


@pytest.fixture(scope="session")
def made():
    """The demo hospital: 600 beds, 24 months, about 50,000 stays."""
    return simulate()


@pytest.fixture(scope="session")
def source(made, tmp_path_factory):
    return Source.of_files(write(made.tables, tmp_path_factory.mktemp("hospital")))


@pytest.fixture(scope="session")
def results(made, source):
    return run(source, made.ledger.months)


@pytest.fixture(scope="session")
def runs(results, made, events_results, events_made):
    """Results and ledger of the hospital that has what an indicator needs: of two years, or of one with events."""

    def of(indicator: str):
        with_events = not TRUTHS[indicator].stands_in(made.ledger)
        return (events_results, events_made.ledger) if with_events else (results, made.ledger)

    return of


@pytest.fixture(scope="session")
def events_results(made, events_made, events_source):
    """What only the hospital with events can give."""
    needing = {i: d for i, d in PUBLISHED.items() if i in TRUTHS and not TRUTHS[i].stands_in(made.ledger)}
    return run(events_source, events_made.ledger.months, needing)


@pytest.fixture(scope="session")
def small():
    """A hospital of 12 beds, small enough for the slow judge."""
    return simulate(seed=7, months=4, first_month="2026-03", scale=0.02)


# ---- numerators and denominators -----------------------------------------------------------------------------------


@pytest.mark.proves(
    "IND-01",
    "IND-04",
    "IND-05",
    "IND-06",
    "IND-07",
    "IND-08",
    "IND-09",
    "IND-10",
    "IND-11",
    "IND-12",
    "IND-13",
    "IND-14",
    "IND-15",
    "IND-16",
    "IND-17",
    "IND-18",
    "IND-19",
    "IND-20",
    "IND-21",
    "IND-22",
    "IND-23",
    "IND-24",
    "IND-25",
    "IND-26",
    "IND-27",
    "IND-28",
    "IND-29",
    "IND-30",
    "IND-31",
    "IND-32",
    "IND-33",
    "IND-34",
    "IND-35",
    "IND-36",
    "IND-37",
    "IND-38",
    "IND-39",
    "IND-40",
    "IND-41",
    "IND-42",
    "IND-43",
    "IND-44",
    "IND-45",
    "IND-50",
)  # rows and their indicators: tests/packs/test_seed_indicators.py
@pytest.mark.parametrize("indicator", sorted(PUBLISHED))
def test_an_indicator_equals_what_was_planted(indicator, runs):
    assert indicator in TRUTHS, f"{indicator} is published and no truth is named for it"
    results, ledger = runs(indicator)
    assert differences(PUBLISHED[indicator], results, ledger) == []


@pytest.mark.parametrize("indicator", sorted(PUBLISHED))
def test_an_indicator_has_values_for_the_hospital_and_for_departments(indicator, runs):
    known = [r for r in runs(indicator)[0].rows if r.indicator_id == indicator and r.value]
    assert any(r.department is None for r in known)
    if PUBLISHED[indicator].department is not None:
        assert any(r.department is not None for r in known)


def test_the_table_of_truths_names_no_indicator_that_is_not_published():
    assert not CATALOGUE.problems
    assert TRUTHS.keys() == PUBLISHED.keys()


@pytest.mark.proves(
    "IND-04", "IND-05", "IND-06", "IND-07", "IND-08", "IND-09", "IND-10", "IND-11", "IND-12", "IND-13"
)
@pytest.mark.parametrize(("indicator", "least", "most"), TARGETS)
def test_the_plans_targets_are_judged_by_month_hospital_and_department(indicator, least, most, results, made):
    """The targets of plan 000-P2, from the seed's own words, against values recomputed from the ledger."""
    target = PRESET.targets[indicator]
    assert (target.at_least, target.at_most) == (least, most)
    found = {(r.month, r.department or HOSPITAL): r for r in results.rows if r.indicator_id == indicator}
    for cell, (numerator, denominator) in TRUTHS[indicator].cells(made.ledger):
        if denominator:
            exact = Fraction(numerator, denominator) * int(PUBLISHED[indicator].multiplier)
            met = (least is None or exact >= least) and (most is None or exact <= most)
            assert target.met(found[cell].value) is met


@pytest.mark.parametrize("change", [(1, 0), (0, 1), (-1, 0)])
@pytest.mark.parametrize("place", ["*", "CARD"])
def test_one_wrong_number_in_the_ledger_is_told(place, change, results, made):
    forged = copy.copy(made.ledger)
    forged.measures = copy.deepcopy(
        {"average_length_of_stay": made.ledger.measures["average_length_of_stay"]}
    )
    pair = forged.measures["average_length_of_stay"]["2026-05"][place]
    pair[0], pair[1] = pair[0] + change[0], pair[1] + change[1]
    told = differences(PUBLISHED["average_length_of_stay"], results, forged)
    assert len(told) == 1
    assert f"2026-05 {place}" in told[0]


def test_a_result_where_nothing_was_planted_is_told(results, made):
    forged = copy.copy(made.ledger)
    forged.measures = copy.deepcopy({"discharges": made.ledger.measures["discharges"]})
    del forged.measures["discharges"]["2026-05"]["CARD"]
    (told,) = differences(PUBLISHED["discharges"], results, forged)
    assert "nothing planted" in told


def test_a_value_is_the_quotient_of_its_numerator_and_denominator(results):
    """0.1 + 0.2 must not creep in: the only division is the last, in decimal."""
    for row in results.rows:
        definition = PUBLISHED[row.indicator_id]
        if row.value is not None and row.denominator:
            assert abs(row.value * row.denominator - row.numerator * definition.multiplier) < 10**-12
        if row.denominator == 0:
            assert row.value is None
            assert row.reason is not None


# ---- planted shifts ------------------------------------------------------------------------------------------------

SHIFTS = {  # (ledger key, department): indicator, side of the signal, months from the shift to the first signal
    ("confirmed_within_3_days", "CARD"): ("diagnosis_within_three_days", "below", 1),
    ("average_length_of_stay", "ORTH"): ("average_length_of_stay", "above", 4),
    ("record_grade_a", None): ("grade_a_records", "below", 1),
    ("critical_handled_30min", None): ("critical_value_handled_in_time", "above", 7),
}
UNSEEN = {("class_1_infected", "GSUR"): "class_one_infection"}  # one more case among fifty: no chart can tell
HIGH = {"above_limit", "near_upper", "shift_up", "trend_up"}


def newest(results, indicator, department, months):
    """The rule that the last of these months fulfils when the chart ends there, as in that month's meeting."""
    rows = {r.month: r for r in results.of(indicator, department=department)}
    chart = control(PUBLISHED[indicator], [rows.get(month) for month in months])
    if chart is None or chart.limits.trial or chart.rules[-1] == "none":
        return None
    return "above" if chart.rules[-1] in HIGH else "below"


def test_each_planted_shift_has_an_expectation(made):
    assert {(s["key"], s["department"]) for s in made.ledger.shifts} == SHIFTS.keys() | UNSEEN.keys()


@pytest.mark.parametrize("shift", UNSEEN, ids=lambda s: s[0])
def test_a_shift_of_a_single_case_is_no_signal_and_the_chart_says_why(shift, results, made):
    rows = {r.month: r for r in results.of(UNSEEN[shift], department=shift[1])}
    planted = next(s for s in made.ledger.shifts if (s["key"], s["department"]) == shift)
    start = made.ledger.months.index(planted["first_month"])
    for end in range(start, start + 3):
        months = made.ledger.months[: end + 1]
        assert newest(results, UNSEEN[shift], shift[1], months) is None
        said = control(PUBLISHED[UNSEEN[shift]], [rows.get(month) for month in months]).reason
        assert "平均每月" in said


@pytest.mark.proves("F-14")
@pytest.mark.parametrize("shift", SHIFTS, ids=lambda s: f"{s[0]} {s[1] or 'hospital'}")
def test_a_planted_shift_is_found_where_and_soon_after_it_began(shift, results, made):
    indicator, side, within = SHIFTS[shift]
    planted = next(s for s in made.ledger.shifts if (s["key"], s["department"]) == shift)
    months, start = made.ledger.months, made.ledger.months.index(planted["first_month"])
    seen = [newest(results, indicator, shift[1], months[: end + 1]) for end in range(start, start + within)]
    assert side in seen
    assert seen.index(side) + 1 <= within


@pytest.mark.parametrize("shift", [s for s in SHIFTS if s[1] in ("CARD", "ORTH")], ids=lambda s: s[1])
def test_other_departments_stay_quiet_when_one_shifts(shift, results, made):
    """In the month of discovery few others signal to the same side: chance, about one chart in fifty."""
    indicator, side, within = SHIFTS[shift]
    planted = next(s for s in made.ledger.shifts if (s["key"], s["department"]) == shift)
    end = made.ledger.months.index(planted["first_month"]) + within
    departments = {r.department for r in results.rows if r.indicator_id == indicator} - {None}
    found = {d for d in departments if newest(results, indicator, d, made.ledger.months[:end]) == side}
    assert shift[1] in found
    assert len(found) <= 1 + len(departments) / 20


# ---- one truth, however computed ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def small_source(small, tmp_path_factory):
    return Source.of_files(write(small.tables, tmp_path_factory.mktemp("small")))


def test_the_reference_backend_gives_the_same_results(small, small_source):
    fast = run(small_source, small.ledger.months)
    slow = run(small_source, small.ledger.months, backend="reference")
    assert len(fast.rows) > 1000
    assert fast.rows == slow.rows


@pytest.mark.parametrize("limits", [Limits(threads=1)])
def test_a_run_is_the_same_bit_for_bit_however_it_is_spread(limits, results, made, source):
    again = run(source, made.ledger.months, limits=limits)
    assert repr(again.rows) == repr(results.rows)


@pytest.mark.proves("F-32")
def test_a_run_as_of_an_earlier_state_is_the_same_bit_for_bit(
    small, tmp_path, django_db_setup, django_db_blocker
):
    """Later deliveries change what is published, never what an earlier data version gives."""
    with django_db_blocker.unblock(), worker_role():
        hospital = make_institution("ASOF", departments=())
        before = deliver(hospital, small.tables, tmp_path / "first")
        first = computed(hospital, small, before)
        stays = small.tables["stays"]
        longer = stays.set_column(
            stays.schema.get_field_index("days"), "days", pc.add(stays["days"], pa.scalar(1, pa.int32()))
        )
        after = deliver(hospital, small.tables, tmp_path / "second", stays=longer)
        assert repr(computed(hospital, small, before)) == repr(first)
        changed = computed(hospital, small, after)
    assert before != after
    moved = {old.indicator_id for old, new in zip(first, changed, strict=True) if old.value != new.value}
    assert "average_length_of_stay" in moved
    assert all(i.endswith("length_of_stay") or i == "stays_over_thirty_days" for i in moved)


def deliver(hospital, tables, folder, **replaced):
    """Publish the tables; gives the data version."""
    from zhikong.foundation.facts import actions

    folder.mkdir()
    files = {name: paths[0] for name, paths in write(tables, folder, **replaced).items()}
    with hospital.scoped():
        made = actions.publish(by=None, now=NOW, tables=files, folder=folder)
    return made.publication.data_version


def computed(hospital, made, data_version):
    from zhikong.foundation.facts import gateway

    with hospital.scoped():
        snapshot = gateway.published(data_version=data_version)
        months = (made.ledger.months[0], made.ledger.months[-1])
        return gateway.compute(list(PUBLISHED.values()), months=months, now=NOW, snapshot=snapshot).rows
