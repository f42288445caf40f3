"""The smaller files of a pack: pack.yaml, value sets in codes/, target presets in targets/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zhikong.engine.definitions.building import origin
from zhikong.engine.definitions.expressions import code_range
from zhikong.engine.definitions.fields import LEVELS
from zhikong.engine.definitions.located import Located, read
from zhikong.engine.definitions.model import CodeList, Mark, Pack, Preset
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.definitions.targets import USAGE, target_of

BESIDE = ("quote", "line", "note", "hospital_only")
"""What a preset says of a target besides its bounds: the proof, and that departments are not judged by it."""


def _mapping(located: Located | Problem, required: Mapping[str, type]) -> Located | list[Problem]:
    if isinstance(located, Problem):
        return [located]
    if not isinstance(located.data, dict):
        return [located.problem((), "文件应写成“字段: 值”的形式。", "请按 packs/README.md 的样例填写。")]
    missing = [k for k, kind in required.items() if not isinstance(located.data.get(k), kind)]
    if missing:
        return [located.problem((k,), f"缺少字段 {k}，或它的写法不对。", f"请填写 {k}。") for k in missing]
    return located


def _source(located: Located) -> list[Problem]:
    source = located.data["source"]
    if isinstance(source.get("document"), str) and source.get("mark") in tuple(Mark):
        return []
    return [
        located.problem(("source",), "source 要写 document 和 mark。", f"mark 为 {'、'.join(Mark)} 之一。")
    ]


def _levels(located: Located) -> list[Problem]:
    """`levels` names institution levels that exist; without it a preset is for every one."""
    said = located.data.get("levels")
    if said is None:
        return []
    if not isinstance(said, list):
        return [located.problem(("levels",), "levels 应写成列表。", "例如 levels: [tertiary]。")]
    return [
        located.problem(("levels", i), f"没有机构级别 {level}。", suggestion(str(level), LEVELS))
        for i, level in enumerate(said)
        if level not in LEVELS
    ]


def read_pack(folder: Path) -> Pack | list[Problem]:
    """pack.yaml: id (the folder's name), version, name."""
    file = folder / "pack.yaml"
    if not file.is_file():
        return [Problem(file, 1, "内容包缺少 pack.yaml。", "请写明 id、version 和 name。")]
    located = _mapping(read(file), {"id": str, "version": str, "name": dict})
    if isinstance(located, list):
        return located
    data = located.data
    if data["id"] != folder.name:
        return [
            located.problem(("id",), f"id {data['id']} 与文件夹名 {folder.name} 不同。", "请让两者相同。")
        ]
    return Pack(data["id"], data["version"], _name(data, data["id"]), folder)


def _name(data: dict[str, Any], otherwise: str) -> str:
    name = data.get("name")
    return str(name.get("zh", otherwise)) if isinstance(name, dict) else otherwise


def read_codes(file: Path) -> CodeList | list[Problem]:
    """A value set: `prefixes` holds codes ('I21') and ranges ('I20-I25').

    The file's name is the id, or id@edition where a list has several editions side by side.
    """
    located = _mapping(read(file), {"id": str, "name": dict, "source": dict, "prefixes": list})
    if isinstance(located, list):
        return located
    data, problems = located.data, [*_source(located), *_edition(located)]
    ranges = []
    for i, written in enumerate(data["prefixes"]):
        try:
            ranges.append(code_range(str(written)))
        except ExpressionError as error:
            problems.append(located.problem(("prefixes", i), error.message, error.remedy))
    if not data["prefixes"]:
        problems.append(located.problem(("prefixes",), "编码清单是空的。", "请至少写一个编码。"))
    edition = str(data.get("edition", ""))
    return problems or CodeList(
        data["id"], _name(data, data["id"]), tuple(sorted(set(ranges))), file, edition
    )


def _edition(located: Located) -> Iterator[Problem]:
    data, (stem, _, edition) = located.data, located.file.stem.partition("@")
    if data["id"] != stem:
        yield located.problem(("id",), f"id {data['id']} 与文件名 {stem} 不同。", "请让两者相同。")
    said = data.get("edition")
    if edition and str(said) != edition:
        message = f"edition 与文件名里的版本 {edition} 不同。"
        yield located.problem(("edition",) if said else (), message, f"请写 edition: '{edition}'。")


def by_reference(lists: Iterable[CodeList]) -> dict[str, CodeList]:
    """How definitions name the lists: `id@edition`, and plain `id` where there is one edition only."""
    found: dict[str, CodeList] = {}
    several: dict[str, int] = {}
    for codes in lists:
        several[codes.id] = several.get(codes.id, 0) + 1
        if codes.edition:
            found[f"{codes.id}@{codes.edition}"] = codes
        found[codes.id] = codes
    return {name: codes for name, codes in found.items() if "@" in name or several[name] == 1}


def read_preset(file: Path, indicators: Mapping[str, Any]) -> Preset | list[Problem]:
    """A set of targets; every indicator it names must exist."""
    return preset_of(read(file), indicators)


def preset_of(said: Located | Problem, indicators: Mapping[str, Any]) -> Preset | list[Problem]:
    """The same for what was read already, from a file or from a text."""
    located = _mapping(said, {"preset": str, "source": dict, "targets": dict})
    if isinstance(located, list):
        return located
    data, problems, targets = located.data, _source(located) + _levels(located), {}
    for indicator, raw in data["targets"].items():
        # only the bounds are read here
        bounds = {k: v for k, v in raw.items() if k not in BESIDE} if isinstance(raw, dict) else None
        target = target_of(bounds)
        if indicator not in indicators:
            message = f"目标值引用的指标 {indicator} 不存在，或它的定义有误。"
            problems.append(
                located.problem(("targets", indicator), message, suggestion(indicator, indicators))
            )
        elif target is None:
            problems.append(located.problem(("targets", indicator), "目标值的写法不对。", USAGE))
        else:
            targets[indicator] = target
    return problems or Preset(
        data["preset"],
        _name(data, data["preset"]),
        origin(data["source"]),
        targets,
        located.file,
        tuple(data.get("levels") or ()),
    )
