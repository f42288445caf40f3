"""Truths about care among the events: nursing, infections, laboratory, medicines, blood; data/measures_care.csv.

What is counted by stay belongs to the month and department of discharge, as do tubes, infections and results by
the month of their stay; adverse events belong to the month in which they happened.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from zhikong.simulator import ledger_care_treatment, reported
from zhikong.simulator.clock import DAY, months_of
from zhikong.simulator.events import conditions, drugs, findings, harm, nursing
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import NEVER, Rows
from zhikong.simulator.ledger_care_rows import LATE, Stays, operated
from zhikong.simulator.ledger_measures import Measure, Page
from zhikong.simulator.stages import Stages
from zhikong.simulator.tally import Tally, month_of


def measures(stages: Stages) -> Iterator[Measure]:
    """Further truths that need no events."""
    yield from ledger_care_treatment.measures(stages)
    closed = np.flatnonzero(~stages.cohort.open)
    page = Page(stages, closed)
    days = stages.outcome.nursing[closed]
    whole = page.add(days.sum(axis=1))
    for column, level in ((2, "two"), (3, "three")):
        yield Measure(f"nursing_level_{level}_share", page.add(days[:, column]), whole)


def of_block(tally: Tally, block: Block, rows: dict[str, Rows]) -> None:
    """Count what a block of closed stays has; `rows` are its tables as the planter holds them."""
    stays = Stays(tally, block)
    _tubes(stays, rows["devices"])
    _assessments(stays, rows["assessments"])
    _harm(stays, rows["adverse_events"])
    _infections(stays, rows["infections"])
    _prophylaxis(stays, rows["operations"], rows["medications"])
    _cultures(stays, rows["results"], rows["medications"])
    _densities(stays, rows)
    ledger_care_treatment.of_block(stays, rows)


def of_month(tally: Tally, month: int, tables: dict[str, pa.Table]) -> None:
    """Count the outpatient side of one month."""
    ledger_care_treatment.of_month(tally, tables)


def of_hospital(tally: Tally) -> None:
    """Count what belongs to no block: the days of beds that events are counted against."""
    stages = tally.stages
    days = np.arange(stages.window.first_day, stages.window.end_day)
    place, day = np.indices(stages.occupied.shape)
    month, nothing = months_of(days)[day.ravel()], np.zeros(day.size, np.int64)
    opened = np.repeat(stages.open_beds, len(days))
    for key in OF_OCCUPIED:
        tally.add(key, month, place.ravel(), nothing, stages.occupied.ravel())
    tally.add("adverse_events_per_100_beds", month, place.ravel(), nothing, opened)
    tally.add("nursing_hours_per_bed_day", month, place.ravel(), nothing, stages.occupied.ravel())
    for item, key, above in (
        ("nursing_hours", "nursing_hours_per_bed_day", True),
        ("anaesthetists", "anaesthesias_per_anaesthetist", False),
    ):
        told = stages.reported.item == reported.NAMES.index(item)
        number, zeros = stages.reported.numerator[told], np.zeros(told.sum(), np.int64)
        parts = (number, zeros) if above else (zeros, number)
        tally.add(key, stages.reported.month[told], np.full(told.sum(), -1), *parts)


_TUBES = (
    ("airway", harm.AIRWAY),
    ("gastric_tube", harm.STOMACH),
    ("urinary_catheter", harm.CATHETER),
    ("central_line", harm.LINE),
)


def _tubes(stays: Stays, made: Rows) -> None:
    """Tubes that came out unplanned for a thousand midnights with a tube."""
    placed, removed = made.columns["placed_at"], made.columns["removed_at"]
    nights = removed // DAY - placed // DAY
    for name, kind in _TUBES:
        own = made.columns["kind"].index == kind
        key, slipped = f"{name}_unplanned_removal", made.columns["unplanned_removal"][own]
        stays.rows(key, made.i[own], placed[own], slipped, nights[own])


_SCALES = (
    ("pain_assessed_within_8_hours", nursing.PAIN, 8, 0),
    ("nutrition_screened_within_24_hours", nursing.NUTRITION, 24, 0),
    ("vte_assessed_within_24_hours", nursing.VTE, 24, 14),
    ("fall_assessed_within_24_hours", nursing.FALL, 24, 0),
)
"""Key, scale, hours from admission, least age."""


def _assessments(stays: Stays, made: Rows) -> None:
    kind, at = made.columns["kind"].index, made.columns["at"]
    for key, scale, hours, age in _SCALES:
        own = kind == scale
        waited = stays.first(made.i[own], at[own]) - stays.block.admitted
        stays.share(key, waited <= hours * 60, stays.block.cohort.age >= age)


_HURT = ("mild", "moderate", "severe", "death")


def _harm(stays: Stays, made: Rows) -> None:
    """Adverse events, by the month and place in which they happened."""
    at, told = made.columns["occurred_at"], made.columns["recorded_at"]
    month, place = month_of(at), stays.block.department_at(made.i, at)
    degree, kind = made.columns["harm"].index, made.columns["category"].index
    every, hurt = np.ones(len(made), bool), np.isin(degree, [harm.HARMS.index(word) for word in _HURT])
    bad = hurt & (degree != harm.HARMS.index("mild"))
    share = stays.tally.share
    share("fall_injury_share", month, place, hurt, kind == harm.CATEGORIES.index("跌倒坠床"))
    share("medication_error_harm_share", month, place, hurt, kind == harm.CATEGORIES.index("用药错误"))
    share("adverse_event_harm_share", month, place, bad, every)
    share("adverse_event_recorded_within_24_hours", month, place, told - at <= DAY, every)


def _infections(stays: Stays, made: Rows) -> None:
    onset, told, sure = (made.columns[name] for name in ("onset_at", "reported_at", "confirmed_at"))
    every, silent = np.ones(len(made), bool), told == NEVER
    all_stays = np.ones(stays.count, bool)
    stays.share("hospital_infection_incidence", stays.any(made.i), all_stays)
    cases = np.bincount(made.i, minlength=stays.count)
    stays.tally.add("hospital_infection_case_rate", stays.month, stays.last, cases, all_stays)
    stays.share("resistant_infection_incidence", stays.any(made.i[made.columns["resistant"]]), all_stays)
    stays.rows("infection_missed_report", made.i, onset, silent, every)
    soon = ~silent & (told - sure <= DAY)
    stays.rows("infection_reported_within_24_hours", made.i, onset, soon, every)
    wound = made.i[made.columns["site"].index == harm.SITES.index("ssi")]
    stays.share("surgical_site_infection_registered", stays.any(wound), operated(stays.block))


def _prophylaxis(stays: Stays, operations: Rows, given: Rows) -> None:
    """Prevention around the clean incisions of a stay: whether, when before the first, how long after the last."""
    clean = stays.block.stages.procedures.incision[stays.block.rows(stays.block.stages.procedures.stay)] == 1
    cut = stays.first(operations.i[clean], operations.columns["performed_at"][clean])
    closed = stays.final(operations.i[clean], operations.columns["ended_at"][clean])
    dose = (given.columns["purpose"].index == drugs.PROPHYLAXIS) & (
        given.columns["antibacterial_class"].index != drugs.CLASSES.index("none")
    )
    at = given.columns["given_at"][dose]
    first, last = stays.first(given.i[dose], at), stays.final(given.i[dose], at)
    had, prevented = cut != LATE, first != LATE
    stays.share("class_one_prophylaxis", prevented, had)
    before = cut - first
    stays.share("class_one_prophylaxis_timely", (before >= 30) & (before <= 120), had & prevented)
    stays.share("class_one_prophylaxis_stopped", last - closed <= DAY, had & prevented)


def _cultures(stays: Stays, results: Rows, given: Rows) -> None:
    """Whether the first specimen for culture was taken before the first curative dose of each class."""
    own = results.columns["kind"].index == findings.CULTURE
    taken = stays.first(results.i[own], results.columns["collected_at"][own])
    cure = given.columns["purpose"].index == drugs.TREATMENT
    for name in ("unrestricted", "restricted", "special"):
        dose = cure & (given.columns["antibacterial_class"].index == drugs.CLASSES.index(name))
        first = stays.first(given.i[dose], given.columns["given_at"][dose])
        stays.share(f"culture_before_{name}", taken <= first, first != LATE)


OF_OCCUPIED = (
    "fall_rate",
    "restraint_rate",
    "infection_density",
    "resistant_infection_density",
    "infusions_per_bed_day",
)
"""Counted against the beds occupied in the month, whoever lay in them."""
_TUBE_INFECTIONS = (
    ("ventilator_pneumonia_rate", "vap", harm.VENTILATOR),
    ("central_line_infection_rate", "crbsi", harm.LINE),
    ("catheter_urinary_infection_rate", "cauti", harm.CATHETER),
)


def _densities(stays: Stays, rows: dict[str, Rows]) -> None:
    """Events against bed-days, tube-days, discharges, operations: the events, and what is counted by stay."""
    _harm_rates(stays, rows["adverse_events"])
    _infection_rates(stays, rows["infections"], rows["devices"])
    made = rows["condition_periods"]
    own = made.columns["kind"].index == conditions.RESTRAINT
    start, end = made.columns["started_at"][own], made.columns["ended_at"][own]
    nowhere = np.full(len(start), -1)
    stays.top("restraint_rate", month_of(start), nowhere, end // DAY - start // DAY + 1)
    given = rows["medications"]
    drip = np.isin(given.columns["route"].index, np.flatnonzero(drugs.drugs().route == "静脉滴注"))
    at = given.columns["given_at"][drip]
    stays.top("infusions_per_bed_day", month_of(at), np.full(len(at), -1), np.ones(len(at), np.int64))


def _harm_rates(stays: Stays, made: Rows) -> None:
    at, kind = made.columns["occurred_at"], made.columns["category"].index
    month, place = month_of(at), stays.block.department_at(made.i, at)
    for key, name in (
        ("fall_rate", "跌倒坠床"),
        ("adverse_events_per_100_beds", ""),
        ("adverse_events_per_100_discharges", ""),
        ("medication_error_rate", "用药错误"),
        ("transfusion_reaction_reports", "输血不良反应"),
        ("surgical_event_rate", "手术事件"),
        ("anaesthesia_event_rate", "麻醉事件"),
    ):
        own = kind == harm.CATEGORIES.index(name) if name else np.ones(len(made), bool)
        stays.top(key, month, place, own)
    every = np.ones(stays.count, np.int64)
    for key in ("adverse_events_per_100_discharges", "medication_error_rate"):
        stays.below(key, stays.month, stays.last, every)


def _infection_rates(stays: Stays, made: Rows, lines: Rows) -> None:
    onset, site = made.columns["onset_at"], made.columns["site"].index
    place = stays.block.department_at(made.i, onset)
    stays.top("infection_density", month_of(onset), place, np.ones(len(made), np.int64))
    stays.top("resistant_infection_density", month_of(onset), place, made.columns["resistant"])
    placed, removed = lines.columns["placed_at"], lines.columns["removed_at"]
    for key, name, kind in _TUBE_INFECTIONS:
        stays.top(key, stays.month[made.i], place, site == harm.SITES.index(name))
        own = lines.columns["kind"].index == kind
        where = stays.block.department_at(lines.i[own], placed[own])
        stays.below(key, stays.month[lines.i[own]], where, (removed // DAY - placed // DAY)[own])
