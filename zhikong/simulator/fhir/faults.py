"""Faults planted in FHIR files on purpose, each remembered, so that a test knows what must be found."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zhikong.simulator.clock import stream
from zhikong.simulator.fhir.values import Resource


@dataclass(frozen=True)
class Planted:
    """One planted fault: the line of the file (from 1) that the reader must name, and the resource that it is about."""

    kind: str
    file: str
    line: int
    number: str


def _line(resource: Resource) -> str:
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":"))


def _without_subject(resource: Resource) -> list[tuple[str, bool]]:
    return [(_line({k: v for k, v in resource.items() if k != "subject"}), True)]


def _wrong_clock(resource: Resource) -> list[tuple[str, bool]]:
    """A clock that stands years ahead: the discharge lies in the future."""
    period = resource["period"]
    ahead = f"{int(period['end'][:4]) + 20}{period['end'][4:]}".replace("-02-29", "-02-28")
    return [(_line(resource | {"period": period | {"end": ahead}}), True)]


def _bad_date(resource: Resource) -> list[tuple[str, bool]]:
    period = resource["period"]
    return [(_line(resource | {"period": period | {"end": period["end"].replace("T", "T25:", 1)}}), True)]


def _partial_date(resource: Resource) -> list[tuple[str, bool]]:
    period = resource["period"]
    return [(_line(resource | {"period": period | {"end": period["end"][:7]}}), True)]


def _duplicate(resource: Resource) -> list[tuple[str, bool]]:
    return [(_line(resource), False), (_line(resource), True)]


def _older_version(resource: Resource) -> list[tuple[str, bool]]:
    """What the system said before: other content, and an earlier version. The newer one stands."""
    older = resource | {"meta": {"versionId": "1", "lastUpdated": "2020-01-01T00:00:00Z"}, "participant": []}
    newer = resource | {"meta": {"versionId": "2", "lastUpdated": "2020-01-02T00:00:00Z"}}
    return [(_line(older), True), (_line(newer), False)]


def _entered_in_error(resource: Resource) -> list[tuple[str, bool]]:
    mistake = resource | {"id": resource["id"] + "-error", "status": "entered-in-error"}
    return [(_line(resource), False), (_line(mistake), True)]


def _broken_line(resource: Resource) -> list[tuple[str, bool]]:
    return [(_line(resource), False), (_line(resource)[:-7], True)]


def _wrong_type(resource: Resource) -> list[tuple[str, bool]]:
    return [(_line(resource), False), (_line({"resourceType": "Basic", "id": resource["id"]}), True)]


KINDS: dict[str, Callable[[Resource], list[tuple[str, bool]]]] = {
    "missing_subject": _without_subject,
    "wrong_clock": _wrong_clock,
    "bad_date": _bad_date,
    "partial_date": _partial_date,
    "duplicate": _duplicate,
    "older_version": _older_version,
    "entered_in_error": _entered_in_error,
    "broken_line": _broken_line,
    "wrong_type": _wrong_type,
}
"""What becomes of an Encounter: the lines to write, and which of them is the faulty one."""

SPOILING = frozenset({"missing_subject", "wrong_clock", "bad_date", "partial_date"})
"""Faults after which the stay itself cannot be taken; the others only add a line."""


class Planter:
    """Chooses Encounters of stays once, and gives their lines as they pass by."""

    def __init__(self, seed: int, stays: int, faults: dict[str, int]):
        if set(faults) - set(KINDS) or sum(faults.values()) > stays:
            raise ValueError(f"cannot plant {faults} in {stays} encounters")
        kinds = [kind for kind, count in faults.items() for _ in range(count)]
        rows = stream(seed, "fhir faults").choice(stays, len(kinds), replace=False) if kinds else []
        self._chosen = {int(row): kind for row, kind in zip(rows, kinds, strict=True)}
        self._passed = 0
        self.found: list[Planted] = []

    def lines(self, resource: Resource, file: str, line: int) -> Iterator[str]:
        """The lines of one Encounter; `line` is the number of the first."""
        kind = self._chosen.get(self._passed)
        self._passed += 1
        for place, (text, faulty) in enumerate(KINDS[kind](resource) if kind else [(_line(resource), False)]):
            if faulty and kind:
                self.found.append(Planted(kind, file, line + place, resource["id"]))
            yield text
