"""Three-way comparison of a definition by field: the base, ours, and what the new package says.

Lists whose items carry an `id` or `code` are compared item by item, so that moving or adding an item does not make
everything after it differ. A path such as ('sections', '#outside', 'items', '#locked', 'text') names a field;
'#' marks an item of a list, and a last part '@order' the order of its items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from zhikong.engine.definitions.located import Located, read_text

Key = tuple[str, ...]
ORDER = "@order"
STAMPED = ("version",)  # written by the store, not by people


class _Absent:
    def __repr__(self) -> str:
        return "（没有）"

    def __deepcopy__(self, memo: object) -> _Absent:
        return self


ABSENT = _Absent()


class Side(StrEnum):
    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True)
class Difference:
    """One field in which ours and the new package differ. default: None when only a person can say (conflict)."""

    path: Key
    base: Any
    ours: Any
    theirs: Any
    default: Side | None

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def conflict(self) -> bool:
        return self.default is None


def data_of(text: str) -> Any:
    """The plain values of a text. Raises ValueError when it is not YAML."""
    located = read_text(text, file=Path("x.yaml"))
    if not isinstance(located, Located):
        raise ValueError(str(located))
    return located.data


def flattened(data: Any) -> dict[str, Any]:
    """{dotted field: value} of a definition; items of lists under their ids."""
    return {".".join(path): value for path, value in _leaves(data, ())}


def differences(base: Any, ours: Any, theirs: Any) -> list[Difference]:
    """Every field in which ours and theirs differ, in the order of the file; what only one side changed has a default."""
    return [d for d in _compare(base, ours, theirs, ()) if d.path[0] not in STAMPED]


def merged(ours: str, theirs: str, found: Sequence[Difference], choices: Mapping[str, Side]) -> str:
    """Our text with the fields chosen from theirs; comments stay where a whole part comes from one side.

    Raises KeyError for a conflict without a choice.
    """
    data = deepcopy(data_of(ours))
    # the order of what both have comes first: a new item then stands behind the one that it follows in theirs
    for difference in sorted(found, key=lambda one: one.path[-1] != ORDER):
        side = choices.get(difference.name, difference.default)
        if side is None:
            raise KeyError(difference.name)
        if side == Side.THEIRS:
            _put(data, difference.path, deepcopy(difference.theirs), data_of(theirs))
    return written(data, ours, theirs)


def written(data: dict[str, Any], ours: str, theirs: str) -> str:
    """The data as YAML: parts that equal ours or theirs keep that side's very lines, the others are written anew."""
    blocks = [(data_of(text), _blocks(text)) for text in (ours, theirs)]
    lines = [_head(ours)] + [_block(key, value, blocks) for key, value in data.items()]
    text = "".join(lines)
    try:
        if same(data_of(text), data):
            return text
    except ValueError:
        pass  # a part that leaned on another one, such as a YAML alias; the plain form below always stands alone
    return _dump(data)


