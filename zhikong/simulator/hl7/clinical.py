"""ORU, ORM, RAS, MDM and SIU: results, orders, medicines given, documents with their text, appointments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from zhikong.simulator.hl7.admissions import Event
from zhikong.simulator.hl7.people import Row, Stay
from zhikong.simulator.hl7.segments import Raw, parts, segment

_SECTIONS = {"lab": "LAB", "exam": "RAD", "pathology": "PAT", "microbiology": "MB", "vital": "NRS"}
_ORDERS = {
    "drug": "PHR", "lab": "LAB", "exam": "RAD", "operation": "SUR", "blood": "BLB", "nursing": "NRS",
    "diet": "DTY", "treatment": "TRT", "consultation": "CON", "other": "OTH",
}  # fmt: skip


# ---- results ---------------------------------------------------------------------------------------------------------


def of_results(stay: Stay, rows: Sequence[Row]) -> Iterator[Event]:
    """The results of one report: ORU^R01, and again when a critical one was notified and when it was handled."""
    at = rows[0]["at"]
    yield Event(at, "LIS", "ORU^R01", _report(stay, rows, at))
    for moment in sorted(
        {m for row in rows for m in (row["notified_at"], row["handled_at"]) if m and m > at}
    ):
        told = [row for row in rows if row["notified_at"] or row["handled_at"]]
        yield Event(moment, "LIS", "ORU^R01", _report(stay, told, moment))


def _report(stay: Stay, rows: Sequence[Row], now: datetime) -> list[str]:
    first = rows[0]
    obr = {
        1: 1,
        2: first.get("order_id"),
        4: Raw(parts(first["item"], first.get("name"))),
        7: first.get("collected_at"),
        22: first["at"],
        24: _SECTIONS.get(first.get("kind")),
        25: "F",
    }
    segments = [stay.pid(), stay.pv1(first.get("department")), segment("OBR", obr)]
    for number, row in enumerate(rows, start=1):
        segments += [_obx(number, row), *_notes(row, now)]
    return segments


def _obx(number: int, row: Row) -> str:
    """OBX-8 holds the abnormal flag; a critical value that is neither HH nor LL has AA beside it."""
    flags = [row["abnormal"]] if row.get("abnormal") else []
    if row["critical"] and not {"HH", "LL"} & set(flags):
        flags.append("AA")
    numeric = row["value"] is not None
    return segment(
        "OBX",
        {
            1: number,
            2: "NM" if numeric else "TX",
            3: Raw(parts(row["item"], row.get("name"))),
            5: row["value"] if numeric else row.get("text"),
            6: row.get("unit"),
            8: Raw("~".join(flags)),
            11: None if row["critical"] is None else "F",
        },
    )


def _notes(row: Row, now: datetime) -> list[str]:
    """What followed a critical value, and the text beside a number; NTE-4 says which, NTE-6 when."""
    found = []
    if row["value"] is not None and row.get("text"):
        found.append(segment("NTE", {1: 1, 2: "L", 3: row["text"], 4: "TXT"}))
    for kind, words, at in (
        ("CVN", "危急值已通报", row["notified_at"]),
        ("CVH", "危急值已处置", row["handled_at"]),
    ):
        if at and at <= now:
            found.append(segment("NTE", {1: len(found) + 1, 2: "L", 3: words, 4: kind, 6: at}))
    return found


# ---- orders and medicines ----------------------------------------------------------------------------------------------


def of_order(stay: Stay, row: Row) -> Iterator[Event]:
    """An order's life: NW, then what became of it by control codes (ORC-1) and states (ORC-5)."""
    yield _order(stay, row, row["ordered_at"], "NW")
    state = "active"
    steps = [(row["checked_at"], "SC", "SC"), (row["executed_at"], "SC", "IP"), (row["stopped_at"], "DC", "")]
    told = sorted((step for step in steps if step[0]), key=lambda step: step[0])
    for at, control, status in told:
        yield _order(stay, row, at, control, status)
        state = "stopped" if control == "DC" else state
    last = max([row["ordered_at"], *(at for at, _, _ in told)])
    if row["status"] and row["status"] != state:
        control, status = {
            "done": ("SC", "CM"),
            "cancelled": ("CA", ""),
            "stopped": ("DC", ""),
            "active": ("XO", ""),
        }[row["status"]]
        yield _order(
            stay, row, last, control, status, effective=row["stopped_at"] if control == "DC" else None
        )


