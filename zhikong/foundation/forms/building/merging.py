"""Two people at one draft: what each changed is put together, and what cannot be is named, never dropped silently.

A form is looked at as a sequence of tokens (a section, then its items, the next section …) and the fields that each
token holds. Fields are merged one by one; the order is merged as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from zhikong.foundation.forms.building.documents import Data

Token = tuple[Literal["form", "section", "item"], str]
FORM: Token = ("form", "")
ORDER = "(order)"
WHOLE = "(whole)"


@dataclass(frozen=True)
class Conflict:
    """Both changed the same thing. What stands afterwards is always the other person's (`theirs`).

    field: the name of the field, or ORDER (both moved things), or WHOLE (one deleted what the other changed).
    """

    token: Token
    field: str
    mine: Any = None
    theirs: Any = None


def sequence(data: Data) -> list[Token]:
    found: list[Token] = []
    for section in data["sections"]:
        found.append(("section", str(section.get("id"))))
        found.extend(("item", str(item.get("id"))) for item in section["items"])
    return found


def holders(data: Data) -> dict[Token, Data]:
    """The fields of the form itself, of each section and of each item, without what they contain."""
    found: dict[Token, Data] = {FORM: {k: v for k, v in data.items() if k != "sections"}}
    for section in data["sections"]:
        found["section", str(section.get("id"))] = {k: v for k, v in section.items() if k != "items"}
        for item in section["items"]:
            found["item", str(item.get("id"))] = item
    return found


def assemble(order: Iterable[Token], fields: dict[Token, Data]) -> Data:
    """The data of a form from its tokens and their fields; the first token must be a section."""
    data: Data = {**deepcopy(fields[FORM]), "sections": []}
    for token in order:
        values = deepcopy(fields[token])
        if token[0] == "section":
            data["sections"].append({**values, "items": []})
        else:
            data["sections"][-1]["items"].append(values)
    return data


def merge(base: Data, mine: Data, theirs: Data) -> tuple[Data, list[Conflict]]:
    """`theirs` with what changed from `base` to `mine` put in; and what could not be put in."""
    if theirs == base:
        return mine, []
    old, own, other = holders(base), holders(mine), holders(theirs)
    conflicts: list[Conflict] = []
    fields: dict[Token, Data] = {}
    for token in dict.fromkeys([*other, *own]):
        kept = _holder(token, old.get(token), own.get(token), other.get(token), conflicts)
        if kept is not None:
            fields[token] = kept
    _keep_homes(sequence(theirs), other, fields, conflicts)
    order = _order(sequence(base), sequence(mine), sequence(theirs), set(fields), conflicts)
    return assemble(order, fields), conflicts


def _holder(token: Token, old, own, other, conflicts: list[Conflict]) -> Data | None:
    """The merged fields of one token, or None when it is gone."""
    if old is None:
        return other if own is None or other is not None else own
    if own is None and other is None:
        return None
    if own is None:  # I deleted it
        if other == old:
            return None
        conflicts.append(Conflict(token, WHOLE, None, other))
        return other
    if other is None:  # the other person deleted it
        if own != old:
            conflicts.append(Conflict(token, WHOLE, own, None))
        return None
    return _fields(token, old, own, other, conflicts)


def _fields(token: Token, old: Data, own: Data, other: Data, conflicts: list[Conflict]) -> Data:
    found = dict(other)
    for key in dict.fromkeys([*own, *old]):
        mine, theirs, before = own.get(key), other.get(key), old.get(key)
        if mine in (before, theirs):
            continue
        if theirs != before:
            conflicts.append(Conflict(token, key, mine, theirs))
        elif mine is None:
            found.pop(key, None)
        else:
            found[key] = mine
    return found


def _keep_homes(theirs: list[Token], other: dict[Token, Data], fields, conflicts: list[Conflict]) -> None:
    """A section that I deleted stays while an item of the other person's still lives in it."""
    home: Token | None = None
    for token in theirs:
        if token[0] == "section":
            home = token
        elif home is not None and token in fields and home not in fields:
            fields[home] = other[home]
            conflicts.append(Conflict(home, WHOLE, None, other[home]))


def _order(base, mine, theirs, present: set[Token], conflicts: list[Conflict]) -> list[Token]:
    common = set(base) & set(mine) & set(theirs)
    before, own, other = ([t for t in row if t in common] for row in (base, mine, theirs))
    lead, follow = (theirs, mine)
    if other == before and own != before:
        lead, follow = mine, theirs
    elif own not in (before, other):
        conflicts.append(Conflict(FORM, ORDER))
    order = [t for t in lead if t in present]
    for token in follow:
        if token in present and token not in order:
            order.insert(_after(token, follow, order), token)
    return order


def _after(token: Token, row: list[Token], order: list[Token]) -> int:
    """Where a token of the other sequence belongs: behind its nearest predecessor that is here."""
    for previous in reversed(row[: row.index(token)]):
        if previous in order:
            return order.index(previous) + 1
    return 0 if token[0] == "section" else 1
