"""What the paths of fhir_clinical.yaml find in a resource, compiled to functions.

A function takes the element that it starts at and the resources of the case (`Type/id` → resource; `#` is the resource
at hand when it contains others) and gives what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from zhikong.engine.tables.clinical_data import NAMED_SET
from zhikong.intake.formats.fhir_helpers import ONE, plain
from zhikong.intake.formats.fhir_paths import Step, parsed

Resource = dict[str, Any]
Held = dict[str, Resource]
Find = Callable[[Any, Held], Iterator[Any]]
_KNOWN = re.compile(r"known\((\w+)\)")
NOT_DONE = "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDoneValueSet"


def finder(path: str) -> Find:
    """Everything that a path without alternatives and helpers finds."""
    steps = parsed(path)[0].steps
    return lambda node, held: _found(node, steps, held, 0)


def first(path: str) -> Callable[[Any, Held], Any]:
    """The first value that one of the path's alternatives finds, or None."""
    ways = [_first(part.strip()) for part in path.split(" or ")]
    if len(ways) == 1:
        return ways[0]

    def either(node: Any, held: Held) -> Any:
        for way in ways:
            value = way(node, held)
            if value is not None:
                return value
        return None

    return either


def _first(path: str) -> Callable[[Any, Held], Any]:
    known = _KNOWN.fullmatch(path)
    if known:
        return _presence(known[1])
    alternative = parsed(path)[0]
    steps, helpers = alternative.steps, [ONE[name] for name in alternative.helpers]
    names = tuple(step.name for step in steps)
    plainly = not any(s.filters or s.choice or s.follow for s in steps)

    def general(node: Any, held: Held) -> Any:
        return next((v for v in _found(node, steps, held, 0) if v is not None), None)

    find = _straight(names, general) if plainly else general
    return _helped(find, helpers[0]) if helpers else find


def _presence(name: str) -> Callable[[Any, Held], bool]:
    def known(node: Any, held: Held) -> bool:
        return any(key == name or (key.startswith(name) and key[len(name)].isupper()) for key in node)

    return known


def _helped(find: Callable[[Any, Held], Any], helper: Callable[[Any], Any]) -> Callable[[Any, Held], Any]:
    def told(node: Any, held: Held) -> Any:
        value = find(node, held)
        return None if value is None else helper(value)

    return told


def _straight(names: tuple[str, ...], general: Callable[[Any, Held], Any]) -> Callable[[Any, Held], Any]:
    """A path of names only; a list on the way leaves it to the general search."""
    if len(names) == 1:
        name = names[0]

        def single(node: Any, held: Held) -> Any:
            value = node.get(name)
            return general(node, held) if type(value) is list else value

        return single

    def several(node: Any, held: Held) -> Any:
        value = node
        for name in names:
            if type(value) is list:
                return general(node, held)
            value = value.get(name)
            if value is None:
                return None
        return general(node, held) if type(value) is list else value

    return several


def _found(node: Any, steps: tuple[Step, ...], held: Held, at: int) -> Iterator[Any]:
    if isinstance(node, list):
        for one in node:
            yield from _found(one, steps, held, at)
    elif at == len(steps):
        yield node
    elif isinstance(node, dict):
        step = steps[at]
        source: Any = _followed(node, held) if step.follow else node
        child = source.get(step.name) if source else None
        if child is not None:
            yield from _found(_kept(child, step) if step.filters else child, steps, held, at + 1)


def _followed(reference: Resource, held: Held) -> Resource | None:
    """The resource that a reference names: contained in the one at hand, or of the same case."""
    text = reference.get("reference")
    if not isinstance(text, str):
        return None
    if text.startswith("#"):
        inside = held.get("#", {}).get("contained", ())
        return next((r for r in inside if isinstance(r, dict) and r.get("id") == text[1:]), None)
    return held.get("/".join(text.split("/_history/")[0].split("/")[-2:]))


def _kept(child: Any, step: Step) -> list[Any]:
    kept = child if isinstance(child, list) else [child]
    for one in step.filters:
        kept = [e for e in kept if (one.value in _texts(e, one.path)) != one.negated]
    return kept


def _texts(node: Any, path: tuple[str, ...]) -> set[str | None]:
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return {plain(node)}


# ---- codings ---------------------------------------------------------------------------------------------------


def codings(path: str, number: Callable[[str], int]) -> Callable[[Any, Held], int | None]:
    """All codings of the concepts that the path finds, as one numbered text; None when there is no concept at all."""
    ways = [parsed(part.strip())[0].steps for part in path.split(" or ")]
    simple = ways[0][0].name if len(ways) == 1 and len(ways[0]) == 1 and not ways[0][0].filters else ""

    def read(node: Any, held: Held) -> int | None:
        if simple and simple not in node:
            return None
        for steps in ways:
            concepts = [c for c in _found(node, steps, held, 0) if c is not None]
            if concepts:
                return number("\n".join(dict.fromkeys(_lines(concepts))))
        return None

    return read


def _lines(concepts: list[Any]) -> Iterator[str]:
    for concept in concepts:
        if not isinstance(concept, dict):
            raise ValueError(f"{concept!r} 不是编码")
        for coding in concept.get("coding", (concept,)):
            if "code" in coding:
                yield f"{coding.get('system', '')}|{coding['code']}"
        for extension in concept.get("extension", ()):
            if extension.get("url") == NOT_DONE:
                named = extension.get("valueCanonical") or extension.get("valueUri") or ""
                yield f"{NAMED_SET}|{named.split('|')[0]}"