def _order(
    stay: Stay, row: Row, at: datetime, control: str, status: str = "", effective: object = ...
) -> Event:
    orc = {
        1: control,
        2: row["order_id"],
        5: status,
        9: row["ordered_at"],
        12: row["doctor"],
        15: None if control == "NW" else at if effective is ... else effective,
        17: row["department"],
    }
    tq1 = [] if row["standing"] is None else [segment("TQ1", {1: 1, 3: "C" if row["standing"] else "Once"})]
    obr = {1: 1, 2: row["order_id"], 4: Raw(parts(row["code"], row["name"])), 24: _ORDERS.get(row["kind"])}
    segments = [stay.pid(), stay.pv1(row["department"]), segment("ORC", orc), *tq1, segment("OBR", obr)]
    kind = "ORM^O01" if row["kind"] == "drug" else "OMG^O19"
    return Event(at, "CPOE", kind, segments)


def of_medication(stay: Stay, row: Row) -> Iterator[Event]:
    """One dose: RAS^O17."""
    if row["given_at"] is None:
        return
    orc = {1: "RE", 2: row["order_id"], 3: row["medication_id"], 12: row["prescriber"]}
    rxa = {
        1: 0,
        2: 1,
        3: row["given_at"],
        5: Raw(parts(row["code"], row["name"])),
        6: row["dose"],
        7: row["dose_unit"],
        10: row["nurse"],
    }
    segments = [stay.pid(), stay.pv1(None), segment("ORC", orc)]
    segments += [segment("TQ1", {1: 1, 3: row["frequency"]})] if row["frequency"] else []
    segments += [segment("RXA", rxa), segment("RXR", {1: row["route"]})]
    yield Event(row["given_at"], "NIS", "RAS^O17", segments)


# ---- documents ---------------------------------------------------------------------------------------------------------


def of_document(stay: Stay, row: Row, sections: Sequence[Row]) -> Iterator[Event]:
    """A document with its text: MDM^T02 when it is written, MDM^T08 when it was signed and co-signed later."""
    moments = [row[name] for name in ("written_at", "signed_at", "cosigned_at") if row[name]]
    if not moments:
        return
    first = min(moments)
    yield Event(first, "EMR", "MDM^T02", _document(stay, row, sections, first))
    for at in sorted({moment for moment in moments if moment > first}):
        yield Event(at, "EMR", "MDM^T08", _document(stay, row, [], at))


def _document(stay: Stay, row: Row, sections: Sequence[Row], now: datetime) -> list[str]:
    def known(name: str):
        return row[name] if row[name] and row[name] <= now else None

    signatures = [_signature(row["author"], known("signed_at"), row["author_level"])]
    if row["cosigned_by"] and known("cosigned_at"):
        signatures.append(_signature(row["cosigned_by"], row["cosigned_at"], row["cosigner_level"]))
    txa = {
        1: 1,
        2: row["type"],
        4: row["occurred_at"],
        6: row["created_at"],
        7: known("written_at"),
        9: Raw(parts(row["author"], *[None] * 19, row["author_level"])),
        12: row["document_id"],
        17: "AU" if known("signed_at") else "DO",
        22: Raw("~".join(signatures)),
        25: row["title"],
    }
    segments = [f"EVN||{now:%Y%m%d%H%M%S}", stay.pid(), stay.pv1(row["department"]), segment("TXA", txa)]
    for number, one in enumerate(sections, start=1):
        obx = {1: number, 2: "TX", 3: one["section"], 4: one["seq"], 5: one["text"], 11: "F"}
        segments.append(segment("OBX", obx))
    return segments


def _signature(who, at, level) -> str:
    """PPN: component 15 is the moment, 22 the professional level."""
    return parts(who, *[None] * 13, at, *[None] * 6, level) if at else ""


# ---- appointments ------------------------------------------------------------------------------------------------------


def of_appointment(row: Row, pid: str | None) -> Iterator[Event]:
    """S12 when it is booked, then what became of it."""
    first = row["booked_at"] or row["scheduled_at"]
    yield _appointment(row, pid, first, "S12" if row["booked_at"] else "S14", "Booked")
    if row["arrived_at"]:
        yield _appointment(row, pid, row["arrived_at"], "S14", "Arrived")
    became = {
        "cancelled": ("S15", "Cancelled"),
        "missed": ("S26", "Noshow"),
        "stopped": ("S16", "Discontinued"),
    }
    if row["status"] in became:
        yield _appointment(row, pid, max(first, row["scheduled_at"]), *became[row["status"]])


def _appointment(row: Row, pid: str | None, at: datetime, event: str, status: str) -> Event:
    sch = {
        1: row["appointment_id"],
        2: row["appointment_id"],
        11: Raw(parts(None, None, None, row["scheduled_at"])),
        25: status,
    }
    segments = [segment("SCH", sch), *([pid] if pid else []), "RGS|1"]
    segments += [segment("AIS", {1: 1, 3: row["service"]})] if row["service"] else []
    segments += [segment("AIL", {1: 1, 3: row["department"]})] if row["department"] else []
    segments += [segment("AIP", {1: 1, 3: row["doctor"]})] if row["doctor"] else []
    return Event(at, "SCH", f"SIU^{event}", segments)
