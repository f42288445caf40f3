"""Which definitions and target presets are in force: the packs', read once per process, and over them the hospital's.

What the hospital published in the pack store counts inside a request or job; without a scope there are the packs only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml
from django.utils import timezone

from zhikong import packs
from zhikong.engine.definitions import Catalogue, Definition, load_catalogue
from zhikong.engine.definitions.binding import bound
from zhikong.foundation.access.scope import current_scope_or_none, once
from zhikong.foundation.facts import record_rules
from zhikong.foundation.packstore import queries as packstore
from zhikong.hospital.functions.indicators.rules import SMALLEST_DENOMINATOR, Target, target_of

PACKS = Path(packs.__path__[0])
INDICATOR, TARGETS = "indicator", "targets"


@cache
def catalogue() -> Catalogue:
    """Every definition of every pack that came with the installation."""
    return load_catalogue([folder for folder in sorted(PACKS.iterdir()) if (folder / "pack.yaml").is_file()])


def definitions() -> Mapping[str, Definition]:
    """The definitions in force, id -> definition, in the order in which pages list them; one moment per job."""
    if current_scope_or_none() is None:
        return packaged_definitions()
    return once("indicators.definitions", _in_force)


@cache
def packaged_definitions() -> Mapping[str, Definition]:
    """The published definitions of the packs."""
    return _listed(d for d in catalogue().indicators.values() if d.status == "published")


def _in_force() -> Mapping[str, Definition]:
    """The packs' definitions with the hospital's in their places; one that cannot be read is absent, not replaced.

    What stands on an indicator or a record rule that the hospital changed stands on the hospital's.
    """
    today = timezone.localdate()
    own = packstore.own_in_force(INDICATOR, on=today)
    if not own and not packstore.own_in_force(record_rules.KIND, on=today):
        return packaged_definitions()
    rules = {rule.id: rule for rule in record_rules.rules_in_force(on=today)}
    said = [found.obj for found in own.values() if isinstance(found, packstore.Resolved)]
    others = [d for name, d in packaged_definitions().items() if name not in own]
    found = _listed([*others, *(d for d in said if d.status == "published")])
    return bound(found, rules)


def _listed(published: Iterable[Definition]) -> Mapping[str, Definition]:
    return {d.id: d for d in sorted(published, key=_place)}


def definition_with_hash(indicator_id: str, digest: str | None) -> Definition | None:
    """The definition that made a figure, as the figure's own hash says; None when no version of it is known."""
    known = [definitions().get(indicator_id), packaged_definitions().get(indicator_id)]
    found = next((d for d in known if d is not None and d.hash == digest), None)
    if found is not None or digest is None:
        return found
    older = packstore.ever_published(INDICATOR, indicator_id)
    return next((one.obj for one in older if one.obj.hash == digest), None)


def _place(definition: Definition) -> tuple:
    """Indicators with a target of a preset first, in the preset's order; then by name."""
    presets = [list(p.targets) for p in packaged_presets().values()]
    ranks = [ids.index(definition.id) for ids in presets if definition.id in ids]
    return (min(ranks, default=99), definition.title())


@dataclass(frozen=True)
class SourceState:
    """Whether anything feeds an indicator; if not, why."""

    counted: bool
    reason: str = ""


NO_SOURCE = "无数据来源："
"""How the notes of a definition begin that nothing in the data contract can feed yet; the reason follows."""


def source_state(definition: Definition) -> SourceState:
    """What the definition itself says: drafts that name no source are shown as 无数据来源, never as a number."""
    if not definition.notes.startswith(NO_SOURCE):
        return SourceState(counted=definition.status == "published")
    return SourceState(counted=False, reason=definition.notes.removeprefix(NO_SOURCE).split("。")[0])


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
    """A named set of targets from one document; `levels` are the institution levels it is for, empty means all."""

    name: str
    title: str
    document: str
    targets: Mapping[str, PresetTarget]
    levels: tuple[str, ...] = ()

    def suits(self, level: str) -> bool:
        """Whether an institution of this level may be offered it."""
        return not self.levels or level in self.levels


def presets_by_name() -> Mapping[str, Preset]:
    """The presets in force: the hospital's targets over the packs', indicator by indicator."""
    if current_scope_or_none() is None:
        return packaged_presets()
    return once("indicators.presets", _presets_in_force)


def _presets_in_force() -> Mapping[str, Preset]:
    own = packstore.own_in_force(TARGETS, on=timezone.localdate())
    said = {name: found.obj for name, found in own.items() if isinstance(found, packstore.Resolved)}
    return {**packaged_presets(), **{name: over(packaged_presets().get(name), p) for name, p in said.items()}}


def over(packaged: Preset | None, own: Preset) -> Preset:
    """A hospital's preset over the packaged one: its targets where it names them, the packaged ones elsewhere."""
    return own if packaged is None else replace(own, targets={**packaged.targets, **own.targets})


@cache
def packaged_presets() -> Mapping[str, Preset]:
    """The presets of the packs, by name."""
    files = sorted(PACKS.glob("*/targets/*.yaml"))
    found = [preset_said(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return {preset.name: preset for preset in found}


def preset_said(said: dict) -> Preset:
    """The preset that a checked file or text says."""
    targets = {
        indicator_id: PresetTarget(
            target_of(row), row.get("quote", ""), row.get("line"), bool(row.get("hospital_only"))
        )
        for indicator_id, row in said["targets"].items()
    }
    return Preset(
        said["preset"],
        said["name"]["zh"],
        said["source"]["document"],
        targets,
        tuple(said.get("levels") or ()),
    )
