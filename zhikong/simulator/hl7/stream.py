"""The whole hospital as one stream of HL7 v2 messages in the order of events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import pyarrow as pa

from zhikong.simulator.hl7 import admissions, clinical, people
from zhikong.simulator.hl7.admissions import Event
from zhikong.simulator.hl7.people import Row, Stay

_STRUCTURES = {"ADT^A04": "ADT_A01", "ADT^A08": "ADT_A01", "ORM^O01": "ORM_O01", "OMG^O19": "OMG_O19"}


@dataclass(frozen=True)
class Message:
    """One message as it is sent. at: when it happened; control_id: MSH-10; content: text with carriage returns."""

    at: datetime
    control_id: str
    content: str

    def encoded(self, encoding: str = "utf-8") -> bytes:
        return self.content.encode(encoding)


def everything(tables: Mapping[str, pa.Table], open_events: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables of a simulation with what has happened so far to the stays that are still open."""
    both = {name: [tables[name], table] for name, table in open_events.items() if name in tables}
    return dict(tables) | {
        name: pa.concat_tables(parts, promote_options="default") for name, parts in both.items()
    }


def messages(tables: Mapping[str, pa.Table], *, encoding: str = "utf-8") -> Iterator[Message]:
    """Every message about the tables' stays, visits and appointments, by time; equal times as they belong together.

    tables: contract tables by name with `identities`; those that are missing say nothing. With `open_stays` those who
    still lie in the hospital are told of; with `delivered_sections` the texts are those that a hospital would send,
    names and all. MSH-18 names `encoding`.
    """
    charset = {"utf-8": "UNICODE UTF-8", "gb18030": "GB 18030-2000"}[encoding]
    numbers: dict[str, int] = defaultdict(int)
    for event in sorted(events(tables), key=lambda one: one.at):
        numbers[event.application] += 1
        control_id = f"{event.application}{numbers[event.application]:08d}"
        yield Message(event.at, control_id, _written(event, control_id, _institution(tables), charset))


def _institution(tables: Mapping[str, pa.Table]) -> str:
    return str(tables["stays"]["institution"][0])


def _written(event: Event, control_id: str, institution: str, charset: str) -> str:
    kind, trigger = event.kind.split("^")
    structure = _STRUCTURES.get(event.kind, f"{kind}_{trigger}")
    at = event.at.strftime("%Y%m%d%H%M%S")
    msh = f"MSH|^~\\&|{event.application}|{institution}|ZHIKONG|{institution}|{at}||{event.kind}^{structure}"
    return "\r".join([f"{msh}|{control_id}|P|2.5.1|||AL|NE|CHN|{charset}", *event.segments]) + "\r"


def events(tables: Mapping[str, pa.Table]) -> Iterator[Event]:
    """Everything that happened, stay by stay, then visits and appointments; not in order of time."""
    stays = people.stays(tables)
    children = {name: _by_stay(tables, name) for name in _CHILDREN}
    if "delivered_sections" in tables:
        children["document_sections"] = _by_stay(tables, "delivered_sections")
    for stay_id, stay in stays.items():
        yield from _of_stay(stay, {name: rows.get(stay_id, []) for name, rows in children.items()})
    patients = {row["patient_key"]: row for row in tables["identities"].to_pylist()}
    institution = _institution(tables)
    for row in _rows(tables, "visits"):
        if patient := patients.get(row["patient_key"]):
            yield from admissions.of_visit(row, people.pid(patient, institution))
    for row in _rows(tables, "appointments"):
        patient = patients.get(row["patient_key"])
        yield from clinical.of_appointment(row, people.pid(patient, institution) if patient else None)


_CHILDREN = (
    "transfers", "diagnoses", "operations", "results", "orders", "medications", "documents", "document_sections",
)  # fmt: skip


def _of_stay(stay: Stay, own: Mapping[str, list[Row]]) -> Iterator[Event]:
    yield from admissions.of_stay(stay, own["transfers"], own["diagnoses"], own["operations"])
    for report in _reports(own["results"]):
        yield from clinical.of_results(stay, report)
    for row in own["orders"]:
        yield from clinical.of_order(stay, row)
    for row in own["medications"]:
        yield from clinical.of_medication(stay, row)
    sections: dict[str, list[Row]] = defaultdict(list)
    for row in own["document_sections"]:
        sections[row["document_id"]].append(row)
    for row in own["documents"]:
        yield from clinical.of_document(stay, row, sections[row["document_id"]])


def _reports(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Results that were reported together: same order, time, kind and department."""

    def together(row: Row) -> tuple[str, ...]:
        parts = (row["at"], row["order_id"], row["kind"], row["department"], row["collected_at"])
        return tuple(str(part) for part in parts)

    for _, group in groupby(sorted(rows, key=together), together):
        yield list(group)


def _rows(tables: Mapping[str, pa.Table], name: str) -> Iterator[dict[str, Any]]:
    if name in tables:
        for batch in tables[name].to_batches():
            yield from batch.to_pylist()


def _by_stay(tables: Mapping[str, pa.Table], name: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(tables, name):
        found[row["stay_id"]].append(row)
    return found
