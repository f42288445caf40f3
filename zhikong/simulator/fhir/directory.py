"""Patients, people and places that other resources name."""

from collections.abc import Iterable, Iterator
from typing import Any

from zhikong.simulator import hospital
from zhikong.simulator.fhir.values import LOCAL, Resource, concept, reference, some

Row = dict[str, Any]
_GENDER = {"1": "male", "2": "female", "0": "unknown", "9": "other"}
_IDENTIFIER = "http://terminology.hl7.org/CodeSystem/v2-0203"


def patient(row: Row, number: str) -> Resource:
    """A Patient of a row of identities."""
    return some(
        resourceType="Patient",
        id=number,
        identifier=[
            {"type": concept("MR", _IDENTIFIER), "value": row["record_number"]},
            {"type": concept("NI", _IDENTIFIER), "value": row["id_number"]},
        ],
        name=[{"use": "official", "text": row["name"]}],
        telecom=[{"system": "phone", "value": row["phone"]}],
        gender=_GENDER[row["sex"]],
        birthDate=row["birth_date"].isoformat(),
        address=[{"text": row["address"]}],
    )


def places(icu: set[str]) -> Iterator[Resource]:
    """The departments as Organizations and Locations, and the wards as Locations."""
    for one in hospital.departments():
        number = {"identifier": [{"value": one.code}], "name": one.name}
        yield {"resourceType": "Organization", "id": f"O-{one.code}", **number}
        kind = "ICU" if one.code in icu else None
        yield some(
            resourceType="Location",
            id=f"L-{one.code}",
            **number,
            type=[concept(kind, "http://terminology.hl7.org/CodeSystem/v3-RoleCode")] if kind else None,
            managingOrganization=reference("Organization", f"O-{one.code}"),
        )
    for ward in hospital.wards():
        physical = concept("wa", "http://terminology.hl7.org/CodeSystem/location-physical-type")
        yield {
            "resourceType": "Location",
            "id": f"L-{ward.code}",
            "identifier": [{"value": ward.code}],
            "physicalType": physical,
        }


def practitioners(codes: Iterable[str]) -> Iterator[Resource]:
    """People by their staff numbers; the simulated hospital gives no names away."""
    for code in sorted(codes):
        yield {
            "resourceType": "Practitioner",
            "id": f"P-{code}",
            "identifier": [{"type": concept("EI", _IDENTIFIER), "value": code}],
        }


def role(row: Row) -> Resource:
    """The PractitionerRole of a row of staff."""
    period = some(
        start=row["valid_from"].isoformat(), end=row["valid_to"].isoformat() if row["valid_to"] else None
    )
    return some(
        resourceType="PractitionerRole",
        id=f"R-{row['code'].removeprefix('P-')}-{row['valid_from']:%Y%m%d}",
        active=row["valid_to"] is None,
        period=period,
        practitioner=reference("Practitioner", row["code"]),
        organization=reference("Organization", f"O-{row['department']}" if row["department"] else None),
        code=[concept(row["level"], LOCAL + "staff-level", row["title"])]
        if row["level"] or row["title"]
        else None,
    )
