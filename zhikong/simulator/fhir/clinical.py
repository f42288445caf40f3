"""What is found and done during stays: conditions, procedures, observations, documents, adverse events."""

import base64
from typing import Any

from zhikong.simulator.fhir.encounters import ICD_10, condition_id
from zhikong.simulator.fhir.values import LOCAL, Clock, Resource, concept, quantity, reference, some

Row = dict[str, Any]

_SNOMED = "http://snomed.info/sct"
_OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_OPERATION = {
    "surgery": "387713003",
    "diagnostic": "103693007",
    "treatment": "277132007",
    "intervention": "240917005",
}
_RESULT = {
    "lab": "laboratory",
    "exam": "imaging",
    "vital": "vital-signs",
    "pathology": "PAT",
    "microbiology": "MB",
}
_PERFORMERS = {"operator": "304292004", "anaesthetist": "88189002", "first_assistant": "65803006"}


def condition(row: Row, patient: str, clock: Clock) -> Resource:
    """The Condition of a row of diagnoses."""
    return some(
        resourceType="Condition",
        id=condition_id(row),
        category=[concept("encounter-diagnosis", "http://terminology.hl7.org/CodeSystem/condition-category")],
        code=concept(row["code"], ICD_10, row["name"]),
        subject=reference("Patient", patient),
        encounter=reference("Encounter", row["stay_id"]),
    )


def procedure(row: Row, patient: str, clock: Clock) -> Resource:
    """The Procedure of a row of operations; its end is reckoned from the minutes where it is not known itself."""
    end = row["ended_at"]
    kind = _OPERATION.get(row["kind"])
    people = [
        {"function": concept(code, _SNOMED), "actor": reference("Practitioner", row[column])}
        for column, code in _PERFORMERS.items()
        if row[column]
    ]
    when: Resource = {}
    if row["performed_at"] is not None:
        when = {"performedPeriod": clock.period(row["performed_at"], end)}
    return some(
        resourceType="Procedure",
        id=f"{row['stay_id']}-{row['seq']}",
        status="completed",
        category=concept(kind, _SNOMED),
        code=concept(row["code"], "http://hl7.org/fhir/sid/icd-9-cm", row["name"]),
        subject=reference("Patient", patient),
        encounter=reference("Encounter", row["stay_id"]),
        performer=people,
        **when,
    )


def observation(row: Row, patient: str, clock: Clock) -> Resource:
    """The Observation of a row of results; reported at `issued`, taken at `effectiveDateTime`."""
    critical = row["critical"]
    readings = [
        concept(None if critical is None else "Y" if critical else "N", LOCAL + "critical-value"),
        concept(row["abnormal"], _INTERPRETATION),
    ]
    kind = _RESULT.get(row["kind"])
    return some(
        resourceType="Observation",
        id=f"{row['stay_id']}-{row['item']}-{row['at']:%Y%m%d%H%M%S}",
        status="final",
        category=[concept(kind, _OBSERVATION)] if kind else None,
        code=concept(row["item"], LOCAL + "item", row["name"]),
        subject=reference("Patient", patient),
        encounter=reference("Encounter", row["stay_id"]),
        basedOn=[reference("ServiceRequest", row["order_id"])] if row["order_id"] else None,
        effectiveDateTime=clock.instant(row["collected_at"]),
        issued=clock.instant(row["at"]),
        performer=[reference("Organization", f"O-{row['department']}")] if row["department"] else None,
        interpretation=[one for one in readings if one],
        valueQuantity=quantity(row["value"], row["unit"]),
        valueString=row["text"] if row["value"] is None else None,
        note=[{"text": row["text"]}] if row["text"] and row["value"] is not None else None,
    )


def document(row: Row, sections: list[Row], patient: str, clock: Clock) -> Resource:
    """The DocumentReference of a document, each section an attachment of plain text."""
    created = clock.instant(row["created_at"])
    contents = [some(id=str(one["seq"]), attachment=_attachment(one, created)) for one in sections]
    about = some(
        encounter=[reference("Encounter", row["stay_id"])],
        period=clock.period(row["occurred_at"], None),
    )
    return some(
        resourceType="DocumentReference",
        id=row["document_id"],
        status="current",
        type=concept(row["type"], "urn:oid:2.16.156.10011.2.4"),
        description=row["title"],
        subject=reference("Patient", patient),
        date=clock.instant(row["written_at"]),
        author=[reference("Practitioner", row["author"])] if row["author"] else None,
        authenticator=reference("Practitioner", row["cosigned_by"]),
        custodian=reference("Organization", f"O-{row['department']}" if row["department"] else None),
        content=contents or [{"attachment": some(contentType="application/pdf", creation=created)}],
        context=about,
    )


def _attachment(section: Row, created: str | None) -> Resource:
    data = base64.b64encode(section["text"].encode()).decode() if section["text"] else None
    return some(contentType="text/plain", title=section["section"], creation=created, data=data)


def adverse_event(row: Row, patient: str | None, clock: Clock) -> Resource:
    """The AdverseEvent of a registered event. FHIR has no word for an event without harm."""
    fatal = row["harm"] == "death"
    severity = row["harm"] if row["harm"] in ("mild", "moderate", "severe") else None
    codes = "http://terminology.hl7.org/CodeSystem/"
    return some(
        resourceType="AdverseEvent",
        id=row["event_id"],
        actuality="actual",
        event=concept(None, None, row["category"]),
        subject=reference("Patient", patient or "unknown"),
        encounter=reference("Encounter", row["stay_id"]),
        date=clock.instant(row["occurred_at"]),
        recordedDate=clock.instant(row["recorded_at"]),
        location=reference("Location", f"L-{row['department']}" if row["department"] else None),
        severity=concept(severity, codes + "adverse-event-severity"),
        outcome=concept("fatal", codes + "adverse-event-outcome") if fatal else None,
    )
