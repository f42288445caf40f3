"""Measure files (YAML, `schema: measure`) of a folder, with the value sets beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.grammar import type_name
from zhikong.engine.definitions.located import Located, read
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.definitions.sets_building import SetProblem, Sets, expression
from zhikong.engine.definitions.sets_scope import Bound, ValueSet, World
from zhikong.engine.measures.model import Measure, Measures, Observation, Population
from zhikong.engine.measures.valuesets import load_value_sets
from zhikong.engine.tables import Type
from zhikong.engine.tables.clinical import CLINICAL

SCHEMA, LIBRARY = "measure", "sets"
PATIENTS = "patients"
_KEYS = {
    "schema": "measure",
    "id": "英文标识，结果里的 measure",
    "title": "名称",
    "source": "出自哪里",
    "note": "说明",
    "period": "{start: 2026-01-01, end: 2026-12-31}，两天都在内",
    "zone": "时区，默认 UTC",
    "rows": "数哪个集合（或表）的行；patients 表示数患者",
    "uses": "用到的公共集合文件的 id，列表",
    "sets": "集合",
    "populations": "人群",
    "observations": "逐行的观测值",
}
_REQUIRED = ("id", "period", "rows", "populations")


def load_measures(folders: Sequence[Path]) -> Measures:
    """Every measure at or below the folders. Never raises for bad content: it lands in `problems`."""
    value_sets, problems = load_value_sets(folders)
    loaded = Measures(problems=problems)
    libraries: dict[str, Located] = {}
    files: list[Located] = []
    for file in _files(folders):
        located = read(file)
        if isinstance(located, Problem):
            loaded.problems.append(located)
        elif isinstance(located.data, dict) and located.data.get("schema") == SCHEMA:
            files.append(located)
        elif isinstance(located.data, dict) and located.data.get("schema") == LIBRARY:
            libraries[str(located.data.get("id"))] = located
        else:
            remedy = "第一行写 schema: measure（指标）或 schema: sets（公共集合）。"
            loaded.problems.append(located.problem((), "不知道这是什么定义。", remedy))
    for located in files:
        _add(located, value_sets, libraries, loaded)
    return loaded


def _files(folders: Sequence[Path]) -> list[Path]:
    found = {file for folder in folders for end in ("*.yaml", "*.yml") for file in folder.rglob(end)}
    return sorted(file for file in found if file.name != "pack.yaml")


def _add(
    located: Located, value_sets: Mapping[str, ValueSet], libraries: Mapping[str, Located], loaded: Measures
) -> None:
    try:
        measure = measure_of(located, value_sets, libraries)
    except SetProblem as error:
        at = _home(located, libraries, error.path)
        loaded.problems.append(at.problem(error.path, error.message, error.remedy))
        return
    if measure.id in loaded.measures:
        message = f"{measure.id} 定义了两次。"
        remedy = f"另一处在 {loaded.measures[measure.id].file}，请改名或删除一处。"
        loaded.problems.append(located.problem(("id",), message, remedy))
        return
    loaded.measures[measure.id] = measure


def _home(located: Located, libraries: Mapping[str, Located], path: tuple[str | int, ...]) -> Located:
    """The file in which the faulty set is written."""
    if len(path) > 1 and path[0] == "sets" and path[1] not in (located.data.get("sets") or {}):
        for name in located.data.get("uses") or ():
            if path[1] in (libraries[name].data.get("sets") or {}):
                return libraries[name]
    return located


def _written(data: dict[str, Any], libraries: Mapping[str, Located]) -> dict[str, Any]:
    """The sets of the file and of the libraries that it uses. Raises SetProblem for a name that is there twice."""
    found = dict(_mapping(data.get("sets") or {}, ("sets",)))
    uses = data.get("uses") or []
    for place, name in enumerate(uses if isinstance(uses, list) else [uses]):
        if name not in libraries:
            raise SetProblem(("uses", place), f"没有公共集合文件 {name}。", suggestion(str(name), libraries))
        for key, raw in _mapping(libraries[name].data.get("sets") or {}, ("sets",)).items():
            if key in found:
                raise SetProblem(
                    ("sets", key), f"集合 {key} 写了两次。", f"公共集合 {name} 里已经有它，请改名。"
                )
            found[key] = raw
    return found


def measure_of(
    located: Located, value_sets: Mapping[str, ValueSet], libraries: Mapping[str, Located]
) -> Measure:
    """The measure of one file. Raises SetProblem with the key that is wrong."""
    data = located.data
    _check_keys(data)
    period = _period(data["period"])
    world = World(CLINICAL, lambda _: None, value_sets=value_sets, period=period, patient=PATIENTS)
    sets = Sets(_written(data, libraries), world)
    sets.bind_all()
    rows = _rows(data["rows"], world)
    populations = _populations(data["populations"], world, rows)
    observations = _observations(data.get("observations"), world, rows, {p.name for p in populations})
    return Measure(
        id=str(data["id"]),
        title=str(data.get("title") or data["id"]),
        period=period,
        zone=_zone(data.get("zone", "UTC")),
        rows=rows.name,
        row=rows.row,
        sets=sets.ready,
        populations=populations,
        observations=observations,
        file=located.file,
    )


def _check_keys(data: dict[str, Any]) -> None:
    for key in data:
        if key not in _KEYS:
            raise SetProblem((key,), f"没有字段 {key}。", suggestion(key, _KEYS))
    for key in _REQUIRED:
        if data.get(key) in (None, "", {}, []):
            raise SetProblem((), f"缺少字段 {key}。", f"{key}：{_KEYS[key]}。")


def _mapping(raw: Any, path: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(raw, dict):
        return raw
    raise SetProblem(path, f"{path[-1]} 的写法不对。", "写成 名称: 内容。")


def _period(raw: Any) -> tuple[date, date]:
    try:
        start, end = (date.fromisoformat(str(raw[name])) for name in ("start", "end"))
    except (TypeError, KeyError, ValueError):
        start, end = date.max, date.min
    if start > end:
        raise SetProblem(("period",), "统计期的写法不对。", f"period：{_KEYS['period']}。")
    return start, end


def _zone(name: Any) -> str:
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise SetProblem(("zone",), f"没有时区 {name}。", "写 IANA 名称，如 Asia/Shanghai 或 UTC。") from None
    return str(name)


def _rows(name: Any, world: World) -> Bound:
    try:
        world.used.add(str(name))
        return world.bind(str(name), str(name))
    except ExpressionError as error:
        raise SetProblem(("rows",), error.message, error.remedy) from error


def _populations(raw: Any, world: World, rows: Bound) -> tuple[Population, ...]:
    found: list[Population] = []
    for name, spec in _mapping(raw, ("populations",)).items():
        path = ("populations", name)
        spec = spec or {}
        _spec_keys(spec, ("of", "without", "where"), path)
        known = [p.name for p in found]
        of, without = _earlier(spec, known, path)
        where: n.Node = n.TRUE
        if spec.get("where") is not None:
            where = expression(spec["where"], world, (rows,), (*path, "where"), as_condition=True)
        found.append(Population(name, of, without, where))
    return tuple(found)


def _spec_keys(spec: Any, keys: tuple[str, ...], path: tuple[str, ...]) -> None:
    if not isinstance(spec, dict):
        raise SetProblem(path, f"{path[-1]} 的写法不对。", f"可写的字段：{'、'.join(keys)}。")
    for key in spec:
        if key not in keys:
            raise SetProblem((*path, key), f"没有字段 {key}。", suggestion(str(key), keys))


def _earlier(
    spec: dict[str, Any], known: list[str], path: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...]]:
    """`of` and `without`, which name populations written further up."""
    of, without = spec.get("of"), spec.get("without") or []
    without = without if isinstance(without, list) else [without]
    for key, names in (("of", [of] if of is not None else []), ("without", without)):
        for name in names:
            if name not in known:
                raise SetProblem((*path, key), f"上面没有人群 {name}。", suggestion(str(name), known))
    return of, tuple(without)


def _observations(raw: Any, world: World, rows: Bound, known: set[str]) -> tuple[Observation, ...]:
    found = []
    for name, spec in _mapping(raw or {}, ("observations",)).items():
        path = ("observations", name)
        _spec_keys(spec, ("of", "without", "value"), path)
        of, without = _earlier(spec, sorted(known), path)
        if of is None:
            raise SetProblem(path, f"{name} 没有写 of。", "of 写哪个人群的行。")
        value = expression(spec.get("value"), world, (rows,), (*path, "value"), as_condition=False)
        if value.type is not Type.INT:
            raise SetProblem((*path, "value"), f"观测值是{type_name(value.type)}。", "这里需要整数。")
        found.append(Observation(name, of, without, value))
    return tuple(found)
