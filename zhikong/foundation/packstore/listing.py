"""What the pages of the pack store list: definitions with their place on the way, changes in words, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.packstore import comparing, kinds, labels, queries, rules, shelf
from zhikong.foundation.packstore.models import Upgrade, Version
from zhikong.foundation.packstore.rules import HOSPITAL, State


@dataclass
class Line:
    """One definition of the list."""

    kind: kinds.Kind
    id: str
    title: str
    origin: str = ""
    version: int | None = None
    since: date | None = None
    broken: str = ""
    open: Version | None = None
    coming: Version | None = None
    upgrade: Upgrade | None = None
    own: bool = field(default=False)


def lines(*, on: date, kind: str = "", q: str = "", show: str = "") -> list[Line]:
    """The definitions of all kinds or one, by kind and title."""
    chosen = [k for k in kinds.all() if not kind or k.code == kind]
    known = _by_definition(Version.objects.filter(state__in=(*rules.OPEN, State.PUBLISHED)))
    changed = {(u.version.kind, u.version.definition_id): u for u in queries.open_upgrades()}
    found = [line for k in chosen for line in _of_kind(k, known, changed, on, q.strip().lower())]
    return sorted((x for x in found if _matches(x, q.strip(), show)), key=lambda x: (x.kind.code, x.title))


def _by_definition(versions: Iterable[Version]) -> Mapping[tuple[str, str], list[Version]]:
    found: dict[tuple[str, str], list[Version]] = {}
    for version in versions:
        found.setdefault((version.kind, version.definition_id), []).append(version)
    return found


def _of_kind(kind: kinds.Kind, known, changed, on: date, q: str) -> Iterable[Line]:
    """A search reads only what can fit: reading all thousand definitions takes seconds in a new process."""
    own = {name for code, name in known if code == kind.code}
    samples = queries.sees_samples()
    fitting = {
        name
        for name in shelf.ids(kind.code, samples=samples)
        if shelf.may_say(kind.code, name, q, samples=samples)
    }
    for name in sorted(own | fitting):
        line = _in_force(kind, name, on)
        versions = known.get((kind.code, name), [])
        line.open = next((v for v in versions if v.is_open), None)
        line.coming = next(
            (v for v in versions if v.state == State.PUBLISHED and v.effective_from > on), None
        )
        line.upgrade = changed.get((kind.code, name))
        line.own = bool(versions)
        if line.version is None and not line.broken:
            line.title = versions[0].title if versions else name
        yield line


def _in_force(kind: kinds.Kind, name: str, on: date) -> Line:
    try:
        found = queries.resolve(kind.code, name, on=on)
    except queries.Broken as problem:
        return Line(kind, name, name, broken=str(problem))
    if found is None:
        return Line(kind, name, name)
    origin = "" if found.origin == HOSPITAL else shelf.pack_name(found.origin)
    return Line(kind, name, found.title, origin, found.version, found.effective_from)


def _matches(line: Line, q: str, show: str) -> bool:
    wanted = {"": True, "own": line.own, "open": line.open is not None, "upgrade": line.upgrade is not None}
    return wanted.get(show, True) and (not q or q.lower() in f"{line.title} {line.id}".lower())


def history(kind: str, definition_id: str) -> list[Version]:
    """Every version of a definition that the hospital wrote, the newest first."""
    found = Version.objects.filter(kind=kind, definition_id=definition_id)
    return list(
        found.select_related("author", "reviewed_by", "published_by", "changed_by").order_by("-number")
    )


def waiting(user: User) -> tuple[list[Version], list[Version], list[Upgrade]]:
    """What waits for a person: versions to review, reviewed ones of their own to publish, comparisons."""
    moving = Version.objects.filter(state__in=(State.SUBMITTED, State.REVIEWED)).order_by("submitted_at")
    wrote = {v.pk: user.pk in (v.author_id, *v.editors) for v in moving}
    reviews = [v for v in moving if v.state == State.SUBMITTED and not wrote[v.pk]]
    ready = [v for v in moving if v.state == State.REVIEWED and wrote[v.pk]]
    mine = can(user, Permission.REVIEW_DEFINITIONS)
    return (reviews if mine else []), ready, list(queries.open_upgrades()[:5])


@dataclass(frozen=True)
class Change:
    """One field that differs, in words."""

    name: str
    label: str
    values: tuple[str, ...]
    default: str = ""
    conflict: bool = False


def changes(old: str, new: str) -> list[Change]:
    """What a text changes in another one, field by field; empty when either cannot be read."""
    try:
        before, after = comparing.data_of(old), comparing.data_of(new)
    except ValueError:
        return []
    found = comparing.differences(before, before, after)
    return [_change(d, (d.ours, d.theirs), before, after) for d in found]


def three_way(upgrade: Upgrade) -> list[Change]:
    """The fields of a comparison: base, ours, theirs, and which side stands when nobody chooses."""
    three = queries.three_texts(upgrade)
    base, ours, theirs = (comparing.data_of(t) for t in (three.base, three.ours, three.theirs))
    found = comparing.differences(base, ours, theirs)
    return [_change(d, (d.base, d.ours, d.theirs), ours, theirs, base) for d in found]


def _change(found: comparing.Difference, values: Sequence[Any], *sides: Any) -> Change:
    words = tuple(_order(v) if found.path[-1] == comparing.ORDER else comparing.shown(v) for v in values)
    return Change(found.name, labels.label(found.path, *sides), words, found.default or "", found.conflict)


def _order(keys: Any) -> str:
    return "、".join(str(key) for key in keys)
