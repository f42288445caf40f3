"""Documents that an event demands: operations, blood, consultations, consents, rescues, transfers, critical values."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import records
from zhikong.simulator.clock import DAY
from zhikong.simulator.events.base_documents import rescue_keys
from zhikong.simulator.events.consents import KINDS as CONSENTS
from zhikong.simulator.events.lots import Lot
from zhikong.simulator.events.nursing import ADMISSION
from zhikong.simulator.events.planting import delays
from zhikong.simulator.events.rows import NEVER
from zhikong.simulator.events.staffing import heads, pick
from zhikong.simulator.events.surgery import about

LIMITS: dict[str, int | None] = {
    "preop_summary": 0,
    "preop_discussion": 0,
    "anaesthesia_visit_before": 0,
    "anaesthesia_record": 60,
    "anaesthesia_visit_after": 72 * 60,
    "operation_nursing_record": 120,
    "procedure_record": 120,
    "transfusion_record_24_h": DAY,
    "consultation_record": 120,
    "rescue_record_6_h": 360,
    "transfer_out": 0,
    "transfer_in_24_h": DAY,
    "critical_value_note_6_h": 360,
    "senior_round_72_h": 72 * 60,
    "daily_note": None,
    "stage_summary_24_h": DAY,
    "difficult_case_discussion": None,
}
"""The planter's rules of further documents and the minutes that they allow; None where it is not a matter of minutes."""
RULES = list(LIMITS)
_CONSENT_TYPE = {
    "operation": 26,
    "anaesthesia": 27,
    "transfusion": 28,
    "special": 29,
    "critical": 30,
    "refusal": 31,
}
_CONSENT_TITLE = {26: "手术知情同意书", 27: "麻醉知情同意书", 28: "输血治疗知情同意书", 29: "特殊检查（治疗）同意书",
                  30: "病危（重）通知书", 31: "自动出院或放弃治疗告知书"}  # fmt: skip


def papers(made) -> list[Lot]:
    """All of them."""
    rng = made.block.rng("papers")
    return [
        *_of_operations(rng, made),
        _of_procedures(rng, made),
        _of_blood(rng, made),
        _of_consultations(rng, made),
        *_of_consents(made),
        _of_rescues(rng, made),
        *_of_transfers(rng, made),
        _of_critical_values(rng, made),
        *_of_nurses(rng, made),
    ]


def _rule(name: str) -> int:
    return RULES.index(name)


