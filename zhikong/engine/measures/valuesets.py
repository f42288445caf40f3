"""FHIR ValueSet resources (JSON) as sets of codings, by address, id, title and name in any case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.sets_scope import ValueSet
from zhikong.engine.tables.clinical_data import NAMED_SET

Raw = dict[str, dict[str, Any]]


class _Unlisted(Exception):
    """Why the codings of a value set are not known, in Chinese."""


def load_value_sets(folders: Sequence[Path]) -> tuple[dict[str, ValueSet], list[Problem]]:
    """Every ValueSet at or below the folders, under each of its names (case-folded), and the files that are no JSON.

    A value set whose codings are not listed is there with a `fault`: only who names it needs them.
    """
    problems: list[Problem] = []
    raw: Raw = {}
    for file in sorted({file for folder in folders for file in folder.rglob("*.json")}):
        for resource in _resources(file, problems):
            raw[str(resource.get("url") or resource.get("id") or file.stem)] = resource
    found: dict[str, ValueSet] = {}
    for url, resource in raw.items():
        one = _value_set(url, resource, raw)
        for name in _names(url, resource):
            same = found.get(name)
            if same is None or name == url.casefold():
                found[name] = one
            elif same.codes != one.codes and name != same.url.casefold():
                found[name] = ValueSet(
                    url, one.title, frozenset(), f"{same.url} 和 {url} 都叫这个名称，请写地址。"
                )
    return found, problems


def _value_set(url: str, resource: dict[str, Any], raw: Raw) -> ValueSet:
    title = str(resource.get("title") or resource.get("name") or url)
    try:
        return ValueSet(url, title, frozenset({f"{NAMED_SET}|{url}"} | _codes(url, raw, ())))
    except _Unlisted as error:
        return ValueSet(url, title, frozenset(), str(error))
    except (TypeError, KeyError, AttributeError):
        return ValueSet(url, title, frozenset(), "它的写法不合 FHIR 的 ValueSet。")


def _names(url: str, resource: dict[str, Any]) -> set[str]:
    names = {url, resource.get("id"), resource.get("title"), resource.get("name"), url.rsplit("/", 1)[-1]}
    return {name.casefold() for name in names if isinstance(name, str) and name}


def _resources(file: Path, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    try:
        content = orjson.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        problems.append(Problem(file, error.lineno, "不是完整的 JSON，无法读取。", "请重新导出这个值集。"))
        return
    entries = content.get("entry") if isinstance(content, dict) else None
    entries = entries if isinstance(entries, list) else []
    for one in (content, *(e.get("resource") for e in entries if isinstance(e, dict))):
        if isinstance(one, dict) and one.get("resourceType") == "ValueSet":
            yield one


def _codes(url: str, raw: Raw, above: tuple[str, ...]) -> set[str]:
    """The codings of a value set: its expansion where there is one, else what `compose` lists."""
    resource = raw[url]
    expansion = resource.get("expansion") or {}
    if expansion.get("contains"):
        return set(_contained(expansion["contains"]))
    compose = resource.get("compose") or {}
    codes: set[str] = set()
    for part in compose.get("include") or ():
        codes |= _listed(part, raw, (*above, url))
    for part in compose.get("exclude") or ():
        codes -= _listed(part, raw, (*above, url))
    return codes


def _contained(entries: list[dict[str, Any]]) -> Iterator[str]:
    for entry in entries:
        if "code" in entry and not entry.get("abstract"):
            yield f"{entry.get('system', '')}|{entry['code']}"
        yield from _contained(entry.get("contains") or [])


def _listed(part: dict[str, Any], raw: Raw, above: tuple[str, ...]) -> set[str]:
    """What one part of `compose` lists: its concepts and the value sets it names, all of which must hold a code."""
    concepts, others = part.get("concept"), part.get("valueSet") or []
    if part.get("filter"):
        raise _Unlisted("它用条件（filter）说明编码，没有逐个列出。")
    if part.get("system") and concepts is None and not others:
        raise _Unlisted(f"它包含整个编码系统 {part['system']}，没有逐个列出。")
    lists = [] if concepts is None else [{f"{part.get('system', '')}|{c['code']}" for c in concepts}]
    for other in others:
        url = str(other).split("|")[0]
        if url not in raw or url in above:
            raise _Unlisted(f"它引用的 {url} 不在这里。")
        lists.append(_codes(url, raw, above))
    return set.intersection(*lists) if lists else set()
