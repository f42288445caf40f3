"""What the last backup and the last verification came to: one small file that pages, doctor and metrics read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from zhikong.site import home

FILE = "backup-state.json"


@dataclass(frozen=True)
class Told:
    """name: of the backup; at: ISO moment with zone; ok; size: bytes in all; added: bytes new; seconds; reason: a sentence when not ok."""

    name: str
    at: str
    ok: bool
    size: int = 0
    added: int = 0
    seconds: float = 0.0
    reason: str = ""


def read(folder: Path | None = None) -> dict[str, Any]:
    """ "last" and "verified" with "good" and "proved", the newest of each that went well; what never was is missing."""
    path = (folder or home.folder()) / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def note(kind: str, told: Told) -> None:
    """Remember the newest of a kind; what went well is remembered beside a later failure."""
    found = read() | {kind: asdict(told)}
    if told.ok:
        found[{"last": "good", "verified": "proved"}[kind]] = asdict(told)
    home.write_private(home.folder() / FILE, json.dumps(found, ensure_ascii=False, indent=2))


def moment(told: dict[str, Any]) -> datetime:
    """When it was, with its zone."""
    return datetime.fromisoformat(told["at"])
