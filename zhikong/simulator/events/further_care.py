"""Talks, consultations, isolation and first tests that rules demand, added after everything else like `further`."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import department_words
from zhikong.simulator.events import consents, consulting, drugs, findings
from zhikong.simulator.events.base_documents import rescue_keys
from zhikong.simulator.events.conditions import CRITICAL, ISOLATION, KINDS, RESTRAINT
from zhikong.simulator.events.further import Beyond
from zhikong.simulator.events.lots import Lot
from zhikong.simulator.events.papers import RULES
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words, joined, numbers
from zhikong.simulator.events.staffing import LEVELS, levels, pick
from zhikong.simulator.events.surgery import about
from zhikong.simulator.procedures import staff_numbers

UNDIAGNOSED_BY = 4 * DAY
WORSE = 3
"""Outcome of the principal diagnosis that is to be explained before leaving (未愈)."""
BESIDE_SPECIAL = DAY
_FIRST_TESTS = (("UPRO", "尿蛋白"), ("UWBC", "尿白细胞"), ("OB", "便隐血"))


def talks(made: Beyond, periods: Rows, rescues) -> Rows:
    """All further rows of `consents`: talks after what changed, before restraint, about what stays unclear."""
    surgery, block = made.surgery, made.block
    knife = np.flatnonzero(surgery.knife)
    sick = _of(periods, CRITICAL)
    held = _of(periods, RESTRAINT)
    parts = [
        _after(made, "talk_after_critical_24_h", sick.i, sick.columns["started_at"], DAY, period_keys("critical", sick)),
        _after(made, "talk_after_rescue_24_h", rescues.i, rescues.ended, DAY, pa.array(rescue_keys(rescues.started), pa.string())),
        _after(made, "talk_after_operation_24_h", surgery.i[knife], surgery.ended[knife], DAY, about("operations", surgery.seq[knife])),
        _undiagnosed(made),
        _ahead(made, "talk_before_discharge_unhealed", worse(block), block.discharged, "other", None),
        _ahead(made, "consent_before_restraint", held.i, held.columns["started_at"], "special", period_keys("restraint", held)),
    ]  # fmt: skip
    return _numbered(made, "consents", "consent_id", "TX", parts)


def period_keys(kind: str, rows: Rows) -> pa.Array:
    """'condition_periods:critical@2026-01-01T10:05' of periods."""
    start = rows.columns["started_at"].astype("datetime64[m]").astype(str)
    return pa.array([f"condition_periods:{kind}@{moment}" for moment in start], pa.string())


def _of(periods: Rows, kind: int) -> Rows:
    return periods.take(periods.columns["kind"].index == kind)


def _talk(made: Beyond, name: str, kind: str, i, signed, subject) -> Rows:
    rng = made.block.rng(f"further lot {name}")
    talked = np.clip(signed - 6, made.block.admitted[i], made.block.discharged[i])
    return consents.lot(rng, made.block, kind, i, talked, signed, subject)


def _after(made: Beyond, rule: str, i, clock, limit: int, subject):
    """A talk within the limit after something, while the patient is still there."""
    stays = made.block.discharged[i] - clock > 30  # who leaves or dies at once is not talked with
    i, clock = i[stays], clock[stays]
    subject = None if subject is None else subject.take(pa.array(np.flatnonzero(stays)))
    signed, there = made.due(rule, i, clock, limit, until=made.block.discharged[i])
    return rule, _talk(made, rule, "other", i, signed, subject), signed - clock - limit, there, limit


def _undiagnosed(made: Beyond):
    """After three days without a confirmed diagnosis it is explained, on the fourth day."""
    block = made.block
    days = block.of(block.stages.outcome.confirmed) - block.admitted // DAY
    i = np.flatnonzero((days > 3) & (block.length > UNDIAGNOSED_BY))
    clock = block.admitted[i]
    signed, there = made.due("undiagnosed", i, clock, UNDIAGNOSED_BY, usual=0.85)
    talk = _talk(made, "undiagnosed", "other", i, signed, None)
    return "undiagnosed_talk_4_d", talk, signed - clock - UNDIAGNOSED_BY, there, UNDIAGNOSED_BY


def worse(block) -> np.ndarray:
    """Stays whose principal diagnosis is not healed and who leave alive."""
    made = block.stages.diagnoses
    rows = block.rows(made.stay)
    own = (made.kind[rows] == 2) & (made.outcome[rows] == WORSE)
    i = np.unique(made.stay[rows][own] - block.first)
    return i[~block.cohort.dead[i]]


def _ahead(made: Beyond, rule: str, i, start, kind: str, subject):
    start = start[i] if len(start) != len(i) else start
    rng = made.block.rng(f"further usual {rule}")
    usual = np.maximum(start - 10 - rng.integers(0, 300, len(i)), made.block.admitted[i] + 1)
    signed, there = made.ahead(rule, start, np.minimum(usual, start - 2))
    return rule, _talk(made, rule, kind, i, signed, subject), signed - start, there, 0


def _numbered(made: Beyond, table: str, column: str, prefix: str, parts) -> Rows:
    """The parts as rows with their numbers; what was planted is entered, what is missing left out."""
    rows = joined([part[1] for part in parts])
    order = np.argsort(np.concatenate([part[1].i for part in parts]), kind="stable")
    which = np.concatenate([np.full(len(part[1]), n) for n, part in enumerate(parts)])[order]
    over, there = (np.concatenate([part[k] for part in parts])[order] for k in (2, 3))
    key = Ids(prefix, numbers(made.block, rows.i))
    for n, (rule, _, _, _, limit) in enumerate(parts):
        near = np.flatnonzero((which == n) & there & (over >= -1))
        lost = np.flatnonzero((which == n) & ~there)
        made.book.add(
            rule, table, key.take(near), rows.i[near], limit=limit, deviation=over[near], fault=over[near] > 0
        )
        made.book.add(f"{rule}_missing", table, key.take(lost), rows.i[lost])
    rows.columns = {column: key, **rows.columns}
    return rows.take(there)


def asked(made: Beyond, doses: Rows) -> tuple[Rows, Lot]:
    """Consultations beside special antibacterials and before the hardest operations, and their records."""
    block, surgery = made.block, made.surgery
    special = np.flatnonzero(doses.columns["antibacterial_class"].index == drugs.SPECIAL)
    i, first = _first(doses.i[special], doses.columns["given_at"][special])
    rng = block.rng("further special")
    done = first - 30 - rng.integers(0, 600, len(i))
    u = rng.random(len(i))
    here = block.discharged[i] - first > BESIDE_SPECIAL + 60
    done = np.where((u < 0.06) & here, first + BESIDE_SPECIAL + rng.integers(-1, 2, len(i)), done)
    done = np.maximum(done, block.admitted[i] + 20)
    hard = np.flatnonzero(surgery.knife & surgery.elective & (surgery.grade == 4))
    start = surgery.started[hard]
    usual = np.maximum(start - 120 - rng.integers(0, 600, len(hard)), block.admitted[surgery.i[hard]] + 1)
    before, met = made.ahead("many before grade 4", start, np.minimum(usual, start - 2))
    parts = [
        ("special_antibacterial_consulted", _consultation(made, "special", i, done, consulting.ROUTINE), done - first - BESIDE_SPECIAL,
         rng.random(len(i)) >= 0.06, BESIDE_SPECIAL),
        ("grade_4_discussed_by_many", _consultation(made, "many", surgery.i[hard], before, consulting.MANY), before - start, met, 0),
    ]  # fmt: skip
    rows = _numbered(made, "consultations", "consultation_id", "HX", parts)
    return rows, _answers(made, rows)


def _first(i: np.ndarray, minute: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The earliest minute of each stay among these rows."""
    known = minute != NEVER
    i, minute = i[known], minute[known]
    order = np.lexsort((minute, i))
    own, place = np.unique(i[order], return_index=True)
    return own, minute[order][place]


