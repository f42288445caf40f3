"""Truths of the clinics: visits, waiting and appointments of one month."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import catalogue, reported
from zhikong.simulator.ledger_records_notes import knives
from zhikong.simulator.ledger_records_rows import View
from zhikong.simulator.tally import Tally, month_of


def count(tally: Tally, month: int, tables: dict[str, pa.Table]) -> None:
    """All of them, in the department of the visit or appointment."""
    _visits(tally, month, tables["visits"])
    _appointments(tally, month, tables["appointments"])
    _rates(tally, month, tables)


def bases(view: View) -> None:
    """What stays give to rates of the clinics, and the kinds of diseases and operations of a month."""
    block, every = view.block, np.ones(len(view.block), bool)
    month = block.cohort.month
    view.tally.add("visits_per_discharge", month, block.last, ~every, every)
    view.tally.different("kinds_of_diseases", month, block.last, catalogue.cases().code[block.cohort.case])
    done, knife = view.rows["operations"], knives(view)
    code = np.array(done.columns["code"].values)[done.columns["code"].index[knife]]
    i = done.i[knife]
    view.tally.different("kinds_of_operations", month[i], block.last[i], code)
    on = view.rows["pathways"]
    name = np.array(on.columns["code"].values)[on.columns["code"].index]
    view.tally.different("kinds_of_pathways", month[on.i], block.last[on.i], name)


def of_hospital(tally: Tally) -> None:
    """Clerks of the clinics' records, as their office reports them."""
    made = tally.stages.reported
    own = made.item == reported.NAMES.index("clinic_record_staff")
    clerks, nobody = made.numerator[own], np.full(own.sum(), -1)
    tally.add("visits_per_clinic_clerk", made.month[own], nobody, clerks * 0, clerks)


def _rates(tally: Tally, month: int, tables: dict[str, pa.Table]) -> None:
    """Parts of rates whose other parts stand elsewhere."""
    visits, booked, drugs = tables["visits"], tables["appointments"], tables["prescriptions"]
    place, when = _place(visits), np.full(visits.num_rows, month)
    clinic, every = _is(visits, "kind", "outpatient", "online"), np.ones(visits.num_rows, bool)
    tally.add("visits_per_discharge", when, place, clinic, ~every)
    tally.add("visits_per_clinic_clerk", when, place, clinic, ~every)
    tally.add("booked_visits", when, place, ~every, clinic)
    came = _is(booked, "status", "arrived")
    tally.add("booked_visits", np.full(booked.num_rows, month), _place(booked), came, came & False)
    tally.add("drug_cost_of_visits", when, place, ~every, every)
    cost, paid_in = drugs["amount"].to_numpy(), month_of(_minutes(drugs, "prescribed_at"))
    tally.add("drug_cost_of_visits", paid_in, _place(drugs), cost, cost * 0)


def _place(table: pa.Table) -> np.ndarray:
    codes = pa.array(list(catalogue.department_index()))
    return pc.index_in(table["department"], codes).to_numpy().astype(int)


def _is(table: pa.Table, column: str, *words: str) -> np.ndarray:
    return pc.is_in(table[column], pa.array(words)).to_numpy()


def _minutes(table: pa.Table, column: str) -> np.ndarray:
    """Minutes since 1970; 0 where unknown, which `_known` tells."""
    stamp = pc.fill_null(table[column].cast(pa.int64()), 0).to_numpy()
    return stamp // 60_000_000


def _known(table: pa.Table, column: str) -> np.ndarray:
    return pc.is_valid(table[column]).to_numpy()


def _visits(tally: Tally, month: int, visits: pa.Table) -> None:
    place, when = _place(visits), np.full(visits.num_rows, month)
    there, online = _is(visits, "kind", "outpatient"), _is(visits, "kind", "online")
    tally.add("outpatient_visits", when, place, there | online)
    tally.share("online_visits", when, place, online, there | online)
    seen = there & _known(visits, "seen_at")
    waited = _minutes(visits, "seen_at") - _minutes(visits, "registered_at")
    tally.add("outpatient_waiting", when, place, np.where(seen, waited, 0), seen)
    tally.rank("outpatient_waiting_p90", 90, when[seen], place[seen], waited[seen])
    urgent = _is(visits, "kind", "emergency") & _known(visits, "seen_at")
    tally.add("emergency_waiting", when, place, np.where(urgent, waited, 0), urgent)
    tally.share("admitted_from_clinic", when, place, _is(visits, "disposition", "admitted"), there)
    tally.share("left_clinic_unseen", when, place, _is(visits, "disposition", "left"), there)


def _appointments(tally: Tally, month: int, booked: pa.Table) -> None:
    place, when = _place(booked), np.full(booked.num_rows, month)
    every = np.ones(booked.num_rows, bool)
    tally.share("appointments_stopped", when, place, _is(booked, "status", "stopped"), every)
    missed, came = _is(booked, "status", "missed"), _is(booked, "status", "arrived")
    tally.share("appointments_missed", when, place, missed, missed | came)
    ahead = _minutes(booked, "scheduled_at") - _minutes(booked, "booked_at") >= 24 * 60
    tally.share("booked_a_day_ahead", when, place, ahead, every)
