"""The path language of FHIR sources: a path names one text of a resource. Described in formats/README.md.

    path        := alternative (" or " alternative)*      the first that gives a value
    alternative := step (("." | "->") step)* ("|" helper)*
    step        := name | name "[x]" | "#"                 with any number of filters
    filter      := "[" dotted "=" value "]" | "[" dotted "!=" value "]" | "[" number "]"

A list met on the way is looked through in order; the first value found is taken, unless a helper takes them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from zhikong.intake.formats.fhir_helpers import ALL, HELPERS, ONE, plain
from zhikong.intake.formats.fhir_times import wall_time

Resource = dict[str, Any]
INDEX = "#"
"""In a source with `each`: the element's place in its list, from 1."""


class PathFault(ValueError):
    """A path that is not of the language: a Chinese sentence that names it."""


@dataclass(frozen=True)
class Filter:
    """Keeps the elements whose `path` has (or, negated, has not) the value; a number keeps that place only."""

    path: tuple[str, ...]
    value: str
    negated: bool = False
    place: int = 0


@dataclass(frozen=True)
class Step:
    """One name of a path. choice: any type of `name[x]`; follow: the contained resource that the reference names."""

    name: str
    filters: tuple[Filter, ...] = ()
    choice: bool = False
    follow: bool = False


@dataclass(frozen=True)
class Alternative:
    """Steps and the helpers that make one text of what they find."""

    steps: tuple[Step, ...]
    helpers: tuple[str, ...]


_STEP = re.compile(
    r"(?P<link>\.|->|^)(?P<name>#|[A-Za-z_][A-Za-z0-9_]*)(?P<choice>\[x\])?(?P<filters>(\[[^\]]*\])*)"
)
_FILTER = re.compile(r"\[([^\]]*)\]")
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


@lru_cache(maxsize=4096)
def parsed(path: str) -> tuple[Alternative, ...]:
    """The alternatives of a path. Raises PathFault for what is not of the language."""
    return tuple(_alternative(part, path) for part in _outside(path, " or "))


def _outside(text: str, mark: str) -> list[str]:
    """Parts of `text` between marks that stand outside brackets."""
    parts, depth, start, place = [], 0, 0, 0
    while place < len(text):
        depth += (text[place] == "[") - (text[place] == "]")
        if depth == 0 and text.startswith(mark, place):
            parts.append(text[start:place])
            start = place = place + len(mark)
        else:
            place += 1
    return [*parts, text[start:]]


def _alternative(text: str, whole: str) -> Alternative:
    route, *helpers = (part.strip() for part in _outside(text, "|"))
    unknown = [name for name in helpers if name not in HELPERS]
    if unknown:
        raise PathFault(f"路径 {whole}：不认识的 |{unknown[0]}，可用：{'、'.join(HELPERS)}。")
    steps, place = [], 0
    while place < len(route):
        match = _STEP.match(route, place)
        if match is None or (match["link"] == "") != (place == 0):
            raise PathFault(f"路径 {whole}：从“{route[place:]}”起看不懂。")
        steps.append(_step(match, whole))
        place = match.end()
    if not steps:
        raise PathFault(f"路径 {whole}：缺少元素名。")
    return Alternative(tuple(steps), tuple(helpers))


def _step(match: re.Match[str], whole: str) -> Step:
    filters = tuple(_filter(text, whole) for text in _FILTER.findall(match["filters"]))
    return Step(match["name"], filters, bool(match["choice"]), match["link"] == "->")


def _filter(text: str, whole: str) -> Filter:
    if text.isdecimal() and int(text) > 0:
        return Filter((), "", place=int(text))
    path, equals, value = text.partition("=")
    negated = path.endswith("!")
    path = path.removesuffix("!").strip()
    if not equals or not _DOTTED.fullmatch(path):
        raise PathFault(f"路径 {whole}：条件 [{text}] 应写成 [元素=值] 或 [次序]。")
    return Filter(tuple(path.split(".")), value.strip(), negated)


