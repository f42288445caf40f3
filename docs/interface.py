"""The interface specification for vendors, printed from the contract, with examples that tests hand to the real readers."""

import json
from collections.abc import Iterator
from pathlib import Path

from manual import TYPES, table

from zhikong.engine.tables import TABLES, CodeSet, Column, Table

EXAMPLES = Path(__file__).resolve().parent / "examples"
OWN = ("inspection_answers",)
"""Tables that the product fills itself."""
GIVEN = ("institution", "zone", "stay_id", "patient_key")
"""Columns that nobody sends: they are known, or made from the numbers of record and admission."""

OPENING = """\
# 接口规范

写给医院信息系统、集成平台、检验、电子病历等系统的厂商。数据先加密保存原件，保存成功才答复；有问题的行进隔离区，写明第几行、哪一列、什么原因、怎样改，改好重送即可，不影响其他行。

本页的每个例子都由产品的测试原样交给真正的读取程序读过。

## 一、选一种方式

| 方式 | 适合 | 详细说明 |
|---|---|---|
| 文件 | 起步、补历史数据：病案首页 CSV、Excel，HQMS、N041 导出 | 本页第三节 |
| 推送接口 | 厂商愿意主动送，一次若干行 | [用推送接口送数据](push.md) |
| HL7 v2（MLLP） | 已有集成平台，逐条发送消息 | [用 HL7 v2 消息接入](hl7.md) |
| FHIR R4 | 能导出 FHIR 资源 | [用 FHIR R4 送数据](fhir.md) |
| 数据库视图 | 医院建只读视图，质控系统按时来读 | [从数据库视图读取](views.md) |

同一次住院请只用一种方式带来主要信息；费用、医嘱等其他表可以用另一种。

## 二、共同约定

| 项目 | 约定 |
|---|---|
| 住院 | `record_number` 病案号 + `admission_number` 住院次数，各系统必须一致；收到后换成假名，分析用的数据里没有病案号 |
| 科室 | 科室代码、名称或别名；不认识的行会隔离并列出名称 |
| 时间 | 医院当地时间 `2026-01-31 08:30:00`，不带时区（FHIR 带时区，收到后换算） |
| 金额 | 契约的列以**分**为单位的整数：30 元写 3000；文件和视图映射写明以元计的除外 |
| 未知 | 不写这一列，或写空；不要用 0、“无”“-”代替。空值不是 0，也不是“否” |
| 是/否 | JSON 写 true、false；文字写 1、0 |
| 更正 | 用同样的编号再送一次改正后的行，后到的为准 |
| 姓名等 | 只为去除文书里的身份信息、合并患者时使用，单独加密存放，不进入分析数据 |
"""

WAYS = """\
## 三、完整的例子

### 文件：病案首页

CSV 或 Excel，UTF-8 或 GB18030，第一行是列名；列名不同时在导入向导里对应一次。没有 HQMS 导出的医院用下面这 12 列就能起步（金额以元计）：

{front_page}

```
zhikong load 首页.csv --mapping front_page
```

### 推送接口

{push}

```
curl -X POST https://质控系统地址/datasources/push/his/charges/ \\
  -H "Authorization: Bearer zk_..." -H "Content-Type: application/json" \\
  -H "Idempotency-Key: 20260106-0001" --data-binary @push.json
```

答 202 和回执号才算收到；没有收到就原样重发，用同一个 `Idempotency-Key`，不会重复。

### HL7 v2

入院：

{admission}

出院（PV1-36 离院方式、DG1 出院诊断、PV1-47 总费用以元计）：

{discharge}

段以 `0x0D` 结束，整条消息放在 `0x0B` 和 `0x1C 0x0D` 之间；收到 AA 才算收到。

### FHIR R4

{bundle}

```
curl -X POST https://质控系统地址/datasources/fhir/his/ \\
  -H "Authorization: Bearer zk_..." -H "Content-Type: application/fhir+json" --data-binary @bundle.json
```

### 数据库视图

列名直接用契约的列名，映射选 `contract_rows`：

{view}

在来源里填一行（映射里的来源、视图、游标列、往回看的分钟数）：

{source}

## 四、表和列

每张表先写每行是什么、什么唯一确定一行，再列出全部列。“例”一列合起来就是一行完整的数据。推送接口的地址是 `/datasources/push/来源代码/表名/`。
"""


def page() -> str:
    """The whole specification."""
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield OPENING
    yield WAYS.format(
        front_page=_file("csv", "front_page.csv"),
        push=_file("json", "push.json"),
        admission=_file("hl7", "admission.hl7"),
        discharge=_file("hl7", "discharge.hl7"),
        bundle=_file("json", "bundle.json"),
        view=_file("sql", "view.sql"),
        source=_file("text", "view.txt"),
    )
    rows = json.loads((EXAMPLES / "rows.json").read_text("utf-8"))
    for one in _sent():
        yield from _section(one, rows[one.name])
    yield from ("## 五、代码表", "")
    for codes in _code_sets():
        yield from _codes(codes)


def _file(kind: str, name: str) -> str:
    return f"```{kind} {name}\n{(EXAMPLES / name).read_text('utf-8').rstrip()}\n```"


def _sent() -> list[Table]:
    return [one for one in TABLES.values() if one.name not in OWN]


def _section(one: Table, row: dict) -> Iterator[str]:
    yield from (f"### {one.name}", "", f"{one.meaning}。唯一确定一行：{_key(one)}。", "")
    sent = [column for column in one.columns if column.name not in GIVEN]
    keys = [(name, meaning) for name, meaning in KEYS if name in row]
    head = ("列", "含义", "类型", "必填", "取值", "例")
    first = [
        (f"`{name}`", meaning, "文字" if name == "record_number" else "整数", "是", "", _cell(row[name]))
        for name, meaning in keys
    ]
    yield from table(head, [*first, *(_column(column, row) for column in sent)])
    for rule in one.rules:
        yield from (f"`{rule.left}` 不晚于（不大于）`{rule.right}`，否则“{rule.message}”，该行隔离。", "")


KEYS = (("record_number", "病案号"), ("admission_number", "住院次数"))


def _key(one: Table) -> str:
    names = {"stay_id": "病案号 + 住院次数", "patient_key": "病案号"}
    return "、".join(names.get(name, f"`{name}`") for name in one.key)


def _column(column: Column, row: dict) -> tuple[str, ...]:
    unit = f"（{column.unit}）" if column.unit else ""
    return (
        f"`{column.name}`",
        f"{column.meaning}{unit}",
        TYPES[column.type],
        "" if column.nullable else "是",
        _allowed(column),
        _cell(row.get(column.name)),
    )


def _allowed(column: Column) -> str:
    if column.domain:
        return f"[{column.domain.name}](#{column.domain.name})"
    return "" if column.minimum is None else f"≥ {column.minimum}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, bool) else str(value)
    return f"`{text}`" if len(text) <= 24 else f"{text[:24]}…"


def _code_sets() -> list[CodeSet]:
    found = {c.domain.name: c.domain for t in _sent() for c in t.columns if c.domain}
    return [found[name] for name in sorted(found)]


def _codes(codes: CodeSet) -> Iterator[str]:
    yield from (f"### {codes.name}", "")
    if codes.source:
        yield from (f"出处：{codes.source}", "")
    yield from table(("代码", "含义"), ((f"`{code}`", label) for code, label in codes.values))
