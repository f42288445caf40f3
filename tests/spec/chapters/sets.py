"""Sets of rows: every construct by an example that runs on both backends and is printed into the manual of measures.

In a drawing the first line names a clinical table; rows are one patient's; the column `=` says what the expression gives
for that row: 是, 否, 未知 (a condition), 空 or a value. A time known to the day only is written as the day.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """`expression` is asked for every row of `rows` (a table or one of the `sets`, written as in a file)."""

    title: str
    why: str
    tables: str
    expression: str
    rows: str = "encounters"
    sets: str = ""


VISITS = """
encounters
id | type | started_at       | ended_at         | =
"""
LABS = """
observations
id | encounter_id | code | value_integer | started_at
a  | e1 | s/k | 4 | 2026-03-01 10:00
b  | e1 | s/k | 9 | 2026-03-02 10:00
c  | e1 | s/k |   | 2026-03-03 10:00
d  | e2 | s/k | 7 | 2026-05-01 10:00
"""


def _visits(*rows: str) -> str:
    return VISITS + "\n".join(rows) + "\n"


TWO = (
    "e1 | s/in | 2026-03-01 08:00 | 2026-03-04 10:00 | {}",
    "e2 | s/in | 2026-05-01 08:00 | 2026-05-01 20:00 | {}",
)


def _two(first: str, second: str) -> str:
    return _visits(TWO[0].format(first), TWO[1].format(second)) + LABS


EXAMPLES: tuple[Example, ...] = (
    Example(
        "有没有：any",
        "同一患者的另一张表里至少有一行符合条件。里面直接写的列是最里层那一行的；外层的行用它的表名或集合名称呼。"
        "any 从不未知：条件未知的行不算。",
        _two("是", "否"),
        "any(observations, encounter_id = encounters.id and value_integer >= 8)",
    ),
    Example(
        "每一行都：every",
        "没有一行不符合条件；条件未知的行算不符合；一行也没有时成立。",
        _two("否", "是"),
        "every(observations, encounter_id <> encounters.id or value_integer > 0)",
    ),
    Example(
        "几行：count",
        "符合条件的行数，没有时为 0。",
        _two("3", "1"),
        "count(observations, encounter_id = encounters.id)",
    ),
    Example(
        "合计：sum",
        "符合条件的行里已知的整数之和，没有行时为 0。",
        _two("13", "7"),
        "sum(observations, value_integer, encounter_id = encounters.id)",
    ),
    Example(
        "最小与最大：min、max",
        "只看已知的取值；一个也没有时为空。时间、日期和数字都可以。",
        _two("5", "0"),
        "max(observations, value_integer, encounter_id = encounters.id)"
        " - min(observations, value_integer, encounter_id = encounters.id)",
    ),
    Example(
        "最早与最晚的一行：first、last",
        "取值、按什么排先后、条件。先后未知的行不看；先后相同时按载入的次序。取值可以为空。",
        _two("4", "7"),
        "first(observations, value_integer, started_at, encounter_id = encounters.id)",
    ),
    Example(
        "最晚一行的取值可以为空",
        "last 先找到行，再取值：那一行的结果未知，就是空。",
        _two("空", "7"),
        "last(observations, value_integer, started_at, encounter_id = encounters.id)",
    ),
    Example(
        "离某时最近的一行：nearest",
        "一样近时取较早的；“到哪个时间”里直接写的列是外层那一行的。",
        _two("9", "7"),
        "nearest(observations, value_integer, started_at, add_hours(started_at, 27))",
    ),
    Example(
        "同一张表用两次：别名",
        "里外是同一张表或同一个集合时，给里层起别名。这里问：出院后 90 天内有没有再来。",
        _visits(TWO[0].format("是"), TWO[1].format("否")),
        "any(encounters as next, next.started_at > encounters.ended_at"
        " and days_between(encounters.ended_at, next.started_at) <= 90)",
    ),
    Example(
        "派生的列：入院前一小时内结束的急诊算同一次",
        "columns 里的列按次序算，后面的列和 where 可以用前面的列。rows 是集合时，只问集合里的行。",
        _visits(
            "ed | s/ed | 2026-03-01 05:00 | 2026-03-01 07:30 |",
            "e1 | s/in | 2026-03-01 08:00 | 2026-03-04 10:00 | 2026-03-01 05:00",
            "e2 | s/in | 2026-05-01 08:00 | 2026-05-01 20:00 | 2026-05-01 08:00",
        ),
        "arrived_at",
        rows="stays",
        sets="""