def _consultation(made: Beyond, name: str, i, completed, urgency: int) -> Rows:
    block, rng = made.block, made.block.rng(f"further consultation {name}")
    requested = np.maximum(completed - 20 - rng.integers(0, 300, len(i)), block.admitted[i])
    requested = np.minimum(requested, np.minimum(completed, block.discharged[i]))
    source = block.department_at(i, requested)
    target = (source + rng.integers(1, len(catalogue.department_index()), len(i))) % len(
        catalogue.department_index()
    )
    doctor = pick(rng, "specialist", target)
    columns = {
        "urgency": Words(np.full(len(i), urgency), consulting.URGENCIES),
        "requested_at": requested,
        "from_department": department_words(source),
        "to_department": department_words(target),
        "arrived_at": np.maximum(completed - 15, requested),
        "completed_at": completed,
        "doctor": Words(doctor, staff_numbers()),
        "doctor_level": Words(levels()[doctor], LEVELS),
    }
    return Rows("consultations", i, columns)


def _answers(made: Beyond, rows: Rows) -> Lot:
    """The record of each of them, at once."""
    done = rows.columns["completed_at"]
    subject = pc.binary_join_element_wise("consultations", rows.columns["consultation_id"].array(), ":")
    return Lot(45, rows.i, rows.columns["requested_at"], done, done + 10, rows.columns["doctor"].index, "会诊记录", subject,
               rule=RULES.index("consultation_record"))  # fmt: skip


