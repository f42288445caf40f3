"""The roles of a hospital, each a page to read: who it is, how far it sees, what it may do.

Source: requirements register, section 10; ORG-02 (two levels), ORG-04 (quality office), ORG-07 (department head).
Roles bind to a function, not to a department's name (X-23).
"""

from zhikong.foundation.access.roles.base import Role
from zhikong.foundation.access.roles.departments import DepartmentHead, HeadNurse, Nurse, Physician, QcOfficer
from zhikong.foundation.access.roles.functional import Equipment, InfectionControl, Pharmacy
from zhikong.foundation.access.roles.managing import HospitalLeader, MedicalAffairs, Nursing, QualityOffice
from zhikong.foundation.access.roles.services import Administrator, Auditor, ComplaintOfficer, RecordReviewer

ROLES: dict[str, type[Role]] = {
    role.code: role
    for role in (
        QualityOffice,
        MedicalAffairs,
        Nursing,
        InfectionControl,
        Pharmacy,
        Equipment,
        HospitalLeader,
        DepartmentHead,
        HeadNurse,
        QcOfficer,
        Physician,
        Nurse,
        RecordReviewer,
        ComplaintOfficer,
        Auditor,
        Administrator,
    )
}

__all__ = [
    "ROLES",
    "Administrator",
    "Auditor",
    "ComplaintOfficer",
    "DepartmentHead",
    "Equipment",
    "HeadNurse",
    "HospitalLeader",
    "InfectionControl",
    "MedicalAffairs",
    "Nurse",
    "Nursing",
    "Pharmacy",
    "Physician",
    "QcOfficer",
    "QualityOffice",
    "RecordReviewer",
    "Role",
]
