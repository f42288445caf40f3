"""The ladder of reminders climbs: each step later than the one before, each to somebody who exists."""

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.duties.definition.draft import Draft
from zhikong.foundation.duties.definition.fields import REMINDED

USAGE = "写法：{before: 2} 或 {after: 1, to: department_head}，单位是工作日。"
MOST = 60


def check(draft: Draft) -> Iterator[Problem]:
    last = None
    for index, rung in enumerate(draft.data.get("remind", [])):
        path = ("remind", index)
        days = days_of(rung)
        if days is None:
            yield draft.problem(path, "提醒的写法不对。", USAGE)
            continue
        if last is not None and days <= last:
            yield draft.problem(path, "提醒没有按先后排列。", "后一级要比前一级晚。")
        if rung.get("to", "owner") not in REMINDED:
            yield draft.problem(path, f"不能提醒 {rung['to']}。", suggestion(str(rung["to"]), REMINDED))
        last = days


def days_of(rung: object) -> int | None:
    """Working days from the due date, negative before it; None when the step is not well written."""
    if not isinstance(rung, dict) or set(rung) - {"before", "after", "to"}:
        return None
    counts = [(key, rung[key]) for key in ("before", "after") if key in rung]
    if len(counts) != 1:
        return None
    key, number = counts[0]
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST:
        return None
    return -number if key == "before" else number
