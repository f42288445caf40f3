"""The manual of measures over patients: the file, the tables, the functions, and every construct by a tested example."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.spec.chapters.sets import EXAMPLES, Example  # noqa: E402
from zhikong.engine.definitions.sets_codes import SYSTEMS  # noqa: E402
from zhikong.engine.definitions.sets_functions import SET_FUNCTIONS  # noqa: E402
from zhikong.engine.definitions.sets_units import units  # noqa: E402
from zhikong.engine.tables import Type  # noqa: E402
from zhikong.engine.tables.clinical import CLINICAL  # noqa: E402

_KINDS = {
    Type.TEXT: "文字",
    Type.INT: "整数",
    Type.FLOAT: "小数",
    Type.BOOL: "是/否",
    Type.DATE: "日期",
    Type.TIMESTAMP: "时间",
    Type.CODES: "编码组",
}
_HEAD = """# 患者资料上的指标

这一页由 `make docs` 生成，例子都在 DuckDB 和纯 Python 的裁判上跑过（`tests/spec/test_sets.py`）。

```
zhikong measure --definitions 文件夹 … --data 文件夹 --json
```

`--data` 里每个子文件夹是一个病例：一位患者的 FHIR R4 资源（JSON，每个资源一个文件，或 Bundle，或 NDJSON）。病例可以再分层放，
名称取最里层的文件夹；同名时取相对路径。`MeasureReport` 不是输入。`--definitions` 里是指标（YAML）和它们用到的值集（FHIR `ValueSet`，
JSON，可以放在子文件夹里；用 `expansion.contains`，没有时用 `compose` 里逐个列出的编码和所引用的值集）。每个指标都在每个病例上算。结果：

```
{"cases": [{"case": …, "measure": …, "populations": {名称: 数目}}]}
```

读不懂的文件、值或定义用中文写在标准错误上（文件和行号），退出码不为 0，其余的病例照常计算。不需要数据库。

## 一个指标文件

```yaml
schema: measure
id: CMS104FHIRSTKDCAntithrombotic    # 结果里的 measure
title: 名称                           # title、source、note 可以不写
period: {start: 2026-01-01, end: 2026-12-31}   # 两天都在内；条件里写 period_start、period_end
zone: UTC                            # 时间都换成这个时区的当地时间，默认 UTC
uses: [hospitalization]              # 用到的公共集合文件（schema: sets、id、sets），可以不写
rows: stroke_stays                   # 数哪个集合或表的行：一次就诊一行；写 patients 就按患者数
sets:                                # 命名的集合，次序随意，不能成环
  stroke_stays:
    from: encounters                 # 一张表或另一个集合；或 union: [甲, 乙]
    repeat: 整数                     # 可以不写：每行重复几次，次序在列 number
    columns: {age: "years_between(patient.birth_date, date(started_at))"}
    where: status = 'finished' and age >= 18
populations:                         # 从上到下；名称自定，与 MeasureReport 一致即可
  initial-population: {}
  denominator: {of: initial-population}
  denominator-exclusion: {of: denominator, where: 条件}
  numerator: {of: denominator, without: denominator-exclusion, where: 条件}
  denominator-exception: {of: denominator, without: [denominator-exclusion, numerator], where: 条件}
observations:                        # 可以不写：人群里每一行的一个整数，结果里是列表
  days: {of: denominator, without: denominator-exclusion, value: "days_between(started_at, ended_at)"}
```

人群的算术写在文件里：`of` 是从哪个人群里取（不写就是全部行），`without` 是先去掉哪些人群，`where` 是条件。分子要不要先去掉排除的
行，由 `without` 写明。条件在行的表或集合上写：直接写的列是这一行的，也可以写 `集合名.列名`。

表达式只有：列名、`and` `or` `not`、`= <> < <= > >=`、`between`、`in (…)`、`is null`、`is not null`、数字的 `+ - * /`（有小数参加时取八位小数），
和下面的函数。
真值有三种：与未知的比较是未知，最后仍未知的条件算不成立；要把未知当作“否”，写 `coalesce(条件, false)`。
"""


def _example(one: Example) -> str:
    parts = [f"### {one.title}", one.why]
    if one.sets:
        parts.append(f"```yaml\n{one.sets.strip()}\n```")
    parts.append("\n\n".join(_table(block, one) for block in one.tables.strip().split("\n\n")))
    parts.append(f"对 `{one.rows}` 的每一行：\n\n```\n{one.expression}\n```")
    return "\n\n".join(parts)


def _table(block: str, one: Example) -> str:
    name, header, *body = block.strip().splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in (header, *body)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    lines.insert(1, "|" + " --- |" * len(cells[0]))
    return f"`{name.strip()}`\n\n" + "\n".join(lines)


def page() -> str:
    """docs/generated/measures.md"""
    functions = "\n".join(f"| `{f.usage}` | {f.meaning} |" for f in SET_FUNCTIONS.values())
    systems = "、".join(f"`{short}` = {address}" for short, address in SYSTEMS.items())
    tables = "\n\n".join(_described(table) for table in CLINICAL.values())
    return (
        "\n\n".join(
            [
                _HEAD.strip(),
                f"## 函数\n\n| 写法 | 意思 |\n| --- | --- |\n{functions}",
                f"编码系统的简称：{systems}。可以互相换算的单位（一行一组）：\n\n"
                + "\n".join(f"- {'、'.join(f'`{unit}`' for unit in group)}" for group in units()),
                "## 例子",
                *map(_example, EXAMPLES),
                "## 表\n\n列从 FHIR 的哪里来，见 `zhikong/intake/formats/fhir_clinical.yaml`。每张表都有 `id`。"
                "没有的就是未知；时间带着它知道得有多准。",
                tables,
            ]
        )
        + "\n"
    )


def _described(table) -> str:
    rows = "\n".join(f"| {c.name} | {_KINDS[c.type]} | {c.meaning} |" for c in table.columns[1:])
    return f"### {table.name}\n\n{table.meaning}\n\n| 列 | 类型 | 意思 |\n| --- | --- | --- |\n{rows}"
