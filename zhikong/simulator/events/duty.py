"""Who was on duty: the doctors of each department by turns, in the shifts of the hospital's profile."""

import numpy as np
import pyarrow as pa

from zhikong.engine.tables import arrow_schema
from zhikong.simulator import catalogue, hospital
from zhikong.simulator.clock import DAY, stream
from zhikong.simulator.columns import department_words, minutes, month_words, numbered, one, words
from zhikong.simulator.events.staffing import pick
from zhikong.simulator.procedures import staff_numbers
from zhikong.simulator.stages import Stages

_KINDS = {2: ("day", "night"), 3: ("day", "evening", "night")}
_ON_CALL = "on_call"
_MOST = 100_000  # shifts of a month: their numbers begin with the month's


def shifts(stages: Stages, month: int) -> pa.Table:
    """`duty_shifts` that begin in the month (its number since 1970-01): a resident in each shift, a senior on call."""
    first, last = (
        int(np.datetime64(n, "M").astype("datetime64[D]").astype(np.int64)) for n in (month, month + 1)
    )
    days, turns = np.arange(first, last), stages.profile.duty
    departments = np.arange(len(catalogue.department_index()))
    day, department, turn = (
        grid.ravel() for grid in np.meshgrid(days, departments, np.arange(len(turns) + 1), indexing="ij")
    )
    rng = stream(stages.seed, f"events duty {month}")
    senior = turn == len(turns)
    begin, end = (np.array([*(t[side] for t in turns), turns[0][0] + side * DAY]) for side in (0, 1))
    names = [*_KINDS[len(turns)], _ON_CALL]
    doctor = np.where(senior, pick(rng, "senior", department), pick(rng, "resident", department))
    columns = {
        "shift_id": numbered("B", month * _MOST + np.arange(len(day)), 10),
        "institution": one(hospital.profile().code, len(day)),
        "department": department_words(department),
        "staff": words(doctor, staff_numbers()),
        "kind": words(turn, names),
        "started_at": minutes(day * DAY + begin[turn]),
        "ended_at": minutes(day * DAY + end[turn]),
        "month": month_words(np.full(len(day), month)),
    }
    schema = arrow_schema("duty_shifts")
    return pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema)