stays:
  from: encounters
  columns:
    came_at: >-
      last(encounters as ed, ed.started_at, ed.ended_at,
        has_code(ed.type, 's|ed') and within(ed.ended_at, add_hours(stays.started_at, -1), stays.started_at))
    arrived_at: coalesce(came_at, started_at)
  where: has_code(type, 's|in')
""",
    ),
    Example(
        "集合的合并：union",
        "几张表或几个集合的行放在一起，只留下大家都有的列；同一行在几个集合里时只算一次。",
        _two("5", "5"),
        "count(all_rows)",
        sets="""
long_visits: {from: encounters, where: "days_between(started_at, ended_at) > 0"}
all_visits: {union: [long_visits, encounters]}
labs: {from: observations, where: "value_integer is not null"}
all_rows: {union: [all_visits, labs]}
""",
    ),
    Example(
        "按天展开：repeat",
        "每一行重复若干次，次序写在列 number 里（从 1 起，至多 10000 次）。这里数住院的每个 24 小时里有没有检验。",
        _two("2", "0"),
        "count(days, id = encounters.id and seen)",
        sets="""
days:
  from: encounters
  repeat: quotient(hours_between(started_at, ended_at), 24)
  columns:
    opens: add_hours(started_at, 24 * (days.number - 1))
    seen: >-
      any(observations, value_integer is not null
        and started_at >= days.opens and started_at < add_hours(days.opens, 24))
