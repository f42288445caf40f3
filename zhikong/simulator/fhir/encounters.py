"""Encounters of finished stays and outpatient visits, with the conditions, places and people that belong to them."""

from typing import Any

from zhikong.simulator.fhir.values import LOCAL, Clock, Resource, concept, reference, some

Row = dict[str, Any]

_V3 = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_ROLE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_ADMIT = "http://terminology.hl7.org/CodeSystem/admit-source"
_DISPOSITION = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
_USE = "http://terminology.hl7.org/CodeSystem/diagnosis-role"
_PLACE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"

_ROUTE = {"1": "emd", "2": "outp", "3": "hosp-trans", "9": "other"}
_WAY = {"1": "home", "2": "other-hcf", "3": "snf", "4": "aadvice", "5": "exp", "9": "oth"}
_USES = {"principal": "DD", "other": "DD", "admission": "AD"}
_VISIT = {"outpatient": "AMB", "emergency": "EMER", "observation": "OBSENC", "online": "VR"}
_LEFT = {"home": "home", "admitted": "hosp", "transferred": "other-hcf", "died": "exp", "left": "aadvice"}


def stay(
    row: Row, patient: str, diagnoses: list[Row], moves: list[Row], icu: list[Row], clock: Clock
) -> Resource:
    """The Encounter of a finished stay."""
    route, way = _ROUTE.get(row["admission_route"]), _WAY.get(row["discharge_way"])
    return some(
        resourceType="Encounter",
        id=row["stay_id"],
        status="finished",
        class_=some(system=_V3, code="SS" if row["day_surgery"] else "IMP"),
        subject=reference("Patient", patient),
        participant=[
            *_participant("ATND", row["attending_doctor"]),
            *_participant("PPRF", row["resident_doctor"]),
        ],
        period=clock.period(row["admitted_at"], row["discharged_at"]),
        account=[reference("Account", row["stay_id"])] if row["payment"] else None,
        diagnosis=[_diagnosis(one) for one in diagnoses],
        hospitalization=some(
            admitSource=concept(route, _ADMIT), dischargeDisposition=concept(way, _DISPOSITION)
        )
        or None,
        location=_places(row, moves, icu, clock),
    )


def _participant(code: str, person: str | None) -> list[Resource]:
    return [some(type=[concept(code, _ROLE)], individual=reference("Practitioner", person))] if person else []


def condition_id(row: Row) -> str:
    """The Condition of a row of diagnoses."""
    return f"{row['stay_id']}-{row['kind']}-{row['seq']}"


def _diagnosis(row: Row) -> Resource:
    """Ranks count within a use: the principal diagnosis is the first of the discharge diagnoses."""
    use = _USES.get(row["kind"])
    return {
        "condition": reference("Condition", condition_id(row)),
        "use": concept(use, _USE) if use else concept(row["kind"], LOCAL + "diagnosis-kind"),
        "rank": row["seq"] + (row["kind"] == "other"),
    }


def _places(row: Row, moves: list[Row], icu: list[Row], clock: Clock) -> list[Resource]:
    """The departments one after the other, the ward of discharge, and intensive care that is no department of these."""
    steps = [(row["admitted_at"], row["admission_department"])]
    steps += [(move["at"], move["to_department"]) for move in moves]
    if not moves and row["admission_department"] != row["discharge_department"]:
        steps[0] = (row["admitted_at"], row["discharge_department"])
    ends = [at for at, _ in steps[1:]] + [row["discharged_at"]]
    places = [
        _place(code, clock.period(at, end)) for (at, code), end in zip(steps, ends, strict=True) if code
    ]
    known = {(at, code): end for (at, code), end in zip(steps, ends, strict=True)}
    for one in icu:
        if known.get((one["entered_at"], one["unit"])) != one["left_at"]:
            places.append(_place(one["unit"], clock.period(one["entered_at"], one["left_at"]), "bd"))
    if row["discharge_ward"]:
        places.append(_place(row["discharge_ward"], clock.period(ends[-1], ends[-1]), "wa"))
    return places


def _place(code: str | None, period: Resource | None, kind: str | None = None) -> Resource:
    where = reference("Location", f"L-{code}")
    if where and kind == "wa":
        where["identifier"] = {"value": code}
    return some(location=where, physicalType=concept(kind, _PLACE), period=period)


def visit(row: Row, patient: str | None, clock: Clock) -> Resource:
    """The Encounter of an outpatient or emergency visit."""
    history = [
        some(status="arrived", period=clock.period(row["registered_at"], row["seen_at"])),
        some(status="in-progress", period=clock.period(row["seen_at"], row["left_at"])),
    ]
    triage, left = row["triage_level"], _LEFT.get(row["disposition"])
    department = row["department"]
    return some(
        resourceType="Encounter",
        id=row["visit_id"],
        status="finished",
        statusHistory=[one for one in history if "period" in one],
        class_=some(system=_V3, code=_VISIT[row["kind"]]),
        priority=concept(None if triage is None else str(triage), LOCAL + "triage"),
        subject=reference("Patient", patient),
        participant=_participant("PPRF", row["doctor"]),
        period=clock.period(row["registered_at"], row["left_at"]),
        reasonCode=[one] if (one := concept(row["diagnosis_code"], ICD_10, row["diagnosis"])) else None,
        hospitalization=some(dischargeDisposition=concept(left, _DISPOSITION)) or None,
        location=[some(location=reference("Location", f"L-{department}"))] if department else None,
    )


def coverage(row: Row, patient: str) -> list[Resource]:
    """Who pays for a stay: a Coverage, and the Account of the stay that names it. Codes are those of the front page."""
    number = row["stay_id"]
    if not row["payment"]:
        return []
    covered = some(
        resourceType="Coverage",
        id=number,
        status="active",
        type=concept(row["payment"], LOCAL + "payment"),
        beneficiary=reference("Patient", patient),
    )
    covers = [{"coverage": reference("Coverage", number)}]
    return [covered, some(resourceType="Account", id=number, status="active", coverage=covers)]
