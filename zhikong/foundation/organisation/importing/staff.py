"""A list of staff against what is known: who is new, who changed, who is missing, and what somebody must decide. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhikong.foundation.organisation.importing import deciding
from zhikong.foundation.organisation.importing.known import Known, Post, World
from zhikong.foundation.organisation.importing.shapes import Line, Proposal, Row

BASE = frozenset({"physician", "nurse", "technician", "pharmacist", "officer"})
OWN = frozenset({"qc_officer"})
"""Posts that a hospital gives here and its list of staff does not know: kept while the person stays in the department."""
POSTS = {
    "president": "院长", "deputy_director": "分管院长", "department_head": "科主任", "deputy_head": "科副主任",
    "head_nurse": "护士长", "qc_officer": "质控员", "physician": "医师", "nurse": "护士", "technician": "技师",
    "pharmacist": "药师", "officer": "职能科员",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A post that the list gives to a person."""

    department: int
    post: str
    title: str
    since: str  # from when he holds it, '' when the list does not say it
    hired: str = ""  # for whom nothing is known yet: since when he is here
    until: str = ""


def compare(
    rows: Iterable[Row], world: World, *, on: date, decisions: Row, columns: Iterable[str]
) -> Proposal:
    """columns: fields that the list has; a change is seen only where it says something."""
    made = Proposal("staff")
    given, resolved = frozenset(columns), deciding.Departments(world, decisions)
    by_number: dict[str, list[Row]] = {}
    for row in rows:
        by_number.setdefault(row["number"], []).append(row)
    padded = {number.lstrip("0"): number for number in world.people}
    for number, of_person in by_number.items():
        if len(names := list(dict.fromkeys(row["name"] for row in of_person))) > 1:
            _hold(made, of_person, f"工号 {number} 在表里属于 {'、'.join(names[:3])}，一个工号只能有一个人")
        elif (stored := padded.get(number.lstrip("0"))) and stored != number and number not in world.people:
            _hold(made, of_person, f"系统里有工号 {stored}；Excel 可能丢了前面的 0，请把工号列设为文本")
        else:
            _person(made, of_person, world, resolved, on, given, decisions)
    made.unknown = resolved.unknown()
    _missing(made, world, set(by_number), decisions)
    return made


def _hold(made: Proposal, rows: Iterable[Row], why: str) -> None:
    made.held += [Line(r["number"], r["row"], f"{r['name']}（{r['number']}）", why) for r in rows]


def _person(made, rows, world: World, resolved, on: date, given: frozenset[str], decisions: Row) -> None:
    number, name = rows[0]["number"], rows[0]["name"]
    known = world.people.get(number)
    if known and known.name != name and number not in decisions.get("renames", ()):
        why = f"工号 {number} 现在是 {known.name}，表里是 {name}：同一个人改名，还是工号写错？"
        made.held.append(Line(f"rename:{number}", rows[0]["row"], f"{name}（{number}）", why))
        return
    places = [resolved.find(row["department"]) for row in rows]
    if any(place is None for place in places):
        bad = [row for row, place in zip(rows, places, strict=True) if place is None]
        _hold(made, bad, resolved.reason(bad[0]["department"]))
        return
    wanted, twice = _wanted(rows, places, on)
    made.skipped += [
        Line(number, row["row"], f"{name}（{number}）", "与前面的行重复，只导入一次") for row in twice
    ]
    if known is None:
        _new(made, rows, wanted, world)
    else:
        _changed(made, rows, known, wanted, world, given)


def _wanted(rows: list[Row], places: list[int], on: date) -> tuple[list[Wanted], list[Row]]:
    """The posts of all rows of a person that have not ended; rows that say nothing new."""
    found: dict[tuple[int, str], Wanted] = {}
    twice = []
    for row, place in zip(rows, places, strict=True):
        fresh = [post for post in row["posts"] if (place, post) not in found]
        if not fresh:
            twice.append(row)
        for post in fresh:
            if not row["left_on"] or row["left_on"] > on.isoformat():
                found[place, post] = Wanted(
                    place, post, row["title"], row["post_since"], row["hired_on"], row["left_on"]
                )
    return list(found.values()), twice


