"""What a responsibility letter says and whether a line of it was kept. Pure.

A line: number, kind (target, duty, quota, task), text; of a target also indicator, low, high, unit and what the past
year came to. The checksum stands on the content that both sides sign.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy

TARGET, DUTY, QUOTA, TASK = "target", "duty", "quota", "task"
KIND_WORDS = {
    TARGET: gettext_lazy("质量目标"),
    DUTY: gettext_lazy("周期职责"),
    QUOTA: gettext_lazy("工作定额"),
    TASK: gettext_lazy("责任要求"),
}
KEPT, BROKEN, UNKNOWN = "kept", "broken", "unknown"
VERDICT_WORDS = {
    KEPT: gettext_lazy("已履行"),
    BROKEN: gettext_lazy("未履行"),
    UNKNOWN: gettext_lazy("无法计算"),
}
TASKS = (
    gettext_lazy(
        "科主任是本科室医疗质量和安全的第一责任人，每月组织一次科室质量分析，问题有原因、有措施、有结果。"
    ),
    gettext_lazy(
        "落实三级医师负责制：住院医师按时完成病历和诊疗，主治医师审核把关，主任（副主任）医师查房并对诊疗负责。"
    ),
    gettext_lazy("对检查提出的问题按期整改，经核实有效后关闭；不隐瞒、不弄虚作假。"),
)
"""What every head promises unless the office writes it otherwise (000-P5: duties of the head and of three levels)."""


def digest(content: Mapping) -> str:
    """Checksum of what is promised, in full."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def numbered(lines: Sequence[Mapping]) -> list[dict]:
    """Lines in the order of their kinds, numbered on from 1."""
    order = list(KIND_WORDS)
    found = sorted(lines, key=lambda line: order.index(line["kind"]))
    return [dict(line) | {"number": number} for number, line in enumerate(found, 1)]


def judged(line: Mapping, value: Decimal | None, reason: str, enough: bool) -> tuple[str, str]:
    """(verdict, reason) of a target line for the value of the period."""
    if value is None:
        return UNKNOWN, reason
    if not enough:
        return UNKNOWN, str(gettext_lazy("例数太少，不作判断。"))
    low, high = (None if line.get(side) is None else Decimal(line[side]) for side in ("low", "high"))
    met = (low is None or value >= low) and (high is None or value <= high)
    return (KEPT if met else BROKEN), ""