def _before(rng, start: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """A signature before `start`: as usual, or planted at the minute itself or beside it."""
    u = rng.random(len(start))
    edge = start + rng.integers(-1, 2, len(start))
    return np.select(
        [u < 0.008, u < 0.018], [edge, start + 20 + (u * 9e3).astype(np.int64)], np.minimum(usual, start - 2)
    )


def _after(rng, end: np.ndarray, limit: int, late: float = 0.02) -> np.ndarray:
    taken, _ = delays(rng, len(end), limit, late=late, edge=0.008, usual=0.35)
    return end + np.maximum(taken, 1)


def _of_operations(rng, made):
    """Summary and discussion before, visits and record of the anaesthetist, record of the nurses."""
    surgery, block, planned = made.surgery, made.block, made.planned
    own = np.flatnonzero(surgery.knife)
    calm = own[surgery.elective[own]]
    asleep = own[surgery.narcosis[own]]

    def lot(kind: int, title: str, rows, written, signed, author, rule: str, limit) -> Lot:
        written = np.maximum(np.minimum(written, signed), block.admitted[surgery.i[rows]])
        return Lot(kind, surgery.i[rows], np.minimum(surgery.started[rows], written), written, np.maximum(signed, written), author, title,
                   about("operations", surgery.seq[rows]), ref=rows, rule=_rule(rule), limit=limit)  # fmt: skip

    start, end = surgery.started, surgery.ended
    talk = planned.discussed
    nurses = pick(rng, "nurse", surgery.department[own])
    return [
        lot(46, "术前小结", own, talk[own], _before(rng, start[own], talk[own] + 9), block.resident(surgery.i[own]), "preop_summary", start[own]),
        lot(47, "术前讨论记录", calm, talk[calm], _before(rng, start[calm], talk[calm] + 25), surgery.operator[calm], "preop_discussion", start[calm]),
        lot(10, "麻醉术前访视记录", asleep, talk[asleep] + 4, _before(rng, start[asleep], talk[asleep] + 30), surgery.anaesthetist[asleep], "anaesthesia_visit_before", start[asleep]),
        lot(11, "麻醉记录", asleep, end[asleep], _after(rng, end[asleep], 60), surgery.anaesthetist[asleep], "anaesthesia_record", end[asleep] + 60),
        lot(12, "麻醉术后访视记录", asleep, end[asleep] + 300, _after(rng, end[asleep], 72 * 60), surgery.anaesthetist[asleep], "anaesthesia_visit_after", end[asleep] + 72 * 60),
        lot(19, "手术护理记录", own, end[own], _after(rng, end[own], 120), nurses, "operation_nursing_record", end[own] + 120),
    ]  # fmt: skip


def _of_procedures(rng, made) -> Lot:
    """A record of each diagnostic or treating procedure, at once after it."""
    surgery = made.surgery
    own = np.flatnonzero(~surgery.knife)
    end = surgery.ended[own]
    signed = _after(rng, end, 120)
    return Lot(8, surgery.i[own], end, np.minimum(end + 3, signed), signed, surgery.operator[own], "有创诊疗操作记录",
               about("operations", surgery.seq[own]), ref=own, rule=_rule("procedure_record"), limit=end + 120)  # fmt: skip


def _key(prefix: str, key) -> pa.Array:
    return pc.binary_join_element_wise(prefix, key.array(), ":")


def _of_blood(rng, made) -> Lot:
    given = made.transfusions
    i, end = given.i, given.columns["ended_at"]
    signed = _after(rng, end, DAY, late=0.03)
    return Lot(13, i, end, np.minimum(end + 15, signed), signed, made.block.resident(i), "输血记录",
               _key("transfusions", given.columns["transfusion_id"]), ref=np.arange(len(i)),
               rule=_rule("transfusion_record_24_h"), limit=end + DAY)  # fmt: skip


def _of_consultations(rng, made) -> Lot:
    """The answer: written by who came, when the opinion was complete."""
    asked = made.consultations
    own = np.flatnonzero(asked.columns["completed_at"] != NEVER)
    done, subject = asked.columns["completed_at"][own], asked.columns["consultation_id"].take(own)
    signed = done + rng.integers(0, 30, len(own))
    return Lot(45, asked.i[own], asked.columns["requested_at"][own], done, signed, asked.columns["doctor"].index[own],
               "会诊记录", _key("consultations", subject), ref=own, rule=_rule("consultation_record"), limit=done + 120)  # fmt: skip


def _of_consents(made):
    """The paper of each consent; its signature is the patient's."""
    talks = made.consents
    for kind, number in _CONSENT_TYPE.items():
        own = np.flatnonzero(talks.columns["kind"].index == CONSENTS.index(kind))
        part = talks.take(own)
        yield Lot(number, part.i, part.columns["talked_at"], part.columns["talked_at"], part.columns["signed_at"],
                  part.columns["doctor"].index, _CONSENT_TITLE[number], _key("consents", part.columns["consent_id"]),
                  ref=own)  # fmt: skip


def _of_rescues(rng, made) -> Lot:
    """Records of the rescues that have none yet."""
    rescues = made.rescues
    own = np.flatnonzero(~rescues.base)
    end = rescues.ended[own]
    signed = _after(rng, end, 360, late=0.05)
    return Lot(records.RESCUE, rescues.i[own], end, np.minimum(end + 20, signed), signed, made.block.resident(rescues.i[own]),
               "抢救记录", pa.array(rescue_keys(rescues.started[own]), pa.string()), ref=own,
               rule=_rule("rescue_record_6_h"), limit=end + 360, cosigner=rescues.leader[own], cosigned=signed + 60)  # fmt: skip


def _of_transfers(rng, made):
    """Leaving notes of all transfers, arrival notes of the second."""
    block, moved = made.block, made.block.stages.movement
    i, part = np.nonzero(block.of(moved.department)[:, 1:] >= 0)
    at, subject = block.of(moved.start)[i, part + 1], about("transfers", part + 1)
    before = np.maximum(at - rng.integers(10, 90, len(i)), block.admitted[i])
    signed = np.maximum(_before(rng, at, before + 8), block.admitted[i])
    yield Lot(records.TRANSFER, i, at, np.minimum(before, signed), signed, pick(rng, "resident", block.of(moved.department)[i, part]),
              "转出记录", subject, rule=_rule("transfer_out"), limit=at)  # fmt: skip
    own = np.flatnonzero(part > 0)
    signed = _after(rng, at[own], DAY, late=0.03)
    yield Lot(records.TRANSFER, i[own], at[own], np.minimum(at[own] + 30, signed), signed, block.resident(i[own]), "转入记录",
              subject.take(pa.array(own)), rule=_rule("transfer_in_24_h"), limit=at[own] + DAY)  # fmt: skip


def _of_critical_values(rng, made) -> Lot:
    """A note for each critical value within six hours of the notification."""
    results = made.results
    own = np.flatnonzero(results.columns["critical"])
    i, told = results.i[own], results.columns["notified_at"][own]
    signed = _after(rng, told, 360, late=0.05)
    stamp = (results.columns["at"][own]).astype("datetime64[m]").astype(str)
    item = np.array(results.columns["item"].values)[results.columns["item"].index[own]]
    subject = pa.array([f"results:{a}@{b}" for a, b in zip(item, stamp, strict=True)], pa.string())
    return Lot(38, i, told, np.minimum(told + 5, signed), signed, made.block.resident(i), "危急值处理记录", subject,
               ref=own, rule=_rule("critical_value_note_6_h"), limit=told + 360)  # fmt: skip


def _of_nurses(rng, made):
    """First assessment, record of the critical, advice on discharge."""
    block, nursed = made.block, made.assessments
    own = np.flatnonzero(nursed.columns["kind"].index == ADMISSION)
    i, at = nursed.i[own], nursed.columns["at"][own]
    nurse = nursed.columns["nurse"].index[own]
    yield Lot(
        23,
        i,
        at,
        at,
        at + rng.integers(1, 20, len(i)),
        nurse,
        "入院护理评估单",
        _key("assessments", nursed.columns["assessment_id"].take(own)),
    )
    sick = np.flatnonzero(made.periods.columns["kind"].index == 0)
    i, start = made.periods.i[sick], made.periods.columns["started_at"][sick]
    yield Lot(
        18,
        i,
        start,
        start + 20,
        start + 40,
        pick(rng, "nurse", block.department_at(i, start)),
        "病危患者护理记录",
    )
    home = np.flatnonzero(~block.cohort.dead & (rng.random(len(block)) < 0.985))
    at = np.maximum(block.discharged[home] - rng.integers(10, 180, len(home)), block.admitted[home] + 20)
    yield Lot(25, home, at, at, at + 5, pick(rng, "nurse", block.last[home]), "出院评估与指导")


def head_of(department: np.ndarray) -> np.ndarray:
    """Who chairs a discussion: the head of the department."""
    return heads()[department]
