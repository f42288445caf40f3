"""The due date must be one that every period has."""

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.duties.definition.draft import Draft
from zhikong.foundation.duties.definition.model import DueBy, Shift
from zhikong.foundation.duties.periods import MONTHS_OF, Every

USAGE = "写法：{working_day: 5}、{day: 10} 或 {weekday: 5}，只写其中一种。"
RANGE = {DueBy.WEEKDAY: (1, 7), DueBy.DAY: (1, 31)}
WORKING_DAYS = {Every.WEEK: 5, Every.MONTH: 15, Every.QUARTER: 50, Every.HALF_YEAR: 100, Every.YEAR: 200}
"""How many working days every period has for certain; the week of the National Day may have fewer than five."""


def check(draft: Draft) -> Iterator[Problem]:
    due, every = draft.data["due"], Every(draft.data["every"])
    ways = [way for way in DueBy if way in due]
    if len(ways) != 1:
        yield draft.problem(("due",), "期限要写且只写一种。", USAGE)
        return
    yield from _number(draft, ways[0], every)
    yield from _options(draft, ways[0], every)


def _number(draft: Draft, way: DueBy, every: Every) -> Iterator[Problem]:
    number = draft.data["due"][way]
    most = WORKING_DAYS[every]
    low, high = RANGE.get(way, (-most, most))
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high or number == 0:
        words = f"{low} 到 {high} 之间的整数" + ("，负数从末尾数，不能是 0" if low < 0 else "")
        yield draft.problem(("due", way), f"{way} 的值 {number!r} 不对。", f"应为{words}。")
    if way is DueBy.WEEKDAY and every is not Every.WEEK:
        yield draft.problem(("due", way), "只有每周的职责可以写星期几。", "请改用 working_day 或 day。")
    if way is DueBy.DAY and every is Every.WEEK:
        yield draft.problem(("due", way), "每周的职责不能写几号。", "请改用 weekday 或 working_day。")


def _options(draft: Draft, way: DueBy, every: Every) -> Iterator[Problem]:
    due = draft.data["due"]
    if due.get("of", "following") != "following":
        yield draft.problem(("due", "of"), f"of 没有取值 {due['of']}。", "只能写 following（次期），或不写。")
    if "shift" in due and due["shift"] not in tuple(Shift):
        yield draft.problem(
            ("due", "shift"), f"shift 没有取值 {due['shift']}。", suggestion(str(due["shift"]), Shift)
        )
    if "shift" in due and way is DueBy.WORKING_DAY:
        yield draft.problem(("due", "shift"), "按工作日数的期限不会落在休息日。", "请去掉 shift。")
    if "month" in due:
        yield from _month(draft, way, every)


def _month(draft: Draft, way: DueBy, every: Every) -> Iterator[Problem]:
    month, most = draft.data["due"]["month"], MONTHS_OF.get(every, 1)
    if way is not DueBy.DAY or most == 1:
        yield draft.problem(("due", "month"), "这里不写 month。", "month 只用于按季、半年、年的 day。")
    elif isinstance(month, bool) or not isinstance(month, int) or not 1 <= month <= most:
        yield draft.problem(
            ("due", "month"), f"month 的值 {month!r} 不对。", f"应为 1 到 {most}：周期里的第几个月。"
        )
