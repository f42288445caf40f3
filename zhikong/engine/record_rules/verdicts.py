"""What rules of every kind say: verdicts, one row per encounter and rule, and obligations, one row per thing due."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import pyarrow as pa

from zhikong.engine.record_rules.model import Severity

_TIME = pa.timestamp("us")

VERDICT_SCHEMA = pa.schema(
    [
        ("encounter", pa.string()),
        ("rule", pa.string()),
        ("version", pa.int64()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("due_at", _TIME),
        ("at", _TIME),
        ("anchor", pa.string()),
        ("anchor_at", _TIME),
        ("subject", pa.string()),
        ("responsible", pa.string()),
        ("institution", pa.string()),
        ("department", pa.string()),
        ("span_document", pa.string()),
        ("span_section", pa.string()),
        ("span_start", pa.int64()),
        ("span_end", pa.int64()),
    ]
)
"""One row per encounter and rule. Times are local wall time to the minute.

verdict: the word of a `Verdict`. reason: a Chinese sentence. due_at: until when it had to be done. at: when it was done.
anchor: "table:key" of the row that started the clock, anchor_at: its time. subject: "table:key" of the row that
fulfilled the rule or broke it. responsible: staff code of whose obligation it is, where the data tell. department: where
the patient lay at anchor_at, else at discharge. span_*: the place in a document's text that a finding stands on, as
document, section and half-open range of characters.
"""

OBLIGATION_SCHEMA = pa.schema(
    [
        *VERDICT_SCHEMA,
        pa.field("warn_at", _TIME),
        pa.field("state", pa.string()),
        pa.field("explanation", pa.string()),
    ]
)
"""One row per thing due: the verdict's columns, when to warn, its `State`, and the sentence that explains it.

(encounter, rule, anchor, anchor_at) is its key.
"""


class State(StrEnum):
    """Where an obligation stands."""

    PENDING = "pending"
    WARNING = "warning"
    OVERDUE = "overdue"
    DONE = "done"
    LATE = "late"
    EXCUSED = "excused"
    UNKNOWN = "unknown"


STATE_TITLES = {
    State.PENDING: "待完成",
    State.WARNING: "即将到期",
    State.OVERDUE: "已超时",
    State.DONE: "按时完成",
    State.LATE: "超时完成",
    State.EXCUSED: "不需完成",
    State.UNKNOWN: "无法判断",
}


@dataclass(frozen=True, slots=True)
class Override:
    """What a hospital sets for a rule instead of what the rule says; None leaves it as it is.

    limit: as rules write it, such as "6 h". interrupts: whether it may open a window while someone writes.
    hard_stop: whether what it forbids cannot be done without giving a reason.
    """

    active: bool | None = None
    limit: str | None = None
    severity: Severity | None = None
    interrupts: bool | None = None
    hard_stop: bool | None = None
    points: Decimal | None = None