def _new(made: Proposal, rows: list[Row], wanted: list[Wanted], world: World) -> None:
    first = rows[0]
    who = f"{first['name']}（{first['number']}）"
    if not wanted:
        left = first["left_on"]
        made.skipped.append(Line(first["number"], first["row"], who, f"已于 {left} 离职，不登记"))
        return
    data = {"person": _fields(first), "begin": [_begins(one, one.since or one.hired) for one in wanted]}
    made.new.append(
        Line(first["number"], first["row"], who, "；".join(_said(one, world) for one in wanted), data)
    )


def _begins(one: Wanted, since: str) -> Row:
    """What is written of a post. Whoever moves began there when he moved, not when he was hired."""
    return {
        "department": one.department,
        "post": one.post,
        "title": one.title,
        "since": since,
        "until": one.until,
    }


def _fields(row: Row) -> Row:
    return {key: row[key] for key in ("number", "name", "profession", "phone", "qualified_on")}


def _said(one: Wanted | Post, world: World) -> str:
    title = f"，{one.title}" if one.title else ""
    return f"{world.named(one.department)} {POSTS[one.post]}{title}"


def _changed(made, rows, known: Known, wanted: list[Wanted], world: World, given: frozenset[str]) -> None:
    fields = _fields_changed(rows[0], known, given)
    begin, end, retitle = _posts_changed(known, wanted, given)
    said = [f"{FIELDS[key]}：{old or '—'} → {new}" for key, (old, new) in fields.items()]
    said += [f"新任 {_said(one, world)}" for one in begin]
    said += [f"不再任 {_said(post, world)}" for post in end]
    said += [f"职称：{post.title or '—'} → {title}" for post, title in retitle]
    if not said:
        made.same += 1
        return
    data = {
        "id": known.id,
        "set": {key: new for key, (_old, new) in fields.items()},
        "begin": [_begins(one, one.since) for one in begin],
        "end": [post.id for post in end],
        "retitle": [[post.id, title] for post, title in retitle],
        "ends_on": rows[0]["left_on"] or min((one.since for one in begin if one.since), default=""),
    }
    made.changed.append(
        Line(known.number, rows[0]["row"], f"{rows[0]['name']}（{known.number}）", "；".join(said), data)
    )


FIELDS = {"name": "姓名", "profession": "职类", "phone": "电话", "qualified_on": "执业资格"}
WORDS = {"doctor": "医师", "nurse": "护士", "technician": "技师", "pharmacist": "药师", "manager": "管理"}


def _fields_changed(row: Row, known: Known, given: frozenset[str]) -> dict[str, tuple[str, str]]:
    """Only what the list says: an empty cell takes nothing away."""
    asked = ["name", *(key for key in ("phone", "qualified_on") if key in given)]
    asked += ["profession"] if given & {"profession", "title"} else []
    return {
        key: (getattr(known, key), row[key]) for key in asked if row[key] and row[key] != getattr(known, key)
    }


def _posts_changed(known: Known, wanted: list[Wanted], given: frozenset[str]):
    """(posts that begin, posts that end, posts whose title changes)."""
    held = {(post.department, post.post): post for post in known.posts}
    asked = {(one.department, one.post): one for one in wanted}
    departments = {one.department for one in wanted}
    begin = [one for key, one in asked.items() if key not in held and not _covered(one, held, given)]
    end = [
        post for key, post in held.items() if key not in asked and not _stays(post, departments, begin, given)
    ]
    retitle = [
        (post, one.title)
        for key, one in asked.items()
        if (post := held.get(key)) and "title" in given and one.title and one.title != post.title
    ]
    return begin, end, retitle


def _covered(one: Wanted, held: dict, given: frozenset[str]) -> bool:
    """A plain post adds nothing to a leading one in the same department, where the list does not speak of posts."""
    leading = any(place == one.department and post not in BASE for place, post in held)
    return leading and one.post in BASE and "post" not in given


def _stays(post: Post, departments: set[int], begin: list[Wanted], given: frozenset[str]) -> bool:
    if post.department not in departments:
        return False
    if post.post in OWN:
        return True
    if post.post in BASE:  # replaced by another post in the same department, never merely unsaid
        return not any(one.department == post.department for one in begin)
    return "post" not in given


def _missing(made: Proposal, world: World, listed: set[str], decisions: Row) -> None:
    left = set(decisions.get("left", ()))
    for number, known in sorted(world.people.items()):
        if number in listed or not known.posts:
            continue
        said = "；".join(_said(post, world) for post in known.posts)
        data = {"end": [post.id for post in known.posts]}
        line = Line(number, "", f"{known.name}（{number}）", said, data)
        (made.leaving if number in left else made.missing).append(line)
