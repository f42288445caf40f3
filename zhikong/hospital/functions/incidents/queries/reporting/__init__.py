"""Reads of reports: the incident, its words, the reporter (for whoever may know), categories, drafts."""

from zhikong.hospital.functions.incidents.queries.reporting import categories, drafts, typed
from zhikong.hospital.functions.incidents.queries.reporting.reading import (
    Added,
    Reporter,
    Told,
    additions,
    identity_roles,
    incident,
    incidents,
    is_reporter,
    may_see_reporter,
    own,
    own_incident,
    photos,
    reader_roles,
    reporter_account,
    reporter_of,
    told,
)

__all__ = [
    "Added",
    "Reporter",
    "Told",
    "additions",
    "categories",
    "drafts",
    "identity_roles",
    "incident",
    "incidents",
    "is_reporter",
    "may_see_reporter",
    "own",
    "own_incident",
    "photos",
    "reader_roles",
    "reporter_account",
    "reporter_of",
    "told",
    "typed",
]
