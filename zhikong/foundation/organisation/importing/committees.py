"""Committees and QC groups, one row per seat, against what is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from zhikong.foundation.organisation.importing import deciding
from zhikong.foundation.organisation.importing.known import Group, Known, World
from zhikong.foundation.organisation.importing.shapes import Line, Proposal, Row
from zhikong.foundation.organisation.importing.staff import POSTS
from zhikong.foundation.organisation.rules import GroupMember, committee_problems, group_problems

SEATS = {"chair": "主任委员（组长）", "deputy": "副主任委员（副组长）", "secretary": "秘书", "member": "委员（成员）"}  # fmt: skip
KINDS = {
    "qc_group": "科室质控小组", "quality_committee": "医疗质量管理委员会", "record_committee": "病案管理委员会",
    "pharmacy_committee": "药事管理委员会", "infection_committee": "医院感染管理委员会",
    "transfusion_committee": "输血管理委员会", "safety_committee": "医疗安全管理委员会",
}  # fmt: skip
OF_GROUP = re.compile(
    r"(科室)?(医疗)?(质量)?(与|和)?(安全)?(质控|质量控制|质量管理|管理|控制)?(工作)?(小组|组)$"
)
GROUP_SIZE = (3, 5)  # ORG-06
COMMITTEE_SIZE = (3, 99)


def compare(rows: Iterable[Row], world: World, *, decisions: Row) -> Proposal:
    """Each body with its members as listed; a body with a doubt is held as a whole."""
    made, resolved = Proposal("committees"), deciding.Departments(world, decisions)
    bodies: dict[str, list[Row]] = {}
    for row in rows:
        bodies.setdefault(row["body"], []).append(row)
    by_name: dict[str, list[Known]] = {}
    for person in world.people.values():
        by_name.setdefault(person.name, []).append(person)
    listed = [_body(made, name, seats, world, resolved, by_name, decisions) for name, seats in bodies.items()]
    made.unknown = resolved.unknown()
    _missing(made, world, {group.id for group in listed if group}, decisions)
    return made


def _body(made, name, rows, world, resolved, by_name, decisions) -> Group | None:
    kind = next((row["kind"] for row in rows if row["kind"]), "")
    if not kind:
        why = "看不出是哪一类组织，请在“类别”列写明，例如病案管理委员会、科室质控小组"
        made.held.append(Line(name, rows[0]["row"], name, why))
        return None
    place = _place(name, rows, resolved) if kind == "qc_group" else None
    if kind == "qc_group" and place is None:
        said = next((row["department"] for row in rows if row["department"]), OF_GROUP.sub("", name))
        made.held.append(Line(name, rows[0]["row"], name, resolved.reason(said)))
        return _registered(name, kind, None, world)
    group = _registered(name, kind, place, world)
    seats, refused = _seats(rows, world, by_name)
    if refused:
        made.held += [Line(name, row["row"], f"{name} {row['name'] or row['number']}", why) for row, why in refused]  # fmt: skip
        return group
    problems = _problems(kind, place, seats, world)
    if problems and name not in decisions.get("accept", ()):
        made.held.append(Line(f"accept:{name}", rows[0]["row"], name, "；".join(problems)))
        return group
    _propose(made, name, kind, place, rows, seats, group, world)
    return group


def _place(name: str, rows: list[Row], resolved: deciding.Departments) -> int | None:
    """A group's department: from its column, else from its name."""
    said = next((row["department"] for row in rows if row["department"]), "")
    return resolved.find(said or OF_GROUP.sub("", name))


def _registered(name: str, kind: str, place: int | None, world: World) -> Group | None:
    """The body as known: a department has one QC group, a committee goes by its name."""
    return next(
        (
            g
            for g in world.groups
            if (g.kind == "qc_group") == (kind == "qc_group")
            and (g.name == name or (place is not None and g.department == place))
        ),
        None,
    )


def _seats(rows: list[Row], world: World, by_name) -> tuple[dict[str, str], list[tuple[Row, str]]]:
    """(staff number → seat, rows whose person is not clear with the reason)."""
    seats: dict[str, str] = {}
    refused: list[tuple[Row, str]] = []
    for row in rows:
        person, why = _who(row, world, by_name)
        if person is None:
            refused.append((row, why))
        elif seats.get(person.number, row["seat"]) != row["seat"]:
            refused.append((row, f"{person.name} 在同一组织里有两个职务"))
        else:
            seats[person.number] = row["seat"]
    if [seat for seat in seats.values()].count("chair") > 1:
        refused.append((rows[0], "有两位以上主任委员（组长），第一责任人只能有一位"))
    return seats, refused


def _who(row: Row, world: World, by_name: dict[str, list[Known]]) -> tuple[Known | None, str]:
    if row["number"]:
        person = world.people.get(row["number"])
        if person is None:
            return None, f"没有工号 {row['number']}，请先导入人员"
        if row["name"] and person.name != row["name"]:
            return None, f"工号 {row['number']} 是 {person.name}，表里是 {row['name']}"
        return person, ""
    found = by_name.get(row["name"], [])
    if len(found) > 1:
        said = "、".join(f"{p.number}（{world.named(p.posts[0].department) if p.posts else '无岗位'}）" for p in found[:4])  # fmt: skip
        return None, f"有 {len(found)} 位 {row['name']}：{said}，请在表里加工号"
    return (found[0], "") if found else (None, f"没有登记过 {row['name']}，请先导入人员")


def _problems(kind: str, place: int | None, seats: dict[str, str], world: World) -> list[str]:
    """By the rules that the product also watches afterwards (ORG-03, 06, 09)."""
    if kind != "qc_group":
        return committee_problems(seats.values(), size_min=COMMITTEE_SIZE[0])
    people = [(world.people[number], seat) for number, seat in seats.items()]
    members = [GroupMember(p.id, p.name, seat, _best(p, place)) for p, seat in people]
    clinical = place is not None and world.places[place].kind == "clinical"
    least, most = GROUP_SIZE
    return group_problems(members, size_min=least, size_max=most, needs_head_nurse=clinical)


def _best(person: Known, place: int | None) -> str:
    order = list(POSTS)
    return min((p.post for p in person.posts if p.department == place), key=order.index, default="")


def _propose(made, name, kind, place, rows, seats, group: Group | None, world: World) -> None:
    people = {world.people[number].id: seat for number, seat in seats.items()}
    data: dict[str, Any] = {
        "id": group.id if group else None,
        "kind": kind,
        "name": name,
        "department": place,
        "cycle": next((row["cycle"] for row in rows if row["cycle"]), 0),
        "since": min((row["since"] for row in rows if row["since"]), default=""),
        "seats": {str(pk): seat for pk, seat in people.items()},
    }
    said = "、".join(f"{world.people[n].name}（{SEATS[s]}）" for n, s in seats.items())
    line = Line(name, rows[0]["row"], name, f"{KINDS[kind]}，{len(seats)} 人：{said}", data)
    if group is None:
        made.new.append(line)
    elif group.seats == people and group.name == name and data["cycle"] in (0, group.cycle):
        made.same += 1
    else:
        made.changed.append(line)


def _missing(made: Proposal, world: World, listed: set[int], decisions: Row) -> None:
    """Bodies that the list does not name; only when it names any."""
    left = set(decisions.get("left", ()))
    for group in world.groups:
        if group.id not in listed:
            line = Line(f"body:{group.id}", "", group.name, f"{KINDS[group.kind]}，{len(group.seats)} 人", {"id": group.id})  # fmt: skip
            (made.leaving if line.key in left else made.missing).append(line)
