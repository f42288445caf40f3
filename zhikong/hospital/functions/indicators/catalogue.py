"""Which definitions and target presets there are: read once per process from the packs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from zhikong import packs
from zhikong.engine.definitions import Catalogue, Definition, load_catalogue
from zhikong.hospital.functions.indicators.rules import SMALLEST_DENOMINATOR, Target, target_of

PACKS = Path(packs.__path__[0])


@cache
def catalogue() -> Catalogue:
    """Every definition of every pack that came with the installation."""
    return load_catalogue([folder for folder in sorted(PACKS.iterdir()) if (folder / "pack.yaml").is_file()])


@cache
def definitions() -> Mapping[str, Definition]:
    """The definitions in force, id -> definition, in the order in which pages list them."""
    published = [d for d in catalogue().indicators.values() if d.status == "published"]
    return {d.id: d for d in sorted(published, key=_place)}


def _place(definition: Definition) -> tuple:
    """Indicators with a target of a preset first, in the preset's order; then by name."""
    presets = [list(p.targets) for p in presets_by_name().values()]
    ranks = [ids.index(definition.id) for ids in presets if definition.id in ids]
    return (min(ranks, default=99), definition.title())


def minimum_denominator(definition: Definition) -> int:
    """The smallest denominator that is judged (F-14); a count has none."""
    if definition.kind == "count":
        return 0
    return definition.minimum_denominator or SMALLEST_DENOMINATOR


@dataclass(frozen=True)
class PresetTarget:
    """A target as a source document states it, with the words that prove it.

    hospital_only: departments are not judged by it.
    """

    target: Target
    quote: str
    line: int | None
    hospital_only: bool = False


@dataclass(frozen=True)
class Preset:
    """A named set of targets from one document."""

    name: str
    title: str
    document: str
    targets: Mapping[str, PresetTarget]


@cache
def presets_by_name() -> Mapping[str, Preset]:
    files = sorted(PACKS.glob("*/targets/*.yaml"))
    found = [_preset(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return {preset.name: preset for preset in found}


def _preset(said: dict) -> Preset:
    targets = {
        indicator_id: PresetTarget(
            target_of(row), row.get("quote", ""), row.get("line"), bool(row.get("hospital_only"))
        )
        for indicator_id, row in said["targets"].items()
    }
    return Preset(said["preset"], said["name"]["zh"], said["source"]["document"], targets)
