"""Packs on disk -> a catalogue of definitions, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from zhikong.engine.definitions.building import build
from zhikong.engine.definitions.checks import problems_of
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.kinds import DERIVED
from zhikong.engine.definitions.located import Located, read, read_text
from zhikong.engine.definitions.model import Catalogue, CodeList, Definition, JudgedBy
from zhikong.engine.definitions.nodes import CodeRange
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.shelves import by_reference, read_codes, read_pack, read_preset

EXAMPLES = ".examples.yaml"


@dataclass(frozen=True, slots=True)
class Named:
    """What a definition may name besides tables: code lists, record rules, and other indicators, by id."""

    codes: Mapping[str, tuple[CodeRange, ...]] = field(default_factory=dict)
    rules: Mapping[str, JudgedBy] = field(default_factory=dict)
    indicators: Mapping[str, Definition] = field(default_factory=dict)


def load_catalogue(paths: Sequence[Path]) -> Catalogue:
    """Reads pack folders. Never raises for bad content: it lands in `problems`, and the rest still loads."""
    catalogue = Catalogue()
    packs = []
    for folder in paths:
        pack = read_pack(folder)
        if isinstance(pack, list):
            catalogue.problems.extend(pack)
        else:
            packs.append(pack)
    _codes(paths, catalogue)
    _indicators(paths, catalogue)
    for folder in paths:  # a preset may set targets for another pack's indicators, so all of them come first
        _presets(folder, catalogue)
    return Catalogue(
        tuple(packs),
        catalogue.indicators,
        catalogue.codes,
        catalogue.presets,
        catalogue.rules,
        catalogue.problems,
    )


def indicator_files(folder: Path) -> list[Path]:
    """The definition files of a pack, without the example files beside them, in a stable order."""
    return sorted(f for f in (folder / "indicators").glob("*.yaml") if not f.name.endswith(EXAMPLES))


def load_definition(
    file: Path, *, pack: str, codes: Mapping[str, tuple[CodeRange, ...]], named: Named | None = None
) -> Definition | list[Problem]:
    """One indicator file: its definition, or what is wrong with it. named: record rules and other indicators."""
    return _definition(read(file), pack, replace(named or Named(), codes=codes))


def definition_of_text(
    text: str,
    *,
    file: Path,
    pack: str,
    codes: Mapping[str, tuple[CodeRange, ...]],
    named: Named | None = None,
) -> Definition | list[Problem]:
    """The same for a text that lies in no file; `file` is what problems name, its stem is the id."""
    return _definition(read_text(text, file=file), pack, replace(named or Named(), codes=codes))


def _definition(located: Located | Problem, pack: str, named: Named) -> Definition | list[Problem]:
    if isinstance(located, Problem):
        return [located]
    draft = Draft(located, pack, named.codes, named.rules, named.indicators)
    return problems_of(draft) or build(draft)


def _codes(paths: Sequence[Path], catalogue: Catalogue) -> None:
    found: dict[tuple[str, str], CodeList] = {}
    for file in (f for folder in paths for f in sorted((folder / "codes").glob("*.yaml"))):
        codes = read_codes(file)
        if isinstance(codes, list):
            catalogue.problems.extend(codes)
        elif (codes.id, codes.edition) in found:
            first = found[codes.id, codes.edition].file
            catalogue.problems.append(_twice(file, codes.id, first))
        else:
            found[codes.id, codes.edition] = codes
    catalogue.codes.update(by_reference(found.values()))


def _indicators(paths: Sequence[Path], catalogue: Catalogue) -> None:
    """Those that stand on others come after them; what waits for each other in the end is told as a problem."""
    files = [(folder.name, file, read(file)) for folder in paths for file in indicator_files(folder)]
    codes = {name: found.ranges for name, found in catalogue.codes.items()}
    catalogue.rules.update(_rules(paths, codes))
    named = Named(codes, catalogue.rules, catalogue.indicators)
    waiting = [each for each in files if _stands_on(each[2])]
    for each in files:
        if each not in waiting:
            _add(catalogue, each, named)
    while waiting:
        ready = [each for each in waiting if _stands_on(each[2]) <= catalogue.indicators.keys()] or waiting
        for each in ready:
            _add(catalogue, each, named)
        waiting = [each for each in waiting if each not in ready]


def _add(catalogue: Catalogue, said: tuple[str, Path, Located | Problem], named: Named) -> None:
    pack, file, located = said
    definition = _definition(located, pack, named)
    if isinstance(definition, list):
        catalogue.problems.extend(definition)
    elif definition.id in catalogue.indicators:
        catalogue.problems.append(_twice(file, definition.id, catalogue.indicators[definition.id].file))
    else:
        catalogue.indicators[definition.id] = definition


def _stands_on(located: Located | Problem) -> set[str]:
    """The ids that a composite or growth names, as far as they can be read at all."""
    data = located.data if isinstance(located, Located) else None
    if not isinstance(data, dict) or data.get("kind") not in DERIVED:
        return set()
    parts = data.get("parts") if isinstance(data.get("parts"), list) else []
    named = [data.get("of"), *(p.get("indicator") for p in parts if isinstance(p, dict))]
    return {name for name in named if isinstance(name, str)}


def _rules(paths: Sequence[Path], codes: Mapping[str, tuple[CodeRange, ...]]) -> dict[str, JudgedBy]:
    """The record rules of the packs; their own problems are told where rules are checked."""
    from zhikong.engine.record_rules.reading import load_rules  # it stands on definitions

    return {rule.id: rule for folder in paths for rule in load_rules(folder, codes)[0]}


def _presets(folder: Path, catalogue: Catalogue) -> None:
    for file in sorted((folder / "targets").glob("*.yaml")):
        preset = read_preset(file, catalogue.indicators)
        if isinstance(preset, list):
            catalogue.problems.extend(preset)
        else:
            catalogue.presets[preset.id] = preset


def _twice(file: Path, name: str, first: Path) -> Problem:
    return Problem(file, 1, f"{name} 定义了两次。", f"另一处在 {first}，请改名或删除一处。")
