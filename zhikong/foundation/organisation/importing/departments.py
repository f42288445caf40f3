"""A list of departments against what is known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zhikong.foundation.organisation.importing import words
from zhikong.foundation.organisation.importing.known import Place, World
from zhikong.foundation.organisation.importing.shapes import Line, Proposal, Row

KINDS = {"clinical": "临床科室", "medtech": "医技科室", "functional": "职能部门", "ward": "病区"}
LABELS = {"name": "名称", "kind": "类别", "beds": "床位", "parent": "上级科室"}


def compare(rows: Iterable[Row], world: World, *, decisions: Row, columns: Iterable[str]) -> Proposal:
    """What a list of departments would change. columns: fields that the list has."""
    made, listed, given = Proposal("departments"), list(rows), frozenset(columns)
    names = Counter(row["name"] for row in listed)
    codes = Counter(row["code"] for row in listed if row["code"])
    matched: dict[int, Row] = {}
    fresh: list[Row] = []
    for row in listed:
        if why := _refused(row, names, codes, world):
            made.held.append(_line(row, why))
        elif (place := _match(row, world)) is None:
            fresh.append(row)
        elif place.id in matched:
            made.skipped.append(_line(row, f"与{matched[place.id]['row']}是同一个科室，只导入一次"))
        else:
            matched[place.id] = row
    _open(made, fresh, matched, world)
    for pk, row in matched.items():
        _change(made, world.places[pk], row, world, given, fresh)
    _missing(made, world, set(matched), decisions)
    return made


def _line(row: Row, what: str, data: Row | None = None) -> Line:
    return Line(row["code"] or row["name"], row["row"], row["name"], what, data or {})


def _refused(row: Row, names: Counter[str], codes: Counter[str], world: World) -> str:
    if row["code"] and codes[row["code"]] > 1:
        return f"科室代码 {row['code']} 在表里出现 {codes[row['code']]} 次，代码只能属于一个科室"
    if names[row["name"]] > 1:
        return f"科室名称“{row['name']}”在表里出现 {names[row['name']]} 次"
    if row["code"] in world.ended:
        return f"代码 {row['code']} 属于已撤销的科室，不再给另一个"
    same = next((p for p in world.places.values() if p.name == row["name"]), None)
    if row["code"] and same and same.code != row["code"]:
        return f"“{row['name']}”已有代码 {same.code}，表里是 {row['code']}；请改成同一个代码"
    if row["parent"] and row["parent"] in (row["name"], row["code"]):
        return "上级科室是它自己"
    return ""


def _match(row: Row, world: World) -> Place | None:
    """By code; without a code by name or alias."""
    if row["code"]:
        return next((p for p in world.places.values() if p.code == row["code"]), None)
    return world.places.get(world.words.get(row["name"], 0))


def _open(made: Proposal, fresh: list[Row], matched: dict[int, Row], world: World) -> None:
    """New departments; a parent stands before its wards."""
    known = set(world.words) | {row["name"] for row in (*fresh, *matched.values())}
    known |= {row["code"] for row in fresh if row["code"]}
    taken = {place.function for place in world.places.values() if place.function}
    numbers = _numbers({p.code for p in world.places.values()} | set(world.ended))
    names = {p.name for p in world.places.values() if p.kind != "ward"} | {row["name"] for row in fresh}
    ordered, circle = _parents_first([_with_parent(row, names) for row in fresh])
    made.held += [_line(row, "上级科室互为上下级，没有最上一级") for row in circle]
    for row in ordered:
        kind = row["kind"] or words.kind_by_name(row["name"])
        if row["parent"] and row["parent"] not in known:
            made.held.append(_line(row, f"上级科室“{row['parent']}”既不在表里，也没有登记"))
            continue
        duty = words.function_by_name((row["name"], *row["aliases"])) if kind != "ward" else ""
        duty = "" if duty in taken else duty
        taken.add(duty)
        data = {**row, "kind": kind, "code": row["code"] or next(numbers), "function": duty}
        made.new.append(_line(row, _described(data, guessed=not row["kind"]), data))


def _with_parent(row: Row, names: set[str]) -> Row:
    """A ward whose list does not say where it belongs goes to the department with which its name begins."""
    kind = row["kind"] or words.kind_by_name(row["name"])
    if kind != "ward" or row["parent"]:
        return row
    above = [name for name in names if name != row["name"] and row["name"].startswith(name)]
    return {**row, "parent": max(above, key=len, default="")}


def _numbers(used: set[str]):
    """Codes for a list without any: K001, K002, …"""
    number = 0
    while True:
        number += 1
        if f"K{number:03}" not in used:
            yield f"K{number:03}"


def _parents_first(fresh: list[Row]) -> tuple[list[Row], list[Row]]:
    """(rows in an order in which each parent is made before its children, rows that stand in a circle)."""
    waiting, ordered, done = list(fresh), [], set()
    own = {word for row in fresh for word in (row["name"], row["code"]) if word}
    while ready := [row for row in waiting if row["parent"] not in own or row["parent"] in done]:
        ordered += ready
        done |= {word for row in ready for word in (row["name"], row["code"])}
        waiting = [row for row in waiting if row not in ready]
    return ordered, waiting


def _described(data: Row, *, guessed: bool) -> str:
    said = [f"代码 {data['code']}", KINDS[data["kind"]] + ("（按名称推断）" if guessed else "")]
    said += [f"床位 {data['beds']}"] if data["beds"] else []
    said += [f"属于 {data['parent']}"] if data["parent"] else []
    said += [f"别名 {'、'.join(data['aliases'])}"] if data["aliases"] else []
    return "，".join(said)


def _change(made: Proposal, place: Place, row: Row, world: World, given: frozenset[str], fresh: list[Row]):
    parent, why = _parent(place, row, world, given, fresh)
    if why:
        made.held.append(_line(row, why))
        return
    changes: dict[str, tuple] = {}
    if row["code"] and row["name"] != place.name:
        changes["name"] = (place.name, row["name"])
    if row["kind"] and row["kind"] != place.kind:
        changes["kind"] = (KINDS[place.kind], KINDS[row["kind"]])
    if "beds" in given and row["beds"] is not None and row["beds"] != place.beds:
        changes["beds"] = (place.beds, row["beds"])
    if parent is not None and parent != place.parent_id:
        changes["parent"] = (world.named(place.parent_id), world.named(parent))
    aliases = [a for a in row["aliases"] if a not in world.words and a != place.name]
    taken = [a for a in row["aliases"] if world.words.get(a, place.id) != place.id]
    made.skipped += [_line(row, f"别名“{a}”已是 {world.named(world.words[a])}，没有重复登记") for a in taken]
    said = [f"{LABELS[key]}：{old} → {new}" for key, (old, new) in changes.items()]
    said += [f"新别名 {'、'.join(aliases)}"] if aliases else []
    if not said:
        made.same += 1
        return
    fields = {k: v for k, v in (("name", row["name"]), ("kind", row["kind"]), ("open_beds", row["beds"])) if k.removeprefix("open_") in changes}  # fmt: skip
    data = {
        "id": place.id,
        "set": fields,
        "parent_id": parent if "parent" in changes else None,
        "aliases": aliases,
    }
    made.changed.append(_line(row, "；".join(said), data))


def _parent(place: Place, row: Row, world: World, given: frozenset[str], fresh: list[Row]):
    """(the parent's id or None when the list leaves it as it is, why the row is held)."""
    if "parent" not in given or not row["parent"]:
        return None, ""
    found = world.words.get(row["parent"])
    if found == place.id:
        return None, "上级科室是它自己"
    if found is not None:
        return (None, "上级科室会成为自己的下级") if _below(found, place.id, world) else (found, "")
    if any(row["parent"] in (one["name"], one["code"]) for one in fresh):
        return None, f"上级科室“{row['parent']}”这次才新设，请再导入一次本表"
    return None, f"上级科室“{row['parent']}”既不在表里，也没有登记"


def _below(pk: int | None, above: int, world: World) -> bool:
    seen: set[int] = set()
    while pk is not None and pk not in seen:
        if pk == above:
            return True
        seen.add(pk)
        pk = world.places[pk].parent_id if pk in world.places else None
    return False


def _missing(made: Proposal, world: World, listed: set[int], decisions: Row) -> None:
    """Wards that the product knows and a list of departments usually does not name are no departments that ended."""
    left, kinds = set(decisions.get("left", ())), {world.places[pk].kind for pk in listed}
    for pk, place in sorted(world.places.items(), key=lambda one: one[1].code):
        if pk in listed or (place.kind == "ward" and "ward" not in kinds):
            continue
        line = Line(place.code, "", place.name, f"代码 {place.code}，{KINDS[place.kind]}", {"id": pk})
        (made.leaving if place.code in left else made.missing).append(line)
