"""Which of the simulated hospital's four dialects carries which column of the data contract, printed from their writers.

Each writer says what it carries, and a test of its own shows that this comes back equal to the contract's tables. Two
dialects are therefore equal on every column that both carry.
"""

from collections.abc import Iterator

import manual

from zhikong.engine.tables import TABLES
from zhikong.simulator import hqms_page
from zhikong.simulator.fhir import carrying as fhir
from zhikong.simulator.hl7 import carrying as hl7
from zhikong.simulator.views import naming as views

DIALECTS = {
    "病案首页 CSV": hqms_page.carried,
    "FHIR R4": fhir.carried,
    "HL7 v2": hl7.carried,
    "数据库视图": views.carried,
}


def matrix() -> str:
    """The page: a table of totals, then one table for each table of the contract."""
    return manual.page(_lines())


def _lines() -> Iterator[str]:
    found = {name: set(carried()) for name, carried in DIALECTS.items()}
    yield from ("# 四种接口各能带来哪些列", "", manual.NOTICE, "")
    yield "仿真医院用四种方式说出同一批数据。● 表示该方式能带来这一列，并有测试证明读回来与原表相等；"
    yield from (
        "两种方式都有 ● 的列，读进来的内容因此相同。空白表示这种方式没有地方写它，读进来是“未知”。",
        "",
    )
    yield from manual.table(("表", "列数", *found), _totals(found))
    for table in TABLES.values():
        yield from (f"## {table.name}", "", table.meaning, "")
        yield from manual.table(
            ("列", "含义", *found),
            (
                (
                    f"`{c.name}`",
                    c.meaning,
                    *("●" if (table.name, c.name) in known else "" for known in found.values()),
                )
                for c in table.columns
            ),
        )


def _totals(found: dict[str, set[tuple[str, str]]]) -> Iterator[tuple[object, ...]]:
    for table in TABLES.values():
        names = {(table.name, column) for column in table.column_names}
        yield (
            f"[{table.name}](#{table.name})",
            len(names),
            *(len(names & known) or "" for known in found.values()),
        )
