"""The two generated manuals: the data contract and the definition language, printed from the code that enforces them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import chapters

from zhikong.engine.definitions.fields import COUNTED, EVERY, FIELDS, LEVELS, MULTIPLIER_OF_UNIT, Field
from zhikong.engine.definitions.functions import FUNCTIONS
from zhikong.engine.tables import TABLES, CodeSet, Column, Table

INDICATORS = Path(__file__).resolve().parent.parent / "zhikong" / "packs" / "national" / "indicators"
TYPES = {
    "text": "文字",
    "int": "整数",
    "float": "小数",
    "bool": "是/否",
    "date": "日期",
    "timestamp": "时间",
}
NOTICE = "> 本页由 `make docs` 从程序生成，请勿手工修改。"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table, followed by an empty line; a bar inside a cell is escaped."""
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


# ---- the data contract ---------------------------------------------------------------------------------------------


def data_contract() -> str:
    """What a hospital supplies: every table and column with meaning, unit, constraints and code sets."""
    return page(_contract())


def _contract() -> Iterator[str]:
    yield from ("# 数据契约", "", NOTICE, "", "医院交来的数据整理成下面这些表，全部指标只从这些表计算。", "")
    yield "- 时间是当地时间，不带时区；时区写在 `stays.zone`。"
    yield "- 金额一律为整数“分”，时长一律为整数分钟。"
    yield "- 未知写空值。空值不是 0，也不是“否”。"
    yield "- 每张表按月存放，另有一列 `month`（如 `2026-01`），取自各表注明的日期。"
    yield from ("- 表里没有姓名、证件号等身份信息；`patient_key` 是假名。", "")
    yield from table(
        ("表", "每行是什么", "主键", "按哪个日期归月"),
        ((f"[`{t.name}`](#{t.name})", t.meaning, _names(t.key), f"`{t.month_of}`") for t in TABLES.values()),
    )
    for one in TABLES.values():
        yield from _table_section(one)
    yield from ("## 代码表", "")
    for codes in _code_sets():
        yield from _codes_section(codes)


def _table_section(one: Table) -> Iterator[str]:
    yield from (f"## {one.name}", "", f"{one.meaning}。", "")
    if one.child_of:
        yield from (f"`{one.child_of}` 的子表，以 `stay_id` 相连。", "")
    yield from table(
        ("列", "含义", "类型", "单位", "可为空", "取值", "首页字段"),
        (_column(c) for c in one.columns),
    )
    if one.rules:
        yield from ("同一行内还须满足：", "")
        yield from (f"- `{r.left}` ≤ `{r.right}`，否则“{r.message}”，该行转入隔离区" for r in one.rules)
        yield ""
    if one.derived:
        yield from ("由系统推算、无需提供的列：", "")
        yield from table(
            ("列", "含义", "类型", "单位"),
            ((f"`{c.name}`", c.meaning, TYPES[c.type], c.unit) for c in one.derived),
        )


def _column(column: Column) -> tuple[str, ...]:
    allowed = f"[{column.domain.name}](#{column.domain.name})" if column.domain else ""
    if column.minimum is not None:
        allowed = f"≥ {column.minimum}"
    nullable = "是" if column.nullable else "**否**"
    return f"`{column.name}`", column.meaning, TYPES[column.type], column.unit, nullable, allowed, column.hqms


def _code_sets() -> list[CodeSet]:
    found = {c.domain.name: c.domain for t in TABLES.values() for c in t.columns if c.domain}
    return [found[name] for name in sorted(found)]


def _codes_section(codes: CodeSet) -> Iterator[str]:
    yield from (f"### {codes.name}", "")
    if codes.source:
        yield from (f"出处：{codes.source}", "")
    yield from table(("代码", "含义"), ((f"`{code}`", label) for code, label in codes.values))


def _names(names: Iterable[str]) -> str:
    return "、".join(f"`{name}`" for name in names)


# ---- the definition language ---------------------------------------------------------------------------------------

