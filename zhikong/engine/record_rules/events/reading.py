"""packs/<pack>/events/*.yaml -> events, or everything that is wrong with them, in Chinese with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions.located import Key, Located, read
from zhikong.engine.definitions.nodes import CodeRange, Node, Ref
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.record_rules.events.model import Event, NoTime
from zhikong.engine.tables import TABLES, Type

Events = Mapping[str, Event]
Codes = Mapping[str, tuple[CodeRange, ...]]
FIELDS = {
    "id": "小写英文标识，规则用它称呼这件事",
    "title": "中文名称，写进提示和说明",
    "table": "哪张表：stays 或它的子表",
    "where": "表里的哪些行；不写表示全部",
    "at": "时间列；写成列表时取第一个有值的",
    "until": "结束时间列；写了就是一段状态，空着表示持续到出院",
    "no_time": "时间空着时：unknown 发生了但不知何时（默认），undone 视为没有完成（草稿、未签名）",
    "by": "完成者工号列",
    "level": "完成者职级列",
}
REQUIRED = ("id", "title", "table", "at")
WHO = {
    "documents": "author", "consents": "doctor", "consultations": "doctor", "orders": "doctor",
    "operations": "operator", "assessments": "nurse", "condition_periods": "doctor", "rescues": "led_by",
    "transfusions": "requested_by", "medications": "prescriber",
}  # fmt: skip
"""The column that says who, where a table has one and the event does not say another."""
LEVELS = ("author_level", "doctor_level", "requester_level")
_ID = re.compile(r"[a-z][a-z0-9_]{1,59}")


def event_files(pack: Path) -> list[Path]:
    """The files with events of a pack, in a stable order."""
    return sorted((pack / "events").glob("*.yaml"))


def load_events(packs: Sequence[Path], codes: Codes) -> tuple[dict[str, Event], list[Problem]]:
    """The events of all packs by id, a later pack's before an earlier one's, and every problem found."""
    found: dict[str, Event] = {}
    problems: list[Problem] = []
    for pack in packs:
        own: dict[str, Event] = {}
        for file in event_files(pack):
            for one in events_of(read(file), codes):
                if isinstance(one, Problem):
                    problems.append(one)
                elif one.id in own:
                    problems.append(_twice(one, own[one.id]))
                else:
                    own[one.id] = one
        found |= own
    return found, problems


def _twice(one: Event, first: Event) -> Problem:
    message = f"事件 {one.id} 定义了两次。"
    return Problem(one.file, one.line, message, f"另一处在 {first.file}:{first.line}，请改名或删除一处。")


def events_of(located: Located | Problem, codes: Codes) -> Iterator[Event | Problem]:
    """The events of one file, and what is wrong with the others."""
    if isinstance(located, Problem):
        yield located
        return
    if not isinstance(located.data, list):
        yield located.problem((), "事件文件应是一个列表。", "每项写 id、title、table、at。")
        return
    for place, raw in enumerate(located.data):
        problems = list(_shape(located, place, raw))
        yield from problems or [_event(located, place, raw, codes)]


def _shape(located: Located, place: int, raw: Any) -> Iterator[Problem]:
    def told(path: tuple[Key, ...], message: str, remedy: str) -> Problem:
        return located.problem((place, *path), message, remedy)

    if not isinstance(raw, dict):
        yield told((), "每个事件应写成“字段: 值”。", "写 id、title、table、at。")
        return
    for name in raw:
        if name not in FIELDS:
            yield told((name,), f"事件没有字段 {name}。", suggestion(str(name), FIELDS))
    for name in REQUIRED:
        if not raw.get(name):
            yield told((), f"事件缺少 {name}（{FIELDS[name]}）。", f"请加上 {name}: …")
    if raw.get("id") and not _ID.fullmatch(str(raw["id"])):
        yield told(("id",), f"事件标识 {raw['id']} 的写法不对。", "用小写英文字母、数字和下划线，字母开头。")
    if raw.get("no_time", NoTime.UNKNOWN) not in tuple(NoTime):
        yield told(("no_time",), f"no_time 没有取值 {raw['no_time']}。", "写 unknown 或 undone。")
    if raw.get("table") and not placed(str(raw["table"])):
        known = [t.name for t in TABLES.values() if placed(t.name)]
        yield told(("table",), f"没有可用的表 {raw['table']}。", suggestion(str(raw["table"]), known))


def placed(table: str) -> bool:
    """Whether rows of the table belong to a stay."""
    return table == "stays" or (table in TABLES and TABLES[table].child_of == "stays")


def _event(located: Located, place: int, raw: dict[str, Any], codes: Codes) -> Event | Problem:
    table = str(raw["table"])
    times = raw["at"] if isinstance(raw["at"], list) else [raw["at"]]
    field = "at"
    try:
        at = tuple(_column(table, str(name), {Type.TIMESTAMP}) for name in times)
        field = "until"
        until = _column(table, raw["until"], {Type.TIMESTAMP}) if raw.get("until") else None
        field = "by"
        by = _who(table, raw.get("by"))
        field = "level"
        level = _level(table, raw.get("level"))
        field = "where"
        where = condition(raw.get("where"), table, codes)
    except ExpressionError as error:
        return located.problem((place, field), error.message, error.remedy)
    return Event(
        str(raw["id"]), str(raw["title"]).strip(), table, where, at, until,
        NoTime(raw.get("no_time", NoTime.UNKNOWN)), by, level, str(raw.get("where") or ""),
        located.file, located.line(place),
    )  # fmt: skip


def condition(text: str | None, table: str, codes: Codes) -> Node | None:
    """A condition on rows of a table that belong to a stay. Raises ExpressionError."""
    if text is None:
        return None
    return expressions.condition(str(text), expressions.Scope(TABLES[table], codes, in_child=True))


def _column(table: str, name: str, kinds: set[Type]) -> Ref:
    column = next((c for c in TABLES[table].columns if c.name == name), None)
    if column is None:
        raise ExpressionError(f"表 {table} 没有列 {name}。", suggestion(name, TABLES[table].column_names))
    if column.type not in kinds:
        wanted = "时间" if Type.TIMESTAMP in kinds else "文字"
        raise ExpressionError(
            f"列 {name}（{column.meaning}）不是{wanted}列。", f"请写表 {table} 的{wanted}列。"
        )
    return Ref(table, name, column.type)


def _who(table: str, written: str | None) -> Ref | None:
    if written:
        return _column(table, written, {Type.TEXT})
    return _column(table, WHO[table], {Type.TEXT}) if table in WHO else None


def _level(table: str, written: str | None) -> Ref | None:
    if written:
        return _column(table, written, {Type.TEXT})
    name = next((name for name in LEVELS if name in TABLES[table].column_names), None)
    return None if name is None else _column(table, name, {Type.TEXT})
