"""Truths about emergency, intensive care, anaesthesia, blood, laboratory and medicines; data/measures_care.csv."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY, months_of
from zhikong.simulator.events import blood, drugs, findings, harm, nursing, outpatient
from zhikong.simulator.events.consents import KINDS as CONSENTS
from zhikong.simulator.events.rows import NEVER, Rows
from zhikong.simulator.events.staffing import LEVELS
from zhikong.simulator.ledger_care_rows import LATE, Stays
from zhikong.simulator.ledger_measures import Measure, Page
from zhikong.simulator.stages import Stages
from zhikong.simulator.tally import Tally, month_of

UNIT = 200
"""Millilitres of one unit of red cells."""


# ---- without events ---------------------------------------------------------------------------------------------


def measures(stages: Stages) -> Iterator[Measure]:
    """Truths that need no events."""
    closed = np.flatnonzero(~stages.cohort.open)
    page = Page(stages, closed)
    in_icu = stages.movement.icu(catalogue.department_index()["ICUD"])[closed].any(axis=1)
    yield page.share("icu_mortality", stages.cohort.dead[closed], in_icu)
    yield from _blood(stages, closed, page)
    yield from _anaesthesias(stages)
    made = stages.results
    rows = np.flatnonzero(made.critical)
    told, of_rows = made.notified[rows], Page(stages, made.stay[rows])
    yield of_rows.share("critical_value_notified", told >= 0, np.ones(len(rows), bool))
    yield of_rows.share("critical_value_notified_in_time", told - made.at[rows] <= 10, told >= 0)


def _blood(stages: Stages, closed: np.ndarray, page: Page) -> Iterator[Measure]:
    red, _, plasma, whole, own = stages.outcome.blood[closed].T
    foreign = red * UNIT + whole
    done, ops = stages.procedures, catalogue.operations()
    grade = np.where(ops.surgical, [int(text or 0) for text in ops.grade], 0)[done.operation]
    minor, major = (
        np.bincount(done.stay[np.isin(grade, pair)], minlength=len(stages.cohort))[closed]
        for pair in ((1, 2), (3, 4))
    )
    cut = np.bincount(done.stay[ops.surgical[done.operation]], minlength=len(stages.cohort))[closed] > 0
    yield Measure("blood_per_discharge", page.add(foreign + plasma), page.add(np.ones(len(closed), bool)))
    small = major == 0
    yield Measure(
        "blood_per_minor_operation", page.add(foreign * (small & (minor > 0))), page.add(minor * small)
    )
    yield Measure("blood_per_major_operation", page.add(foreign * (major > 0)), page.add(major))
    yield Measure("autologous_blood_share", page.add(own * cut), page.add((own + foreign) * cut))
    yield page.share("autologous_transfusion_patients", own >= 400, cut & (own + foreign >= 400))


def _anaesthesias(stages: Stages) -> Iterator[Measure]:
    done, cohort = stages.procedures, stages.cohort
    asleep = np.flatnonzero((done.anaesthetist >= 0) & ~cohort.open[done.stay])
    stay, page = done.stay[asleep], Page(stages, done.stay[asleep])
    every = np.ones(len(asleep), bool)
    soon = cohort.discharged[stay] - done.performed[asleep] <= DAY
    yield page.share("death_within_24_hours_of_anaesthesia", cohort.dead[stay] & soon, every)
    yield page.share("emergency_anaesthesia_share", ~done.elective[asleep], every)
    way = catalogue.operations().anaesthesia[done.operation[asleep]]
    yield page.share("general_anaesthesia_share", way == "1", way != "")


# ---- among the events of a block --------------------------------------------------------------------------------


def of_block(stays: Stays, rows: dict[str, Rows]) -> None:
    """What a block of closed stays has."""
    _intensive(stays, rows["assessments"], rows["results"], rows["devices"])
    _theatre(stays, rows["operations"], rows["documents"])
    _transfusions(stays, rows["transfusions"], rows["consents"])
    _results(stays, rows["results"])
    _drugs(stays, rows["medications"])
    _reactions(stays, rows["adverse_events"])


def _intensive(stays: Stays, assessed: Rows, results: Rows, lines: Rows) -> None:
    block = stays.block
    there = stays.any(block.intensive[0])
    kind = assessed.columns["kind"].index
    stays.share("icu_sedation_assessed", stays.any(assessed.i[kind == nursing.SEDATION]), there)
    code = catalogue.cases().code[block.cohort.case]
    brain = np.any(
        [np.char.startswith(code, p) for p in ("S06", "I60", "I61", "I62", "I63", "I64", "G93.1")], axis=0
    )
    awake = stays.any(assessed.i[kind == nursing.CONSCIOUS])
    stays.share("icu_brain_injury_consciousness", awake, there & brain)
    score = np.array([name == findings.APACHE for name in results.columns["item"].values])
    severe = results.i[score[results.columns["item"].index] & (results.columns["value"] >= 15)]
    stays.share("icu_apache_15_share", stays.any(severe), there)
    tube = lines.columns["kind"].index == harm.AIRWAY
    placed, slipped = lines.columns["placed_at"][tube], lines.columns["unplanned_removal"][tube]
    stays.rows("airway_unplanned_of_removals", lines.i[tube], placed, slipped, np.ones(tube.sum(), bool))


def _theatre(stays: Stays, operations: Rows, papers: Rows) -> None:
    asleep = operations.columns["anaesthetist"].index >= 0
    i, begun, ended = (
        v[asleep] for v in (operations.i, operations.columns["performed_at"], operations.columns["ended_at"])
    )
    first, last = stays.first(i, begun), stays.final(i, ended)
    kind, signed = papers.columns["type"].index, papers.columns["signed_at"]
    before, after = ((kind == number) & (signed != NEVER) for number in (10, 12))
    visited = stays.first(papers.i[before], signed[before])
    stays.share("anaesthesia_visited_before", visited <= first, first != LATE)
    late = stays.final(papers.i[after], signed[after]) - last
    stays.share("anaesthesia_visited_after", (late >= 0) & (late <= 3 * DAY), first != LATE)
    risk = np.array([int(text or 0) for text in _texts(operations.columns["anaesthesia_grade"])])[asleep]
    stays.tally.share("anaesthesia_asa_three_share", stays.month[i], stays.last[i], risk >= 3, risk > 0)
    stays.top("anaesthesias_per_anaesthetist", stays.month[i], np.full(len(i), -1), np.ones(len(i), np.int64))
    stays.below("anaesthesia_event_rate", stays.month[i], stays.last[i], np.ones(len(i), np.int64))
    knife = catalogue.operations().surgical[operations.columns["code"].index]
    i = operations.i[knife]
    stays.below("surgical_event_rate", stays.month[i], stays.last[i], np.ones(len(i), np.int64))


def _texts(values) -> list[str]:
    return values.to_pylist() if isinstance(values, pa.Array) else values.array().to_pylist()


def _transfusions(stays: Stays, given: Rows, talks: Rows) -> None:
    start, end = given.columns["started_at"], given.columns["ended_at"]
    first, every = stays.first(given.i, start), np.ones(len(given), bool)
    month, place = stays.month[given.i], stays.last[given.i]
    own = (talks.columns["kind"].index == CONSENTS.index("transfusion")) & (
        talks.columns["signed_at"] != NEVER
    )
    agreed = stays.first(talks.i[own], talks.columns["signed_at"][own])
    stays.share("consent_before_transfusion", agreed <= first, first != LATE)
    level = given.columns["requester_level"].index
    right = np.isin(level, [LEVELS.index(name) for name in ("attending", "associate_chief", "chief")])
    stays.tally.share("transfusion_requested_by_qualified", month, place, right, every)
    stays.tally.share("transfusion_within_four_hours", month, place, end - start <= blood.LONGEST, every)
    stays.below("transfusion_reaction_reports", stays.month, stays.last, first != LATE)


def _results(stays: Stays, made: Rows) -> None:
    kind, flag = made.columns["kind"].index, made.columns["abnormal"].index
    took = made.columns["at"] - made.columns["collected_at"]
    month, place, odd = stays.month[made.i], stays.last[made.i], flag != findings.NORMAL
    share = stays.tally.share
    lab = kind == findings.LAB
    for key, percent in (("laboratory_turnaround_median", 50), ("laboratory_turnaround_p90", 90)):
        stays.tally.rank(key, percent, month[lab], place[lab], took[lab])
    share("microbiology_positive_rate", month, place, odd, kind == findings.CULTURE)
    urgent = (stays.block.of(stays.block.stages.outcome.route) == 1)[made.i]
    share("emergency_exam_report_timely", month, place, took <= 120, (kind == findings.EXAM) & urgent)
    machine = np.array([text.startswith(("CT", "MR")) for text in made.columns["item"].values])
    big = machine[made.columns["item"].index]
    share("large_equipment_positive_rate", month, place, odd, (kind == findings.EXAM) & big)
    share("pathology_report_timely", month, place, took <= 5 * DAY, kind == findings.PATHOLOGY)


def _drugs(stays: Stays, given: Rows) -> None:
    level = given.columns["antibacterial_class"].index
    treated = stays.any(given.i[level != drugs.CLASSES.index("none")])
    stays.share("inpatient_antibacterial_use", treated, np.ones(stays.count, bool))
    stays.share("special_antibacterial_use", stays.any(given.i[level == drugs.SPECIAL]), treated)


def _reactions(stays: Stays, made: Rows) -> None:
    at, degree = made.columns["occurred_at"], made.columns["harm"].index
    month, place = month_of(at), stays.block.department_at(made.i, at)
    own = made.columns["category"].index == harm.CATEGORIES.index("药品不良反应")
    bad = np.isin(degree, [harm.HARMS.index(word) for word in ("severe", "death")])
    stays.tally.share("severe_drug_reaction_share", month, place, bad, own)
    stays.tally.add("drug_reaction_reports", month, place, own)


# ---- the outpatient side ----------------------------------------------------------------------------------------


def of_month(tally: Tally, tables: dict[str, pa.Table]) -> None:
    """Emergency visits by the month of registration, prescriptions by that of writing."""
    _emergency(tally, tables["visits"])
    _prescriptions(tally, tables["prescriptions"])


def _minutes(table: pa.Table, name: str) -> np.ndarray:
    """Minutes since 1970; NEVER where unknown."""
    stamp = table[name].to_numpy().astype("datetime64[m]")
    return np.where(np.isnat(stamp), NEVER, stamp.astype(np.int64))


def _words(table: pa.Table, name: str) -> np.ndarray:
    """Texts, '' where unknown."""
    return table[name].fill_null("").to_numpy(zero_copy_only=False).astype(str)


def _places(table: pa.Table) -> np.ndarray:
    index = catalogue.department_index()
    return np.array([index[code] for code in table["department"].to_pylist()], dtype=np.int64)


def _emergency(tally: Tally, table: pa.Table) -> None:
    at, seen, left = (_minutes(table, name) for name in ("registered_at", "seen_at", "left_at"))
    month, place = months_of(at // DAY), _places(table)
    kind, gone = _words(table, "kind"), _words(table, "disposition")
    level = table["triage_level"].fill_null(0).to_numpy()
    urgent, met = np.isin(kind, ["emergency", "observation"]), seen != NEVER
    wait = np.where(met, seen - at, LATE)
    limit = np.array([0, 0, 10, 30, 60])[np.clip(level, 0, 4)]
    tally.share("emergency_triaged_rate", month, place, level > 0, urgent)
    tally.share("emergency_seen_in_time", month, place, wait <= limit, urgent & (level >= 2))
    critical = urgent & np.isin(level, [1, 2])
    tally.add("emergency_critical_wait", month, place, np.where(critical & met, wait, 0), critical & met)
    tally.rank("rescue_room_stay_median", 50, month[critical], place[critical], (left - at)[critical])
    tally.share("emergency_visits_admitted", month, place, gone == "admitted", urgent)
    tally.share("emergency_left_unseen", month, place, (gone == "left") & ~met, urgent)
    watched = kind == "observation"
    tally.add("observation_stay_mean", month, place, np.where(watched, left - at, 0), watched)


def _prescriptions(tally: Tally, table: pa.Table) -> None:
    month, place = months_of(_minutes(table, "prescribed_at") // DAY), _places(table)
    seq, days = table["seq"].to_numpy(), table["days"].to_numpy()
    first, every = seq == 1, np.ones(len(seq), bool)
    level, number = _words(table, "antibacterial_class"), _words(table, "prescription_id")
    tally.share("prescription_reviewed", month, place, _words(table, "reviewer") != "", first)
    tally.share("prescription_with_diagnosis", month, place, _words(table, "diagnosis_code") != "", first)
    tally.add("prescription_over_five_drugs", month, place, seq == outpatient.MOST_DRUGS + 1, first)
    tally.share("prescription_over_seven_days", month, place, days > outpatient.OUTPATIENT_DAYS, every)
    tally.share("clinic_special_antibacterial", month, place, level == "special", every)
    group = np.unique(number, return_inverse=True)[1]
    for key, hit in (
        ("clinic_antibacterial_prescriptions", level != "none"),
        ("injection_prescription_share", np.isin(_words(table, "route"), INJECTED)),
    ):
        wanted = np.zeros(len(seq), bool)
        wanted[group[hit]] = True  # by number of the prescription
        tally.share(key, month, place, wanted[group], first)


INJECTED = ("静脉滴注", "静脉注射", "静脉泵入", "肌内注射", "皮下注射")
