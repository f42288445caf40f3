"""Folders of FHIR JSON files, one folder for each case: which there are, and the resources of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

Resource = dict[str, Any]
_SUFFIXES = (".json", ".ndjson", ".jsonl")
_TYPES = frozenset(
    [
        "AdverseEvent",
        "AllergyIntolerance",
        "Bundle",
        "CarePlan",
        "CareTeam",
        "Claim",
        "Communication",
        "CommunicationRequest",
        "Condition",
        "Coverage",
        "Device",
        "DeviceRequest",
        "DeviceUseStatement",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "ExplanationOfBenefit",
        "FamilyMemberHistory",
        "Flag",
        "Goal",
        "ImagingStudy",
        "Immunization",
        "Location",
        "MeasureReport",
        "Medication",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "NutritionOrder",
        "Observation",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Procedure",
        "QuestionnaireResponse",
        "RelatedPerson",
        "ServiceRequest",
        "Specimen",
        "Task",
    ]
)


@dataclass(frozen=True)
class Case:
    """A folder with files of one patient. `name` is the folder's, or its path below the root where names repeat."""

    name: str
    files: tuple[Path, ...]


class BadFile(ValueError):
    """A file that cannot be read as FHIR JSON: a Chinese sentence with file and line."""


def cases(root: Path) -> list[Case]:
    """Every folder at or below `root` that holds JSON files, in order of path.

    Files in folders named like resource types (`Encounter/…`) belong to the folder around those.
    """
    found: dict[Path, list[Path]] = {}
    for file in sorted(root.rglob("*")):
        if file.suffix.lower() in _SUFFIXES and file.is_file() and not file.name.startswith("."):
            folder = file.parent
            inside = folder != root and folder.name in _TYPES
            found.setdefault(folder.parent if inside else folder, []).append(file)
    repeated = Counter(folder.name for folder in found)
    return [
        Case(folder.name if repeated[folder.name] == 1 else folder.relative_to(root).as_posix(), tuple(files))
        for folder, files in sorted(found.items())
    ]


def resources(case: Case) -> list[Resource]:
    """All resources of a case; reports of expected results are no input. Raises BadFile."""
    kept = [r for file in case.files for r in _of_file(file) if r["resourceType"] != "MeasureReport"]
    patients = [r for r in kept if r["resourceType"] == "Patient"]
    if len(patients) > 1:
        raise BadFile(
            f"{case.files[0].parent}：有 {len(patients)} 位患者（Patient）。一个病例文件夹只放一位患者。"
        )
    return kept


def _of_file(file: Path) -> Iterator[Resource]:
    content = file.read_bytes()
    if file.suffix.lower() == ".json":
        yield from _unfolded(parsed(content, file), file)
        return
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield from _unfolded(parsed(line, file, number), file)


def parsed(content: bytes, file: Path, line: int = 0) -> Any:
    """The JSON of a file, or of its line `line`. Raises BadFile with the place."""
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadFile(
            f"{file}:{line or error.lineno}: 不是完整的 JSON，无法读取。请重新导出这个文件。"
        ) from error


def _unfolded(found: Any, file: Path) -> Iterator[Resource]:
    if isinstance(found, list):
        for one in found:
            yield from _unfolded(one, file)
    elif not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise BadFile(f"{file}:1: 不是 FHIR 资源（没有 resourceType）。请只放 FHIR R4 的 JSON 文件。")
    elif found["resourceType"] == "Bundle":
        entries = found.get("entry")
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
                yield from _unfolded(entry["resource"], file)
    else:
        yield found
