"""All writes to the organisation: the institution and its departments, people and bodies, a whole hospital at once."""

from zhikong.foundation.organisation.actions.departments import (
    add_alias,
    change_department,
    change_institution,
    close_department,
    create_institution,
    open_department,
    remove_alias,
    rename_level,
)
from zhikong.foundation.organisation.actions.people import (
    appoint,
    appoint_by_number,
    change_body,
    close_body,
    end_appointment,
    open_body,
    register_person,
    set_members,
)
from zhikong.foundation.organisation.actions.seeding import seed_hospital

__all__ = [
    "add_alias",
    "appoint",
    "appoint_by_number",
    "change_body",
    "change_department",
    "change_institution",
    "close_body",
    "close_department",
    "create_institution",
    "end_appointment",
    "open_body",
    "open_department",
    "register_person",
    "remove_alias",
    "rename_level",
    "seed_hospital",
    "set_members",
]
