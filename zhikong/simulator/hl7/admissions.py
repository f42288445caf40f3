"""ADT: admission, transfers, discharge with diagnoses and operations; each as (time, sender, event, segments)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from zhikong.simulator.hl7.people import Row, Stay
from zhikong.simulator.hl7.segments import Raw, parts, segment, yuan


class Event(NamedTuple):
    """Something that a system tells. application: who tells it. kind: message type and trigger event, as MSH-9."""

    at: datetime
    application: str
    kind: str
    segments: list[str]


_DIAGNOSES = {
    "outpatient": "W",
    "admission": "A",
    "principal": "M",
    "other": "F",
    "pathology": "P",
    "external": "E",
}
_PRESENT = {"1": "Y", "2": "W", "3": "U", "4": "N"}
_OPERATIONS = {"surgery": "S", "intervention": "I", "treatment": "P", "diagnostic": "D"}
_SIDES = {"left": "LT", "right": "RT", "both": "50", "none": "NA"}


def of_stay(
    stay: Stay, moves: Sequence[Row], diagnoses: Sequence[Row], operations: Sequence[Row]
) -> Iterator[Event]:
    """The life of one stay: A01, an A02 for each transfer, A03 with what the front page will say.

    Of a stay that is still open nobody knows when the patient came to the bed of today: A08 says where it is.
    """
    row = stay.row
    at_first = [dg1(one) for one in diagnoses if one["kind"] in ("admission", "outpatient")]
    admitted = row["admitted_at"]
    first = row.get("admission_department")
    yield Event(admitted, "HIS", "ADT^A01", [evn("A01", admitted), stay.pid(), stay.pv1(first), *at_first])
    for move in sorted(moves, key=lambda one: one["seq"]):
        where = stay.pv1(move["to_department"], before=move["from_department"])
        yield Event(move["at"], "HIS", "ADT^A02", [evn("A02", move["at"]), stay.pid(), where])
    if stay.open:
        at = admitted + timedelta(minutes=1)
        yield Event(
            at, "HIS", "ADT^A08", [evn("A08", at), stay.pid(), stay.pv1(row["department"], here=True)]
        )
        return
    left = row["discharged_at"]
    last = [stay.pid(), _final(stay), *(dg1(one) for one in diagnoses), *(pr1(one) for one in operations)]
    yield Event(left, "HIS", "ADT^A03", [evn("A03", left), *last])


def _final(stay: Stay) -> str:
    """PV1 at the end, with the total charges in PV1-47."""
    pv1 = stay.pv1(stay.row["discharge_department"], final=True)
    total = yuan(stay.row.get("total_fee"))
    return f"{pv1}||{total}" if total else pv1


def evn(event: str, at: datetime) -> str:
    """EVN with the moment at which it happened."""
    return segment("EVN", {1: event, 2: at, 6: at})


def dg1(row: Row) -> str:
    """A diagnosis; DG1-6 is the kind, DG1-26 whether it was present on admission (table 0895)."""
    return segment(
        "DG1",
        {
            1: row["seq"],
            3: Raw(parts(row["code"], row["name"], "ICD10CN")),
            6: _DIAGNOSES[row["kind"]],
            26: _PRESENT.get(row.get("on_admission")),
        },
    )


def pr1(row: Row) -> str:
    """An operation; PR1-6 its kind, PR1-16 the side."""
    helpers = [parts(row[name]) for name in ("first_assistant", "second_assistant") if row.get(name)]
    return segment(
        "PR1",
        {
            1: row["seq"],
            3: Raw(parts(row["code"], row["name"], "ICD9CM3CN")),
            5: row["performed_at"],
            6: _OPERATIONS.get(row["kind"]),
            7: row["minutes"],
            8: row.get("anaesthetist"),
            9: row.get("anaesthesia"),
            11: row.get("operator"),
            12: Raw("~".join(helpers)),
            16: _SIDES.get(row.get("side")),
        },
    )


def of_visit(row: Row, pid: str) -> Iterator[Event]:
    """An outpatient or emergency visit: A04 when registered, A08 when seen, A03 when left."""
    kind = {"outpatient": "O", "emergency": "E", "observation": "E", "online": "O"}[row["kind"]]
    special = {"observation": "OBS", "online": "NET"}.get(row["kind"])
    fields = {
        1: 1,
        2: kind,
        3: row["department"],
        7: row["doctor"],
        18: special,
        19: Raw(parts(row["visit_id"], None, None, row["institution"], "VN")),
        44: row["registered_at"],
    }
    diagnosis = [
        dg1({**row, "seq": 1, "kind": "outpatient", "code": row["diagnosis_code"], "name": row["diagnosis"]})
    ]
    diagnosis = diagnosis if row["diagnosis_code"] or row["diagnosis"] else []
    at = row["registered_at"]
    yield Event(at, "OPD", "ADT^A04", [evn("A04", at), pid, segment("PV1", fields)])
    if row["seen_at"]:
        seen = [evn("A08", row["seen_at"]), pid, segment("PV1", fields), *diagnosis]
        yield Event(row["seen_at"], "OPD", "ADT^A08", seen)
    if row["left_at"]:
        fields |= {36: row["disposition"], 45: row["left_at"]}
        yield Event(
            row["left_at"], "OPD", "ADT^A03", [evn("A03", row["left_at"]), pid, segment("PV1", fields)]
        )
