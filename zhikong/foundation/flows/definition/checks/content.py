"""Who may open a case is written, the source and its keeper are named, as in every published definition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows.definition.model import FlowDefinition

NEEDED = {
    "purpose": "用一句话写这个流程做什么、给谁用。",
    "source": "写依据的文件和条款；医院自己定的，写明由谁定。",
    "owner": "写负责维护这个流程的角色。",
}


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    for field, remedy in NEEDED.items():
        if not getattr(flow, field):
            yield doc.problem((field,), f"缺少 {field}。", remedy)
    if not flow.opens_roles:
        yield doc.problem(
            ("opens",), "没有写谁可以新建（opens.roles）。", "例如 opens: {roles: [nurse, physician]}。"
        )
    if not _is_date(flow.next_review):
        yield doc.problem(
            ("next_review",), "缺少下次复核日期，或不是日期。", "例如 next_review: 2027-10-31。"
        )
    for i, step in enumerate(flow.transitions):
        if step.guard and not step.guard_says:
            yield doc.problem(
                ("transitions", i, "guard"), f"步骤“{step.title}”有条件，没有写不满足时说什么（guard_says）。",
                "写一句话告诉办理人为什么不能办、该怎么办。",
            )  # fmt: skip


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
