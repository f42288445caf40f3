"""The records of visits, with what careless doctors leave out of them: drawn from a stream of chance of their own."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from zhikong.engine.tables import arrow_schema
from zhikong.engine.tables.event_codes import DISPOSITION, VISIT_KIND
from zhikong.simulator import catalogue, hospital
from zhikong.simulator.clock import DAY, months_of, stream
from zhikong.simulator.columns import (
    department_words,
    minutes,
    month_words,
    numbered,
    one,
    patient_keys,
    words,
)
from zhikong.simulator.events.drugs import ALLERGENS
from zhikong.simulator.events.planting import FAULT, NEAR, SCHEMA
from zhikong.simulator.events.staffing import LEVELS, level_number, levels, pick
from zhikong.simulator.procedures import staff_numbers
from zhikong.simulator.stages import Stages
from zhikong.simulator.texts.library import disease_words

KINDS = [code for code, _ in VISIT_KIND.values]
PLACES = [code for code, _ in DISPOSITION.values]
ADMITTED, LEFT = PLACES.index("admitted"), PLACES.index("left")
_SPANS = ("1天", "2天", "3天", "1周", "10余天", "半月", "1月", "2月余", "半年", "1年")
_OWED = ("chief_complaint", "present_illness", "past_history", "examination", "diagnosis", "plan")
"""Parts whose absence is planted as a defect; tests may be left out where none were needed."""
_VAGUE = "同前。"


@dataclass
class Visits:
    """One month's visits as records are made of them, and what was planted among these."""

    rng: np.random.Generator
    visit: dict[str, np.ndarray]
    drugs: np.ndarray  # whether medicines were prescribed
    careless: float = 1.0
    planted: list[pa.Table] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.visit["at"])

    def take(self, chosen: np.ndarray) -> "Visits":
        own = {name: values[chosen] for name, values in self.visit.items()}
        return Visits(self.rng, own, self.drugs[chosen], self.careless, self.planted)

    def chance(self, share: float) -> np.ndarray:
        return self.rng.random(len(self)) < share

    def enter(self, rule: str, where: np.ndarray, fault=True, over=None, table="visit_records") -> None:
        """Remember visits in the ledger; `over` counts minutes beyond the limit."""
        own = np.flatnonzero(where)
        count = len(own)
        verdict = np.where(np.broadcast_to(fault, len(self))[own], FAULT, NEAR)
        columns = [
            one(rule, count), pa.array(verdict.tolist(), pa.string()), one(table, count),
            numbered("MZ", self.visit["number"][own], 9), pa.nulls(count, pa.string()),
            pa.nulls(count, pa.int64()) if over is None else pa.array([0] * count, pa.int64()),
            pa.nulls(count, pa.int64()) if over is None else pa.array(over[own], pa.int64()),
            month_words(months_of(self.visit["at"][own] // DAY)),
        ]  # fmt: skip
        self.planted.append(pa.table(columns, schema=SCHEMA))


def table(stages: Stages, month: int, visit: dict[str, np.ndarray], drugs: np.ndarray) -> dict[str, pa.Table]:
    """`visit_records` of one month and what was planted in it. drugs: which of the visits ended in a prescription."""
    whole = Visits(
        stream(stages.seed, f"events visit records {month}"), visit, drugs, stages.profile.careless
    )
    seen = (visit["place"] != LEFT) | (
        visit["urgent"] & whole.chance(0.7)
    )  # who leaves the clinic unseen has none
    lost = seen & whole.chance(0.004)
    whole.enter("visit_record_missing", lost, table="visits")
    made = whole.take(np.flatnonzero(seen & ~lost))
    columns = _who(made) | _course(made) | _times(made)
    columns |= _texts(made, columns["confirmed"].to_numpy(zero_copy_only=False))
    schema = arrow_schema("visit_records")
    if set(schema.names) != set(columns):
        raise ValueError(f"visit_records: columns differ: {sorted(set(schema.names) ^ set(columns))}")
    rows = pa.table([columns[f.name].cast(f.type) for f in schema], schema=schema)
    return {"visit_records": rows, "planted_events": pa.concat_tables(made.planted)}


def _who(made: Visits) -> dict[str, pa.Array]:
    v = made.visit
    return {
        "visit_id": numbered("MZ", v["number"], 9),
        "patient_key": patient_keys(v["patient"]),
        "institution": one(hospital.profile().code, len(made)),
        "department": department_words(v["department"]),
        "kind": words(v["kind"], KINDS),
        "registered_at": minutes(v["at"]),
        "month": month_words(months_of(v["at"] // DAY)),
    }


def _course(made: Visits) -> dict[str, pa.Array]:
    """Which visit for the same problem it is, whether the diagnosis is known, and what was done where it is not."""
    v, rng = made.visit, made.rng
    seq = rng.choice(4, len(made), p=[0.72, 0.17, 0.08, 0.03]) + 1
    confirmed = rng.random(len(made)) < np.array([0, 0.7, 0.86, 0.93, 0.93])[seq]
    admitted = v["place"] == ADMITTED
    second, third = (seq == 2) & ~confirmed, (seq >= 3) & ~confirmed
    doctor = np.where(second & made.chance(0.7), pick(rng, "senior", v["department"]), v["doctor"])
    level = levels()[doctor]
    senior = np.isin(level, [level_number("associate_chief"), level_number("chief")])
    consulted = ~confirmed & np.where(
        second & ~senior & ~admitted, made.chance(0.9 - 0.7 * (made.careless - 1)), made.chance(0.3)
    )
    signed = third & ~admitted & made.chance(0.88)
    helped = senior | consulted | admitted
    left = v["place"] == LEFT
    refused = left & ~made.chance(0.06 * made.careless)
    made.enter("visit_left_without_signature", left & ~refused)
    made.enter("visit_second_unconfirmed", second & (~helped | (consulted & ~senior & ~admitted)), ~helped)
    made.enter("visit_third_unconfirmed", third & ~admitted, ~signed)
    recorded = made.drugs & ~made.chance(0.006)
    made.enter("visit_drugs_not_recorded", made.drugs & ~recorded)
    return {
        "doctor": words(doctor, staff_numbers()),
        "doctor_level": words(level, LEVELS),
        "visit_seq": pa.array(seq),
        "confirmed": pa.array(confirmed),
        "consulted": pa.array(consulted),
        "drugs_recorded": pa.array(recorded, mask=~made.drugs),
        "disposition": words(v["place"], PLACES),
        "refusal_signed": pa.array(np.where(left, refused, signed), mask=~third & ~left),
    }


def _times(made: Visits) -> dict[str, pa.Array]:
    """Written and signed before the patient leaves; some after, some to the minute, some never signed."""
    v, u = made.visit, made.rng.random(len(made))
    length = v["left"] - v["seen"]
    signed = v["seen"] + np.maximum((length * (0.6 + 0.35 * made.rng.random(len(made)))).astype(np.int64), 1)
    signed = np.minimum(signed, v["left"] - 2)
    late = u < 0.012
    edge = (u >= 0.012) & (u < 0.018)
    never = (u >= 0.018) & (u < 0.021)
    signed = np.where(late, v["left"] + 2 + (u * 5e4).astype(np.int64), signed)
    signed = np.where(edge, v["left"] + made.rng.integers(-1, 2, len(made)), signed)
    overnight = made.chance(0.002 * made.careless) & ~never
    signed = np.where(overnight, signed + DAY, signed)
    over = signed - v["left"]
    made.enter("visit_record_at_visit", (over >= -1) & ~never, over > 0, over)
    made.enter("visit_signature_missing", never)
    written = np.where(overnight, signed - 1, np.maximum(np.minimum(signed - 1, v["left"]), v["seen"]))
    return {"written_at": minutes(np.minimum(written, signed)), "signed_at": minutes(signed, ~never)}


def _texts(made: Visits, confirmed: np.ndarray) -> dict[str, pa.Array]:
    """What was written, by the words of the disease; now and then a part is left out or says nothing."""
    told, row = disease_words(), disease_words()["row"][made.visit["case"]]
    span = np.array(_SPANS)[made.rng.integers(0, len(_SPANS), len(made))]
    allergic = np.array([f"对{name}类药物过敏。" for name in ALLERGENS])
    allergy = allergic[made.rng.integers(0, len(allergic), len(made))]
    sober = made.chance(0.95)
    parts = {
        "chief_complaint": _joined(told["symptom"][row], span, "。"),
        "present_illness": _joined("患者", span, "前出现", told["symptom"][row], "，", told["course"][row], "。"),
        "past_history": np.where(sober, "既往体健，否认药物、食物过敏史。", _joined("既往体健，", allergy)),
        "examination": _joined(told["sign"][row], "。"),
        "tests": _joined(told["test"][row], "。"),
        "diagnosis": np.array([str(name) for name in catalogue.cases().name])[made.visit["case"]],
        "plan": _joined("1. ", told["plan"][row], "。2. ", told["advice"][row], "。3. 不适随诊。"),
    }  # fmt: skip
    vague = made.chance(0.003)
    made.enter("visit_present_illness_vague", vague)
    parts["present_illness"] = np.where(vague, _VAGUE, parts["present_illness"])
    timeless = made.chance(0.0015 * made.careless)
    made.enter("outpatient_chief_complaint_form", timeless)
    parts["chief_complaint"] = np.where(timeless, "头晕不适", parts["chief_complaint"])
    unclear = made.chance(0.003 * made.careless) & confirmed
    made.enter("outpatient_no_vague_diagnosis", unclear)
    parts["diagnosis"] = np.where(unclear, "发热待查", parts["diagnosis"])
    empty = {name: made.chance(0.0015) & ~vague & ~timeless & ~unclear for name in _OWED} | {
        "tests": made.chance(0.4)
    }
    for name in _OWED:
        made.enter(f"visit_{name}_missing", empty[name])
    return {name: pa.array(text.tolist(), pa.string(), mask=empty[name]) for name, text in parts.items()}


def _joined(*pieces) -> np.ndarray:
    made = ""
    for piece in pieces:
        made = np.char.add(made, piece)
    return made
