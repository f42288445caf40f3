"""From tables to rows of a kind: every cell checked, every refused row with its place and its reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from zhikong.foundation.organisation.importing import cells, headers, words
from zhikong.foundation.organisation.importing.cells import Unclear
from zhikong.foundation.organisation.importing.shapes import Row
from zhikong.foundation.organisation.importing.tables import Table

FOOTERS = ("合计", "总计", "共计", "制表", "审核", "填表", "备注", "说明", "注")
Get = Callable[[str], str]


@dataclass
class Parsed:
    """The rows that can be taken, those that cannot with the reason, and how the columns were understood."""

    kind: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    private: list[str] = field(default_factory=list)
    sheets_left_out: list[str] = field(default_factory=list)

    def notes(self) -> Row:
        """What is kept beside the rows."""
        return {
            "columns": self.columns,
            "unread": self.unread,
            "private": self.private,
            "sheets_left_out": self.sheets_left_out,
            "problems": self.problems,
        }


def parse(tables: list[Table], kind: str) -> Parsed:
    """Every table that has the heading of this kind of list. Raises FileRefused when none has."""
    made = Parsed(kind)
    several = len(tables) > 1
    for table in tables:
        heading = headers.find(table, kind)
        if heading is None:
            made.sheets_left_out += [table.name] if any(map(any, table.rows)) else []
            continue
        made.columns |= {f: heading.read[f] for f in heading.read if f not in made.columns}
        made.unread += [one for one in heading.unread if one not in made.unread]
        made.private += [one for one in heading.private if one not in made.private]
        _take(made, table, heading, f"{table.name} " if several else "")
    if not made.columns:
        raise headers.refusal(tables, kind)
    return made


def _take(made: Parsed, table: Table, heading: headers.Heading, place: str) -> None:
    for index, cells_of_row, get in _lines(table, heading):
        row = f"{place}第 {index + 1} 行"
        if _no_row(made.kind, cells_of_row, get):
            continue
        try:
            read = READERS[made.kind](get, table.name, heading)
        except Unclear as problem:
            who = cells.text(get("name") or get("number") or get("body"))[:20]
            made.problems.append({"row": row, "who": who, "reason": str(problem)})
        else:
            made.rows.append({"row": row, **read})


def _lines(table: Table, heading: headers.Heading) -> Iterator[tuple[int, list[str], Get]]:
    for index, row in enumerate(table.rows[heading.below :], start=heading.below):

        def get(name: str, row=row) -> str:
            column = heading.fields.get(name, len(row))
            return row[column] if column < len(row) else ""

        yield index, row, get


def _no_row(kind: str, row: list[str], get: Get) -> bool:
    """Empty lines, sums and signatures below a list, and the heading printed again."""
    filled = [cell for cell in row if cell]
    if not filled:
        return True
    first = filled[0].replace(" ", "").replace("\u3000", "")
    if len(set(filled)) <= 3 and first.startswith(FOOTERS):
        return True
    main = "name" if kind != "committees" else "body"
    return words.columns(kind).get(cells.plain(get(main))) == main


def _department(get: Get, _sheet: str, heading: headers.Heading) -> Row:
    name = cells.text(get("name")).replace(" ", "")
    if not name or len(name) > 80:
        raise Unclear("科室名称为空" if not name else "科室名称超过 80 个字")
    if name.startswith(("=", "@", "#")):
        raise Unclear(f"科室名称“{name[:20]}”是公式或错误值")
    said, kind = cells.text(get("kind")), words.department_kind(get("kind"))
    if said and not kind:
        raise Unclear(f"类别“{said[:20]}”应为临床、医技、职能或病区")
    code = cells.text(get("code")).replace(" ", "")
    if len(code) > 32 or code.startswith(("=", "@", "#")):
        raise Unclear(f"科室代码“{code[:20]}”应为 32 个字以内")
    return {
        "code": code,
        "name": name,
        "kind": kind,
        "parent": cells.text(get("parent")).replace(" ", ""),
        "beds": cells.whole(get("beds"), "床位") if "beds" in heading.fields else None,
        "aliases": [one for one in cells.names(get("aliases")) if one != name and len(one) <= 80],
        "sort_key": cells.text(get("sort_key"))[:80].lower(),
        "since": _iso(cells.day(get("since"), "成立日期")),
    }


def _person(get: Get, sheet: str, heading: headers.Heading) -> Row:
    """A sheet without a column of departments is named after its department."""
    title, post = cells.text(get("title"))[:40], cells.text(get("post"))
    job = words.profession(cells.text(get("profession")), title, post)
    department = get("department") if "department" in heading.fields else sheet
    post_since, hired_on = cells.day(get("post_since"), "任职日期"), cells.day(get("hired_on"), "入职日期")
    left_on = cells.day(get("left_on"), "离职日期")
    if left_on and (began := post_since or hired_on) and left_on <= began:
        raise Unclear(f"离职日期 {left_on} 早于任职或入职日期 {began}")
    return {
        "number": cells.number(get("number")),
        "name": cells.name(get("name")),
        "department": cells.text(department).replace(" ", ""),
        "profession": job,
        "title": title,
        "posts": words.posts(post, job),
        "post_since": _iso(post_since),
        "hired_on": _iso(hired_on),
        "left_on": _iso(left_on),
        "qualified_on": _iso(cells.day(get("qualified_on"), "执业资格取得日期")),
        "phone": cells.phone(get("phone")),
    }


def _seat(get: Get, _sheet: str, _heading: headers.Heading) -> Row:
    body = cells.text(get("body")).replace(" ", "")
    if not body or len(body) > 80:
        raise Unclear("组织名称为空" if not body else "组织名称超过 80 个字")
    said = cells.text(get("seat"))
    if not (seat := words.seat(said)):
        raise Unclear(f"职务“{said[:20]}”应为主任委员（组长）、副主任委员（副组长）、秘书或委员（成员）")
    number = cells.number(get("number")) if get("number").strip() else ""
    return {
        "body": body,
        "kind": words.body_kind(cells.text(get("kind")), body),
        "department": cells.text(get("department")).replace(" ", ""),
        "number": number,
        "name": cells.name(get("name")) if get("name").strip() or not number else "",
        "seat": seat,
        "cycle": _cycle(get("cycle")),
        "since": _iso(cells.day(get("since"), "起始日期")),
    }


def _cycle(said: str) -> int:
    """Months between meetings; 0 when the list does not say it."""
    known = {
        "每月": 1,
        "月": 1,
        "每季": 3,
        "每季度": 3,
        "季度": 3,
        "季": 3,
        "每半年": 6,
        "半年": 6,
        "每年": 12,
        "年": 12,
    }
    found = cells.text(said).removesuffix("一次").removesuffix("1次")
    months = known.get(found) or cells.whole(found, "会议周期")
    if months > 24:
        raise Unclear(f"会议周期 {months} 个月过长，应不超过 24 个月")
    return months


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


READERS: dict[str, Callable[[Get, str, headers.Heading], Row]] = {
    "departments": _department,
    "staff": _person,
    "committees": _seat,
}