# ---- what a path finds ------------------------------------------------------------------------------------------


def found(node: Any, steps: tuple[Step, ...], root: Resource, at: int = 0) -> Iterator[Any]:
    """Every value at the end of the steps, in the order of the resource."""
    if isinstance(node, list):
        for one in node:
            yield from found(one, steps, root, at)
    elif at == len(steps):
        yield node
    elif isinstance(node, dict):
        step = steps[at]
        child = _child(node, step, root)
        if child is not None:
            yield from found(_kept(child, step.filters) if step.filters else child, steps, root, at + 1)


def _child(node: Resource, step: Step, root: Resource) -> Any:
    if step.follow:
        target = _contained(node.get("reference"), root)
        return None if target is None else target.get(step.name)
    if step.choice:
        return next((v for k, v in node.items() if _is_choice(k, step.name)), None)
    return node.get(step.name)


def _is_choice(key: str, name: str) -> bool:
    return key.startswith(name) and len(key) > len(name) and key[len(name)].isupper()


def _contained(reference: Any, root: Resource) -> Resource | None:
    """The contained resource that a local reference `#id` names."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    held = root.get("contained")
    several = held if isinstance(held, list) else []
    return next((r for r in several if isinstance(r, dict) and r.get("id") == reference[1:]), None)


def _kept(child: Any, filters: tuple[Filter, ...]) -> list[Any]:
    kept = child if isinstance(child, list) else [child]
    for one in filters:
        if one.place:
            kept = kept[one.place - 1 : one.place]
        else:
            kept = [
                element for element in kept if (one.value in set(_texts_at(element, one.path))) != one.negated
            ]
    return kept


def _texts_at(node: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _texts_at(one, path)
    elif not path:
        text = plain(node)
        if text is not None:
            yield text
    elif isinstance(node, dict) and path[0] in node:
        yield from _texts_at(node[path[0]], path[1:])


# ---- a path ready to be used -----------------------------------------------------------------------------------


def reader(path: str, zone: ZoneInfo) -> Callable[[Resource], str | None]:
    """path → function that gives its text in a resource, times as wall time of `zone`, or None.

    Raises PathFault for what is not of the language.
    """
    ways = [_way(alternative, zone) for alternative in parsed(path)]
    if len(ways) == 1:
        return ways[0]
    return lambda resource: next((text for way in ways if (text := way(resource)) is not None), None)


def _way(alternative: Alternative, zone: ZoneInfo) -> Callable[[Resource], str | None]:
    steps, helpers = alternative.steps, alternative.helpers
    over_one = [ONE[name] for name in helpers if name in ONE]
    over_all = next((ALL[name] for name in helpers if name in ALL), None)

    def told(value: Any) -> str | None:
        for change in over_one:
            value = change(value)
        text = plain(value)
        return None if text is None else wall_time(text, zone)

    def texts(resource: Resource) -> Iterator[str]:
        return (text for value in found(resource, steps, resource) if (text := told(value)) is not None)

    if over_all is not None:
        return lambda resource: over_all(list(texts(resource)))
    if any(s.filters or s.choice or s.follow for s in steps):
        return lambda resource: next(texts(resource), None)
    return _straight(tuple(s.name for s in steps), told, texts)


def _straight(
    names: tuple[str, ...],
    told: Callable[[Any], str | None],
    texts: Callable[[Resource], Iterator[str]],
) -> Callable[[Resource], str | None]:
    """A path of names only, which most are: quicker than the general way (`texts`), and the same."""

    def text(resource: Resource) -> str | None:
        node: Any = resource
        for name in names:
            if not isinstance(node, dict):
                return next(texts(resource), None) if isinstance(node, list) else None
            node = node.get(name)
            if node is None:
                return None
        return next(texts(resource), None) if isinstance(node, list) else told(node)

    return text