def same(one: Any, other: Any) -> bool:
    """Equal in value and type all the way down: in YAML, yes is not 1 and 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def shown(value: Any) -> str:
    """A value for a person to read."""
    if value is ABSENT or value is None:
        return repr(ABSENT)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) if not isinstance(value, (dict, list)) else _dump(value).rstrip("\n")


# ---- comparing -----------------------------------------------------------------------------------------------


def _compare(base: Any, ours: Any, theirs: Any, path: Key) -> Iterator[Difference]:
    if same(ours, theirs):
        return
    sides = (base, ours, theirs)
    if all(isinstance(side, dict) for side in sides):
        yield from _compare_fields(base, ours, theirs, path)
    elif all(_keyed(side) is not None for side in sides):
        yield from _compare_items(base, ours, theirs, path)
    else:
        yield _leaf(base, ours, theirs, path)


def _leaf(base: Any, ours: Any, theirs: Any, path: Key) -> Difference:
    default = Side.THEIRS if same(ours, base) else Side.OURS if same(theirs, base) else None
    return Difference(path, base, ours, theirs, default)


def _compare_fields(base: dict, ours: dict, theirs: dict, path: Key) -> Iterator[Difference]:
    for key in _in_order(ours, theirs, base):
        values = (side.get(key, ABSENT) for side in (base, ours, theirs))
        yield from _compare(*values, (*path, key))


def _compare_items(base: list, ours: list, theirs: list, path: Key) -> Iterator[Difference]:
    kept, mine, new = (_keyed(side) or {} for side in (base, ours, theirs))
    for key in _in_order(mine, new, kept):
        values = (side.get(key, ABSENT) for side in (kept, mine, new))
        yield from _compare(*values, (*path, f"#{key}"))
    common = [k for k in kept if k in mine and k in new]
    orders = [[k for k in side if k in common] for side in (kept, mine, new)]
    if orders[1] != orders[2]:
        yield _leaf(*orders, (*path, ORDER))


def _in_order(*sides: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(key for side in sides for key in side))


def _keyed(value: Any) -> dict[str, Any] | None:
    """Items of a list by their id or code; None when they have none or one twice."""
    if not isinstance(value, list):
        return None
    for name in ("id", "code"):
        keys = [str(item[name]) if isinstance(item, dict) and name in item else None for item in value]
        if None not in keys and len(set(keys)) == len(keys):
            return dict(zip(keys, value, strict=True)) if keys else {}
    return None


def _leaves(value: Any, path: Key) -> Iterator[tuple[Key, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif keyed := _keyed(value):
        for key, inner in keyed.items():
            yield from _leaves(inner, (*path, f"#{key}"))
    else:
        yield path, value


# ---- putting together --------------------------------------------------------------------------------------------


def _put(data: Any, path: Key, value: Any, theirs: Any) -> None:
    """Set one field of our data to their value; a field or item that they do not have goes."""
    *way, last = path
    for part in way:
        data, theirs = _step(data, part), _step(theirs, part)
    if last == ORDER:
        _reorder(data, value)
    elif last.startswith("#"):
        _put_item(data, last[1:], value, theirs)
    elif value is ABSENT:
        data.pop(last, None)
    elif last in data:
        data[last] = value
    else:
        _insert_field(data, last, value, list(theirs))


def _step(data: Any, part: str) -> Any:
    return (_keyed(data) or {})[part[1:]] if part.startswith("#") else data[part]


def _put_item(items: list, key: str, value: Any, theirs: list) -> None:
    known = list(_keyed(items) or {})
    if key in known:
        place = known.index(key)
        items[place : place + 1] = [] if value is ABSENT else [value]
    elif value is not ABSENT:
        items.insert(_place_after(known, list(_keyed(theirs) or {}), key), value)


def _insert_field(data: dict, key: str, value: Any, order: list[str]) -> None:
    """A new field stands where they have it, so that the file stays readable."""
    known = list(data.items())
    known.insert(_place_after([k for k, _ in known], order, key), (key, value))
    data.clear()
    data.update(known)


def _place_after(known: list[str], order: list[str], key: str) -> int:
    """Behind the nearest of their predecessors that we have; else at the beginning."""
    before = order[: order.index(key)]
    return max((known.index(k) + 1 for k in before if k in known), default=0)


def _reorder(items: list, order: Sequence[str]) -> None:
    """Put the common items into their order; the others keep their places."""
    keyed = _keyed(items) or {}
    queue = iter(order)
    items[:] = [keyed[next(queue)] if key in order else item for key, item in list(keyed.items())]


# ---- writing -------------------------------------------------------------------------------------------------


def _blocks(text: str) -> dict[str, str]:
    """The lines of each field of the first level, with the comments below it."""
    located = read_text(text, file=Path("x.yaml"))
    if not isinstance(located, Located) or not isinstance(located.data, dict):
        return {}
    lines, starts = text.splitlines(keepends=True), [located.line(key) for key in located.data]
    ends = [*starts[1:], len(lines) + 1]
    return {
        key: "".join(lines[start - 1 : end - 1])
        for key, start, end in zip(located.data, starts, ends, strict=True)
    }


def _head(text: str) -> str:
    """The comments above the first field."""
    located = read_text(text, file=Path("x.yaml"))
    if not isinstance(located, Located) or not isinstance(located.data, dict):
        return ""
    first = min((located.line(key) for key in located.data), default=1)
    return "".join(text.splitlines(keepends=True)[: first - 1])


def _block(key: str, value: Any, sides: Sequence[tuple[Any, dict[str, str]]]) -> str:
    for data, blocks in sides:
        if key in data and same(data[key], value) and blocks.get(key):
            block = blocks[key]
            return block if block.endswith("\n") else block + "\n"
    return _dump({key: value})


def _dump(data: Any) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False)
