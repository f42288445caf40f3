"""Orders, consultations, prescriptions and medicines given, as requests and administrations."""

from typing import Any

from zhikong.simulator.fhir.values import LOCAL, Clock, Resource, concept, quantity, reference, some

Row = dict[str, Any]

_SNOMED = "http://snomed.info/sct"
_CATEGORY = {
    "lab": "108252007",
    "exam": "363679005",
    "operation": "387713003",
    "blood": "116863004",
    "nursing": "9632001",
    "diet": "182922004",
    "treatment": "277132007",
    "consultation": "409063005",
}
CONSULTATION = "11429006"
_STATUS = {
    "active": "active",
    "done": "completed",
    "stopped": "stopped",
    "cancelled": "cancelled",
    None: "active",
}
_URGENCY = {"urgent": "urgent", "routine": "routine"}


def order(row: Row, patient: str, clock: Clock) -> Resource:
    """A MedicationRequest for medicines, a ServiceRequest for everything else."""
    return _medicine(row, patient, clock) if row["kind"] == "drug" else _service(row, patient, clock)


def _medicine(row: Row, patient: str, clock: Clock) -> Resource:
    until = clock.period(None, row["stopped_at"])
    course = {True: "continuous", False: "acute"}.get(row["standing"])
    return some(
        resourceType="MedicationRequest",
        id=row["order_id"],
        status=_STATUS[row["status"]],
        intent="order",
        category=[concept("inpatient", "http://terminology.hl7.org/CodeSystem/medicationrequest-category")],
        medicationCodeableConcept=concept(row["code"], LOCAL + "drug", row["name"]),
        subject=reference("Patient", patient),
        encounter=reference("Encounter", row["stay_id"]),
        authoredOn=clock.instant(row["ordered_at"]),
        requester=reference("Practitioner", row["doctor"]),
        performer=reference("Organization", f"O-{row['department']}" if row["department"] else None),
        courseOfTherapyType=concept(course, LOCAL + "course"),
        dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": until}}}] if until else None,
    )


def _service(row: Row, patient: str, clock: Clock) -> Resource:
    status = _STATUS[row["status"]]
    category = _CATEGORY.get(row["kind"])
    return some(
        resourceType="ServiceRequest",
        id=row["order_id"],
        status={"cancelled": "revoked", "stopped": "revoked"}.get(status, status),
        intent="order",
        category=[concept(category, _SNOMED)] if category else None,
        code=concept(row["code"], LOCAL + "order", row["name"]),
        subject=reference("Patient", patient),
        encounter=reference("Encounter", row["stay_id"]),
        occurrencePeriod=clock.period(row["executed_at"], row["stopped_at"]),
        authoredOn=clock.instant(row["ordered_at"]),
        requester=reference("Practitioner", row["doctor"]),
        locationReference=[reference("Location", f"L-{row['department']}")] if row["department"] else None,
    )


def consultation(row: Row, patient: str, clock: Clock) -> Resource:
    """A ServiceRequest for a consultation."""
    to, by = row["to_department"], row["doctor"]
    asked = [reference("Organization", f"O-{to}")] if to else []
    asked += [reference("Practitioner", by)] if by else []
    return some(
        resourceType="ServiceRequest",
        id=row["consultation_id"],
        status="completed" if row["completed_at"] else "active",
        intent="order",
        category=[concept(CONSULTATION, _SNOMED)],
        priority=_URGENCY.get(row["urgency"]),
        subject=reference("Patient", patient),
        encounter=reference("Encounter", row["stay_id"]),
        occurrencePeriod=clock.period(row["arrived_at"], row["completed_at"]),
        authoredOn=clock.instant(row["requested_at"]),
        performer=asked,
        locationReference=[reference("Location", f"L-{row['from_department']}")]
        if row["from_department"]
        else None,
    )


def administration(row: Row, patient: str, clock: Clock) -> Resource:
    """A medicine given."""
    return some(
        resourceType="MedicationAdministration",
        id=row["medication_id"],
        status="completed",
        medicationCodeableConcept=concept(row["code"], LOCAL + "drug", row["name"]),
        subject=reference("Patient", patient),
        context=reference("Encounter", row["stay_id"]),
        effectiveDateTime=clock.instant(row["given_at"]),
        performer=[{"actor": reference("Practitioner", row["nurse"])}] if row["nurse"] else None,
        request=reference("MedicationRequest", row["order_id"]),
        dosage=some(route=concept(None, None, row["route"]), dose=quantity(row["dose"], row["dose_unit"]))
        or None,
    )


def prescription(row: Row, patient: str | None, clock: Clock) -> Resource:
    """One medicine of an outpatient prescription."""
    dose = quantity(row["dose"], row["dose_unit"])
    often = row["frequency"]
    dosage = some(
        timing={"code": {"text": often}} if often else None,
        route=concept(None, None, row["route"]),
        doseAndRate=[{"doseQuantity": dose}] if dose else None,
    )
    days = row["days"]
    return some(
        resourceType="MedicationRequest",
        id=f"{row['prescription_id']}-{row['seq']}",
        status="completed",
        intent="order",
        category=[concept("outpatient", "http://terminology.hl7.org/CodeSystem/medicationrequest-category")],
        groupIdentifier={"value": row["prescription_id"]},
        medicationCodeableConcept=concept(row["code"], LOCAL + "drug", row["name"]),
        subject=reference("Patient", patient),
        encounter=reference("Encounter", row["visit_id"]),
        authoredOn=clock.instant(row["prescribed_at"]),
        requester=reference("Practitioner", row["prescriber"]),
        performer=reference("Organization", f"O-{row['department']}" if row["department"] else None),
        reasonCode=[concept(row["diagnosis_code"], "http://hl7.org/fhir/sid/icd-10")]
        if row["diagnosis_code"]
        else None,
        dosageInstruction=[dosage] if dosage else None,
        dispenseRequest={"expectedSupplyDuration": {"value": days, "unit": "d"}}
        if days is not None
        else None,
    )