""",
    ),
    Example(
        "条件套条件",
        "层数不限：有一次结果大于 5、而此后 24 小时内没有更小的结果。",
        _two("是", "是"),
        "any(observations as high, high.encounter_id = encounters.id and high.value_integer > 5"
        " and not any(observations as later, later.started_at > high.started_at"
        " and within(later.started_at, high.started_at, add_days(high.started_at, 1))"
        " and later.value_integer < high.value_integer))",
    ),
    Example(
        "患者的列：patient.列",
        "任何地方都可以用患者那一行的列；years_between 是满几岁，生日当天长一岁。",
        _visits("e1 | | 2026-02-28 08:00 | | 17", "e2 | | 2026-03-01 08:00 | | 18")
        + "\npatients\nbirth_date\n2008-02-29\n",
        "years_between(patient.birth_date, date(started_at))",
    ),
    Example(
        "满几个月：months_between",
        "到同一日才满一个月。",
        _visits(
            "e1 | | 2026-01-31 08:00 | 2026-02-28 08:00 | 0", "e2 | | 2026-01-30 08:00 | 2026-03-30 08:00 | 2"
        ),
        "months_between(started_at, ended_at)",
    ),
    Example(
        "时间的移动：add_…",
        "31 日移到没有 31 日的月份时是那个月的最后一天。",
        _visits(
            "e1 | | 2026-01-31 08:00 | | 2026-02-28 07:30", "e2 | | 2027-12-31 08:00 | | 2028-01-31 07:30"
        ),
        "add_minutes(add_months(started_at, 1), -30)",
    ),
    Example(
        "写出来的日期和时间",
        "日期写 date('…')，时间写 time('…')；统计期的两端是 period_start 和 period_end。add_years 移动整年。",
        _visits("e1 | | 2026-01-31 08:00 | | 是", "e2 | | 2027-01-31 08:00 | | 否"),
        "within_days(started_at, period_start, period_end)"
        " and started_at >= time('2026-01-01T00:00') and date(started_at) < add_years(date('2026-01-31'), 1)",
    ),
    Example(
        "在一段时间之内：within",
        "两端都在内。止为空表示还没有结束，没有上限；起为空则未知。",
        _visits(
            "e1 | | 2026-03-01 08:00 | 2026-03-02 08:00 | 是",
            "e2 | | 2026-03-01 08:00 |                  | 是",
            "e3 | | 2026-03-01 08:00 | 2026-03-01 09:00 | 否",
            "e4 | |                  | 2026-03-02 08:00 | 未知",
        ),
        "within(time('2026-03-02T08:00'), started_at, ended_at)",
    ),
    Example(
        "两段时间：overlapping 与 inside",
        "overlapping：有共同的时刻；inside：前一段整个在后一段之内，还没有结束的一段只在没有结束的一段之内。",
        _visits(
            "e1 | | 2026-03-01 08:00 | 2026-03-02 08:00 | 是",
            "e2 | | 2026-03-01 08:00 |                  | 否",
            "e3 | | 2026-04-01 08:00 | 2026-04-02 08:00 | 否",
        ),
        "overlapping(started_at, ended_at, time('2026-02-01T00:00'), time('2026-03-31T00:00'))"
        " and inside(date(started_at), date(ended_at), date('2026-03-01'), date('2026-03-31'))",
    ),
    Example(
        "只知道日期的时间",
        "它可能是那一天的任何时刻：比较的结果取决于是哪一刻时，就是未知。",
        _visits("e1 | | 2026-03-01 | | 是", "e2 | | 2026-03-02 | | 未知", "e3 | | 2026-03-03 | | 否"),
        "started_at < time('2026-03-02T12:00')",
    ),
    Example(
        "只知道日期的时间，问日期就知道",
        "date(…) 是确定的；相差的天数也是，小时数则未必：比较时只要所有可能都成立就成立。",
        _visits("e1 | | 2026-03-01 | 2026-03-02 | 是", "e2 | | 2026-03-01 | 2026-03-01 | 否"),
        "days_between(started_at, ended_at) = 1 and hours_between(started_at, ended_at) < 48",
    ),
    Example(
        "值集：in_valueset",
        "编码列是一组编码，有一个在值集里就算。没有这一列时未知。值集用名称（title、name）、地址或编号称呼，不分大小写；"
        "几个值集之间是“或”。",
        _visits("e1 | s/a t/z | | | 是", "e2 | t/a | | | 否", "e3 | | | | 未知"),
        "in_valueset(type, 'Example A', 'http://example.org/ValueSet/b')",
    ),
    Example(
        "编码：has_code",
        "直接写 系统|编码。系统的简称：loinc、snomed、icd10cm、rxnorm。",
        _visits("e1 | s/a | | | 是", "e2 | s/b | | | 否", "e3 | http://loinc.org/1 | | | 是"),
        "has_code(type, 's|a', 'loinc|1')",
    ),
    Example(
        "单位：in_unit",
        "把数值换算成所写的单位；原来的单位换算不过来时为空。",
        """
observations
id | value_quantity | value_unit | =
a  | 40  | wk    | 是
b  | 280 | d     | 是
c  | 40  | cm    | 未知
d  | 38  | weeks | 否
""",
        "in_unit(value_quantity, value_unit, 'wk') >= 39",
        rows="observations",
    ),
    Example(
        "小数运算：+ - * / 与 power",
        "有小数参加的运算取八位小数，因此 5.0 - 4.7 就是 0.3；除以 0 时为空，power 的底数不小于 0。",
        """
observations
id | value_quantity | =
a  | 5.0 | 是
b  | 4.9 | 否
c  |     | 未知
""",
        "value_quantity - 4.7 >= 0.3 and value_quantity / 2 >= 1.5 and power(value_quantity, 0.5) < 2.24",
        rows="observations",
    ),
    Example(
        "整数除法：quotient",
        "向下取整，负数也是。",
        _visits(
            "e1 | | 2026-03-01 08:00 | 2026-03-10 08:00 | 1",
            "e2 | | 2026-03-10 08:00 | 2026-03-09 08:00 | -1",
        ),
        "quotient(days_between(started_at, ended_at), 7)",
    ),
    Example(
        "二选一：if",
        "条件成立取前者，不成立或未知取后者。",
        _visits("e1 | s/a | | | 1", "e2 | s/b | | | 0", "e3 | | | | 0"),
        "if(has_code(type, 's|a'), 1, 0)",
    ),
    Example(
        "经过的时间：minutes_between",
        "整分钟，向下取整。",
        _visits("e1 | | 2026-03-01 08:00 | 2026-03-01 09:30 | 90"),
        "minutes_between(started_at, ended_at)",
    ),
)