def isolated(made: Beyond, infections: Rows) -> Rows:
    """Who carries resistant germs is isolated within a day of the report, until leaving."""
    told = infections.columns["reported_at"]
    own = np.flatnonzero(infections.columns["resistant"] & (told != NEVER))
    i, clock = infections.i[own], told[own]
    here = made.block.discharged[i] - clock > 2
    i, clock = _first(i[here], clock[here])
    start, there = made.due("isolation", i, clock, DAY, until=made.block.discharged[i])
    over = start - clock - DAY
    there &= start < made.block.discharged[i]
    columns = {
        "kind": Words(np.full(len(i), ISOLATION), KINDS),
        "started_at": start,
        "ended_at": np.maximum(made.block.discharged[i], start),
        "doctor": Words(made.block.resident(i), staff_numbers()),
    }
    key = np.array(
        [f"isolation@{moment}" for moment in start.astype("datetime64[m]").astype(str)], dtype=object
    )
    near, lost = np.flatnonzero(there & (over >= -1)), np.flatnonzero(~there)
    made.book.add(
        "isolation_24_h",
        "condition_periods",
        key[near],
        i[near],
        limit=DAY,
        deviation=over[near],
        fault=over[near] > 0,
    )
    made.book.add("isolation_24_h_missing", "condition_periods", key[lost], i[lost])
    return Rows("condition_periods", i, columns).take(there)


def first_tests(made: Beyond) -> Rows:
    """Urine and stool of everybody on the first day; some were forgotten."""
    block, everyone = made.block, np.arange(len(made.block))
    lots = [
        _tested(made, everyone[block.length > DAY], number, item)
        for number, (item, _) in enumerate(_FIRST_TESTS)
    ]
    return joined(lots)


def _tested(made: Beyond, i: np.ndarray, number: int, item: str) -> Rows:
    block, rng = made.block, made.block.rng(f"further test {item}")
    at, there = made.due(f"test {item}", i, block.admitted[i], DAY)
    over = at - block.admitted[i] - DAY
    key = np.array([f"{item}@{moment}" for moment in at.astype("datetime64[m]").astype(str)], dtype=object)
    near, lost = np.flatnonzero(there & (over >= -1)), np.flatnonzero(~there)
    rule = f"first_test_{item}_24_h"
    made.book.add(rule, "results", key[near], i[near], limit=DAY, deviation=over[near], fault=over[near] > 0)
    made.book.add(f"{rule}_missing", "results", key[lost], i[lost])
    blank, count = np.full(len(i), NEVER), len(i)
    collected = np.maximum(at - 40, block.admitted[i])
    columns = {
        "item": Words(np.full(count, number), [code for code, _ in _FIRST_TESTS]),
        "value": np.where(rng.random(count) < 0.9, 0.0, 1.0),
        "at": at,
        "critical": np.zeros(count, bool),
        "notified_at": blank,
        "handled_at": blank,
        "kind": Words(np.zeros(count, np.int64), findings.KINDS),
        "name": Words(np.full(count, number), [name for _, name in _FIRST_TESTS]),
        "text": Words(np.full(count, -1), [""]),
        "unit": Words(np.full(count, -1), [""]),
        "abnormal": Words(np.zeros(count, np.int64), findings.FLAGS),
        "collected_at": collected,
        "order_id": Ids("Y", np.full(count, -1)),
        "department": department_words(block.department_at(i, collected)),
    }
    return Rows("results", i, columns).take(there)
