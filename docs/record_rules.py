"""The manual of record rules by the clock: the file, the events, and every construct by a tested example."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.spec.clocks.contents import CHAPTERS  # noqa: E402
from tests.spec.clocks.paragraphs import EVENTS, Paragraph, moment, rule_of  # noqa: E402
from zhikong.engine.definitions.fields import Field  # noqa: E402
from zhikong.engine.record_rules.checking import obligations  # noqa: E402
from zhikong.engine.record_rules.clock.fields import CLOCK, SELECTION  # noqa: E402
from zhikong.engine.record_rules.clock.limits import REMEDY  # noqa: E402
from zhikong.engine.record_rules.events.reading import FIELDS as EVENT_FIELDS  # noqa: E402
from zhikong.engine.record_rules.fields import HEAD, ROW  # noqa: E402
from zhikong.engine.record_rules.model import VERDICT_TITLES  # noqa: E402
from zhikong.engine.record_rules.verdicts import STATE_TITLES  # noqa: E402

_INTRODUCTION = """\
# 病历质控规则语言

> 本页由 `make docs` 从程序生成，请勿手工修改。例子都在两个互相独立的计算程序上跑过（`tests/spec/test_clocks.py`）。

一条规则是内容包 `record_rules/` 里的一个 YAML 文件，文件名就是它的标识；旁边的 `<id>.examples.yaml` 是必须成立的示例。写好后运行
`zhikong check-packs`：有错会说明在哪个文件、哪一行、错在哪里、怎样改。用一批数据试：`zhikong check-records`（见
[指南](../guide/check-records.md)）。

规则有四类：`row` 逐份判断一个条件；`clock` 时限——某事发生后，另一事要在多久之内、之前、每隔多久、要有或不得有；`complete` 文书的部分、项目与
签名齐全；`text` 文字的内容。本页讲各类共同的字段和时限规则。

```yaml
id: first-progress-note-8h
version: 1
status: published
kind: clock
title: 首次病程记录在入院 8 小时内完成
why: 首次病程记录是诊疗的起点，晚写就无据可依。
source: {document: 病历书写基本规范（2010）, clause: 第十七条, mark: verified, rows: [T01]}
owner: medical_affairs
checker: quality_office
next_review: 2027-10-31
severity: error
points: 5
message: 请及时完成首次病程记录并签名。
responsible: resident
when: admission
then: first_progress_note
within: 8 h
warn: 2 h
```

它的每一项应完成的事都有一句说明：“首次病程记录应于 11-22 09:00 前完成：入院 01:00 起 8 小时，规则 first-progress-note-8h 第 1 版”。
"""
_EVENTS = """\
## 事件与状态

规则不直接读表，只说事件的名称。事件在内容包的 `events/` 里定义：每个文件是一个列表，每项说明哪张表的哪些行、哪一列是时间。写了 `until` 的是状态，
有开始和结束；它的每一行另有两个事件 `标识.start`、`标识.end`。事件的含义也在规则的指纹里：事件改了，规则的结果就不再与以前的混在一起。
一行在别处的名称是“表名:主键”，如 `operations:1`、`consultations:HZ001`、`rescues:2026-01-01T08:00`，文书的 `about` 就写它。
"""
_VERDICTS = """\
## 结论

每项应完成的事各有状态；一份病历对一条规则的结论取最重的一项：不通过重于无法评估，重于通过，重于不适用。未知从不算通过，规则出错也从不算通过，
并且只影响它自己。
"""


def page() -> str:
    """The whole manual."""
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    yield from ("## 各类规则共同的字段", "")
    yield from _fields(HEAD)
    yield from ("## 逐份判断的规则（row）的字段", "")
    yield from _fields(ROW)
    yield from ("## 时限规则（clock）的字段", "")
    yield from _fields(CLOCK)
    yield from (f"`within`、`before`、`every`、`required`、`never` 写且只写一个。时限{REMEDY}", "")
    yield from ("`when`、`then`、`unless` 可以只写事件的标识，也可以写成：", "")
    yield from _table(("字段", "含义"), ((f"`{name}`", meaning) for name, meaning in SELECTION.items()))
    yield _EVENTS
    yield from _table(("字段", "含义"), ((f"`{name}`", meaning) for name, meaning in EVENT_FIELDS.items()))
    yield from ("下面的例子用这些事件：", "", "```yaml", _yaml(EVENTS, flow=True), "```", "")
    yield _VERDICTS
    yield from _table(("结论", "含义"), ((f"`{v.word}`", title) for v, title in VERDICT_TITLES.items()))
    yield from _table(("状态", "含义"), ((f"`{s}`", title) for s, title in STATE_TITLES.items()))
    for title, paragraphs in CHAPTERS.items():
        yield from (f"## {title}", "")
        for paragraph in paragraphs:
            yield from _paragraph(paragraph)


def _fields(fields: Mapping[str, Field]) -> Iterator[str]:
    rows = (
        (f"`{name}`", "是" if one.required else "", one.meaning, one.shape.words)
        for name, one in fields.items()
    )
    yield from _table(("字段", "必填", "含义", "写法"), rows)


def _paragraph(paragraph: Paragraph) -> Iterator[str]:
    yield from (f"### {paragraph.title}", "", paragraph.text, "", "```yaml", _yaml(paragraph.rule), "```", "")
    yield from _given(paragraph)
    for block in paragraph.drawing.strip().split("\n\n"):
        yield from _drawn(block)
    told = [f"{stay}：{one['reason']}" for stay, one in paragraph.tells.items() if "reason" in one]
    for sentence in _explained(paragraph):
        yield from (f"> {sentence}", "")
    if told:
        yield from ("理由里有：" + "；".join(told) + "。", "")


def _given(paragraph: Paragraph) -> Iterator[str]:
    said = []
    if not paragraph.now.startswith("2036"):
        said.append(f"现在是 {paragraph.now}")
    if paragraph.missing:
        said.append(f"没有交来：{'、'.join(paragraph.missing)}")
    if paragraph.shift_hours:
        said.append(f"交接班钟点 {'、'.join(paragraph.shift_hours)}")
    if paragraph.limit:
        said.append(f"医院设定的时限 {paragraph.limit}")
    if said:
        yield from ("；".join(said) + "。", "")


def _explained(paragraph: Paragraph) -> Iterator[str]:
    """The sentence of the first obligation, as people read it."""
    if paragraph.limit:
        return
    found = obligations(
        [rule_of(paragraph)], paragraph.source(), now=moment(paragraph.now), shift_hours=paragraph.shift_hours,
        undelivered=frozenset(paragraph.missing),
    )  # fmt: skip
    yield from found["explanation"].to_pylist()[:1]


def _drawn(block: str) -> Iterator[str]:
    name, header, *rows = (line.strip() for line in block.strip().splitlines())
    cells = [
        ["结论" if cell.strip() == "=" else cell.strip() for cell in line.split("|")]
        for line in (header, *rows)
    ]
    yield from (f"`{name}`", "")
    yield from _table(cells[0], cells[1:])


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _yaml(said, *, flow: bool = False) -> str:
    style = None if flow else False
    return yaml.safe_dump(
        said, allow_unicode=True, sort_keys=False, width=160, default_flow_style=style
    ).rstrip("\n")
