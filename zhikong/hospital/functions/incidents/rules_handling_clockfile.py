"""The file of clocks read and judged; its worked examples. No ORM."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zhikong.engine.definitions import shapes
from zhikong.engine.definitions.problems import Problem
from zhikong.hospital.functions.incidents import rules_handling_clocks as clocks
from zhikong.hospital.functions.incidents import rules_handling_reading as reading

FIX = "请对照 packs/national/incident_clocks/standard.yaml 的写法。"
UNITS = ("minutes", "hours", "days", "working_days")
IN_MINUTES = {"minutes": 1, "hours": 60, "days": 1440, "working_days": 1440}
WHEN = ("dispute", "categories", "levels", "harms")
STARTS = ("known", "reported", "accepted", "classified", "asked", "cause")
DONE = ("submitted", "accepted", "classified", "answered", "analysed", "closed")
DISPUTES = ("general", "major", "extraordinary")
EXAMPLE_ZONE = ZoneInfo("Asia/Shanghai")
_texts = shapes.list_of(shapes.text)
_limit_shape = shapes.map_of(shapes.whole(0), keys=shapes.text)
_sourced = shapes.map_of(shapes.label, keys=shapes.text)
_clock_shape = shapes.Record(
    {},
    {
        "id": shapes.text, "title": shapes.text, "who": shapes.text, "when": shapes.map_of(_texts, keys=shapes.text),
        "from": shapes.text, "done": shapes.text, "limit": _limit_shape, "internal": _limit_shape,
        "statutory": shapes.flag, "to": shapes.text, "source": _sourced,
    },
    open=True,
)  # fmt: skip
_hop_shape = shapes.Record(
    {},
    {
        "code": shapes.text,
        "title": shapes.text,
        "from": shapes.text,
        "minutes": shapes.whole(0),
        "who": shapes.text,
    },
    open=True,
)
_rung_shape = shapes.Record(
    {},
    {
        "before": shapes.whole(0), "after": shapes.whole(0), "tell": _texts, "at_least": shapes.whole(0),
        "at_most": shapes.whole(0),
    },
    open=True,
)  # fmt: skip
_phone_shape = shapes.Record({}, {"title": shapes.text, "number": shapes.words}, open=True)
_alert_shape = shapes.Record(
    {},
    {"levels": _texts, "disputes": _texts, "roles": _texts, "phones": shapes.list_of(_phone_shape)},
    open=True,
)
PARTS = {
    "clocks": shapes.list_of(_clock_shape), "hops": shapes.list_of(_hop_shape), "hops_source": _sourced,
    "ladder": shapes.list_of(_rung_shape), "alert": _alert_shape,
}  # fmt: skip


def parse(text: str, *, file: Path) -> clocks.Clocks | list[Problem]:
    """Read the clocks; nothing is raised for bad content."""
    needed = {"clocks": list, "hops": list, "hops_source": dict, "ladder": list, "alert": dict}
    found = reading.opened(text, file, needed, FIX, PARTS)
    if isinstance(found, list):
        return found
    data = found.data
    problems = [
        *_each(found, "clocks", _clock_is_wrong),
        *_each(found, "hops", _hop_is_wrong),
        *_each(found, "ladder", _rung_is_wrong),
    ]
    if told := _alert_is_wrong(data["alert"]):
        problems.append(found.problem(("alert",), told, FIX))
    if not reading.sourced(data["hops_source"], "clause"):
        problems.append(found.problem(("hops_source",), "逐级报告的来源要写 clause 和 mark。", FIX))
    ids = [one.get("id") for one in data["clocks"] if isinstance(one, dict)]
    if not ids or len(set(ids)) != len(ids):
        problems.append(found.problem(("clocks",), "clocks 不能为空，编号不能重复。", FIX))
    return problems or _clocks(data)


def _each(found, name: str, wrong) -> list[Problem]:
    return [
        found.problem((name, index), f"{name} 第 {index + 1} 条{told}", FIX)
        for index, one in enumerate(found.data[name])
        if (told := wrong(one) if isinstance(one, dict) else "应是“键: 值”。")
    ]


def _clock_is_wrong(one: dict[str, Any]) -> str:
    if not all(isinstance(one.get(name), str) and one[name] for name in ("id", "title", "who")):
        return "要写 id、title 和 who。"
    when = one.get("when", {})
    if (
        not isinstance(when, dict)
        or set(when) - set(WHEN)
        or not all(reading.texts(v) for v in when.values())
    ):
        return "的 when 只写 dispute、categories、levels、harms，各是一个列表。"
    if set(when.get("dispute", ())) - set(DISPUTES):
        return "的 dispute 只能是 general、major、extraordinary。"
    if one.get("from") not in STARTS or one.get("done") not in DONE:
        return "的起算点 from 或停止动作 done 不认识。"
    if _limit(one.get("limit")) is None:
        return "的 limit 要写 minutes、hours、days、working_days 之一，是正整数。"
    return _internal_is_wrong(one) or _source_is_wrong(one)


def _internal_is_wrong(one: dict[str, Any]) -> str:
    if "internal" not in one:
        return ""
    limit, internal = _limit(one["limit"]), _limit(one["internal"])
    if internal is None:
        return "的 internal 写法与 limit 相同。"
    if internal.number * IN_MINUTES[internal.unit] > limit.number * IN_MINUTES[limit.unit]:
        return "的院内时限 internal 不能晚于 limit。"
    return ""


def _source_is_wrong(one: dict[str, Any]) -> str:
    if not reading.sourced(one.get("source"), "clause"):
        return "的 source 要写 clause 和 mark。"
    if one.get("statutory") and (not one.get("to") or one["done"] != "submitted"):
        return "是法定上报：要写报给谁（to），done 写 submitted。"
    if one["done"] == "submitted" and not one.get("statutory"):
        return "的 done 是 submitted，statutory 要写 true。"
    return ""


def _hop_is_wrong(one: dict[str, Any]) -> str:
    good = all(one.get(name) for name in ("code", "title", "who")) and one.get("from") in STARTS
    return "" if good and reading.positive(one.get("minutes")) else "要写 code、title、from、minutes 和 who。"


def _rung_is_wrong(one: dict[str, Any]) -> str:
    sides = [name for name in ("before", "after") if name in one]
    number = one.get(sides[0]) if len(sides) == 1 else None
    if not isinstance(number, int) or number < 0:
        return "写 before 或 after 之一，是不小于 0 的分钟数。"
    return "" if reading.texts(one.get("tell")) else "的 tell 写提醒谁。"


def _alert_is_wrong(one: dict[str, Any]) -> str:
    if not reading.texts(one.get("roles")) or not reading.texts(one.get("levels")):
        return "alert 要写 levels 和 roles。"
    phones = one.get("phones", [])
    if not isinstance(phones, list) or not all(isinstance(p, dict) and p.get("title") for p in phones):
        return "alert 的 phones 每条写 title 和 number。"
    return ""


def _limit(found: Any) -> clocks.Limit | None:
    if not isinstance(found, dict) or len(found) != 1:
        return None
    unit, number = next(iter(found.items()))
    return clocks.Limit(unit, number) if unit in UNITS and reading.positive(number) else None


def _clocks(data: dict[str, Any]) -> clocks.Clocks:
    alert = data["alert"]
    return clocks.Clocks(
        data["id"], data["version"], data["title"]["zh"], data["source"]["document"],
        tuple(_clock(one) for one in data["clocks"]),
        tuple(clocks.Hop(one["code"], one["title"], one["from"], one["minutes"], one["who"]) for one in data["hops"]),
        tuple(_rung(one) for one in data["ladder"]),
        clocks.Alert(
            tuple(alert["levels"]), tuple(alert.get("disputes", ())), tuple(alert["roles"]),
            tuple((one["title"], str(one.get("number", ""))) for one in alert.get("phones", [])),
        ),
    )  # fmt: skip


def _clock(one: dict[str, Any]) -> clocks.Clock:
    when = one.get("when", {})
    return clocks.Clock(
        one["id"], one["title"], tuple(when.get("dispute", ())), tuple(when.get("categories", ())),
        tuple(when.get("levels", ())), tuple(when.get("harms", ())), one["from"], _limit(one["limit"]),
        _limit(one.get("internal")), bool(one.get("statutory")), one.get("to", ""), one["who"], one["done"],
        one["source"]["clause"], one["source"]["mark"],
    )  # fmt: skip


def _rung(one: dict[str, Any]) -> clocks.Rung:
    offset = -one["before"] if "before" in one else one["after"]
    return clocks.Rung(offset, tuple(one["tell"]), one.get("at_least", 0), one.get("at_most", 0))


def examples(found: clocks.Clocks, file: Path) -> list[Problem]:
    """The problems of the worked examples beside the file; working days are not used in them."""

    def wrong(one: dict[str, Any]) -> str:
        clock = found.clock(one["clock"])
        start = datetime.fromisoformat(str(one["at"])).replace(tzinfo=EXAMPLE_ZONE)
        facts = clocks.Facts(**one["facts"], moments={clock.starts: start} if clock else {})
        runs = clocks.running(found.clocks, facts, zone=EXAMPLE_ZONE, working=_no_calendar)
        got = next((run for run in runs if run.clock.id == one["clock"]), None)
        if got is None:
            return f"时限 {one['clock']} 没有运行。"
        if _said(got.until) != str(one["due"]) or _said(got.internal) != str(one["internal"]):
            return f"时限 {one['clock']} 到 {_said(got.until)}（院内 {_said(got.internal)}），与样例不符。"
        return ""

    return reading.examples(file, wrong)


def _said(moment: datetime | None) -> str:
    return "" if moment is None else moment.replace(tzinfo=None).isoformat(sep=" ")


def _no_calendar(day: date, count: int) -> date:
    """Examples run clocks of elapsed time; a limit of working days in the same case is counted as days."""
    return day + timedelta(days=count)
