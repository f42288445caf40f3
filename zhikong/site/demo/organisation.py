"""The demo hospital's departments, people, groups, committees and accounts, as plain data for the organisation."""

from dataclasses import asdict
from typing import Any

from zhikong.simulator import hospital, people


def described(password: str) -> dict[str, Any]:
    """What ``organisation.actions.seed_hospital`` takes."""
    return {
        "institution": asdict(hospital.profile()),
        "departments": [asdict(department) for department in hospital.departments()],
        "wards": [asdict(ward) for ward in hospital.wards()],
        "people": [asdict(person) for person in people.staff()],
        "bodies": [asdict(body) for body in (*people.qc_groups(), *people.committees())],
        "accounts": [asdict(account) for account in people.accounts()],
        "password": password,
        "is_demo": True,
    }
