"""Packs on disk -> a catalogue of definitions, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zhikong.engine.definitions.building import build
from zhikong.engine.definitions.checks import problems_of
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.located import Located, read, read_text
from zhikong.engine.definitions.model import Catalogue, Definition
from zhikong.engine.definitions.nodes import CodeRange
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.shelves import read_codes, read_pack, read_preset

EXAMPLES = ".examples.yaml"


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
    for folder in paths:
        _codes(folder, catalogue)
    for folder in paths:
        _indicators(folder, catalogue)
    for folder in paths:  # a preset may set targets for another pack's indicators, so all of them come first
        _presets(folder, catalogue)
    return Catalogue(
        tuple(packs), catalogue.indicators, catalogue.codes, catalogue.presets, catalogue.problems
    )


def indicator_files(folder: Path) -> list[Path]:
    """The definition files of a pack, without the example files beside them, in a stable order."""
    return sorted(f for f in (folder / "indicators").glob("*.yaml") if not f.name.endswith(EXAMPLES))


def load_definition(
    file: Path, *, pack: str, codes: dict[str, tuple[CodeRange, ...]]
) -> Definition | list[Problem]:
    """One indicator file: its definition, or what is wrong with it."""
    return _definition(read(file), pack=pack, codes=codes)


def definition_of_text(
    text: str, *, file: Path, pack: str, codes: dict[str, tuple[CodeRange, ...]]
) -> Definition | list[Problem]:
    """The same for a text that lies in no file; `file` is what problems name, its stem is the id."""
    return _definition(read_text(text, file=file), pack=pack, codes=codes)


def _definition(
    located: Located | Problem, *, pack: str, codes: dict[str, tuple[CodeRange, ...]]
) -> Definition | list[Problem]:
    if isinstance(located, Problem):
        return [located]
    draft = Draft(located, pack, codes)
    return problems_of(draft) or build(draft)


def _codes(folder: Path, catalogue: Catalogue) -> None:
    for file in sorted((folder / "codes").glob("*.yaml")):
        codes = read_codes(file)
        if isinstance(codes, list):
            catalogue.problems.extend(codes)
        elif codes.id in catalogue.codes:
            catalogue.problems.append(_twice(file, codes.id, catalogue.codes[codes.id].file))
        else:
            catalogue.codes[codes.id] = codes


def _indicators(folder: Path, catalogue: Catalogue) -> None:
    ranges = {name: codes.ranges for name, codes in catalogue.codes.items()}
    for file in indicator_files(folder):
        definition = load_definition(file, pack=folder.name, codes=ranges)
        if isinstance(definition, list):
            catalogue.problems.extend(definition)
        elif definition.id in catalogue.indicators:
            catalogue.problems.append(_twice(file, definition.id, catalogue.indicators[definition.id].file))
        else:
            catalogue.indicators[definition.id] = definition


def _presets(folder: Path, catalogue: Catalogue) -> None:
    for file in sorted((folder / "targets").glob("*.yaml")):
        preset = read_preset(file, catalogue.indicators)
        if isinstance(preset, list):
            catalogue.problems.extend(preset)
        else:
            catalogue.presets[preset.id] = preset


def _twice(file: Path, name: str, first: Path) -> Problem:
    return Problem(file, 1, f"{name} 定义了两次。", f"另一处在 {first}，请改名或删除一处。")