LANGUAGE = """\
一个指标是一个 YAML 文件，文件名就是它的 id，也是它网页的地址；旁边的 `<id>.examples.yaml` 是必须成立的算例。
写好后运行 `zhikong check-packs`：有错会说明在哪个文件、哪一行、错在哪里、怎样改。

## 怎样从数据得到数值

1. 表（`table`）的一行是一个计数单位；`date` 决定它归入哪个月，`department` 决定它归入哪个科室。
2. `population` 留下统计对象，`exclusions` 再逐条排除，每条写明理由。
3. 在剩下的行上得到分子和分母：`{rows: true}` 每行计 1，`{count: 条件}` 数符合条件的行，`{sum: 整数表达式}` 求和。
4. 数值 = 分子 × 乘数 ÷ 分母。分子和分母都是整数，除法是最后一步；分母为 0 时结果是“不能计算”并写明原因，不是 0。

| kind | 数值 | 分子 | 分母 |
|---|---|---|---|
| `ratio` | 分子 × 乘数 ÷ 分母 | `count`、`sum`、`rows`，或 `{passes: 质控规则}` | `rows`、`count` 或 `sum`；有 `passes` 时由规则给出 |
| `mean` | 总和 × 乘数 ÷ 个数 | `sum` | `rows` 或 `count` |
| `count` | 分子 × 乘数 | `rows`、`count` 或 `sum` | 没有 |
| `rate` | 分子 × 乘数 ÷ 另一张表的分母 | `count`、`sum` 或 `rows` | `per`：另一张表的 `sum`、`count` 或 `rows` |
| `median` | 中位数 × 乘数 | `{values: 整数表达式}` | 没有 |
| `percentile` | 百分位数 × 乘数，位置按 `rank` | `{values: 整数表达式}` | 没有 |
| `distinct` | 不同的值的个数 × 乘数，或两个个数之比 | `{distinct: 列, where: 条件}` | 没有，或 `{distinct: 列}` |
| `composite` | 各部分的得分按权重合成 | 其他指标（`parts`） | |
| `growth` | 另一指标（`of`）与过去相比的变化 | 另一指标 | |

中位数、百分位数和去重计数不可相加：全院值、全年值总是在全部行上重新计算，不由科室值或月值合成。

## 目标值

| 写法 | 意思 |
|---|---|
| `{at_least: 92}` | 不低于 92（下限） |
| `{at_most: 14}` | 不高于 14（上限） |
| `{range: [80, 90]}` | 在区间内 |
| `{equals: 0}` | 等于 0 |
| `{baseline: 62.5, goal: 80}` | 基线与目标成对；目标高于基线即为下限，低于基线即为上限 |
| `{relative: {to: own_three_year_mean, change: "-15%"}}` | 比本院前三年（各年数值的平均）低 15% |
| `{relative: {to: own_previous_year, change: "+2 points"}}` | 比本院上一年高 2 个单位；比率为 2 个百分点 |
| `{relative: {base: 2025, change: "-10%", floor: 5}}` | 比本院 2025 年低 10%，但不低于 5；另有 `ceiling` |
| `{monitor: true}` | 只监测，不判断 |

`relative` 按导向成为下限或上限；所相对的年份缺任何一个月，就没有目标值，并写明缺哪一年。目标值方案（`targets/` 里的文件）
可用 `levels: [tertiary]` 写明它用于哪些级别的机构。
"""

EXPRESSIONS = """\
## 表达式

可以写：列名、数字、加引号的文字（`'1'`）、`and` `or` `not`、`=` `<>` `<` `<=` `>` `>=`、`in (…)`、`between … and …`、
`is null`、`is not null`、`+` `-` `*` 和下面的函数。没有列入的写法一律不接受，包括各计算引擎解释不一的 `date_diff`、`lag`、
`percentile_cont`、`try_cast`：出错信息会说明本语言里该怎样写。空值（未知）怎样处理见下文“未知”。子表条件里用 `stay.列名` 引用所属住院的列。
"""


def language() -> str:
    """How an indicator is written: fields, kinds, expressions, functions, and one whole example."""
    return page(_language())


def _required(field: Field) -> str:
    """“是”, and of what only some kinds have, of which."""
    kinds = "" if field.kinds in (EVERY, COUNTED) else "、".join(f"`{k}`" for k in sorted(field.kinds))
    if not field.required:
        return f"只用于 {kinds}" if kinds else ""
    return f"{kinds} 必填" if kinds else "是"


def _language() -> Iterator[str]:
    yield from ("# 指标语言", "", NOTICE, "", LANGUAGE, "## 字段", "")
    yield from table(
        ("字段", "必填", "含义", "写法"),
        ((f"`{n}`", _required(f), f.meaning, f.shape.words) for n, f in FIELDS.items()),
    )
    units = "、".join(f"{unit} 为 {number}" for unit, number in MULTIPLIER_OF_UNIT.items())
    yield from (f"乘数与单位须相配：{units}。目标值按机构级别写：{_names(LEVELS)}。", "", EXPRESSIONS)
    yield from table(("函数", "含义"), ((f"`{f.usage}`", f.meaning) for f in FUNCTIONS.values()))
    yield from ("以下每一段都是测试：`tests/spec` 在每个计算后端上验证它。", "")
    yield from chapters.lines()
    yield from ("## 一个完整的例子", "")
    for name in ("discharge_record_within_24_hours.yaml", "discharge_record_within_24_hours.examples.yaml"):
        text = (INDICATORS / name).read_text("utf-8").rstrip("\n")
        yield from (f"`{name}`：", "", "```yaml", text, "```", "")
