"""A patient's other stays, seen from one stay: read like child tables, never supplied.

They make looking back and looking forward a question about child rows: `has(later_stays, …)` asks about the
admissions after this discharge, `last_by(earlier_stays, …)` about the stay before. Same institution, same patient.
"""

from __future__ import annotations

from dataclasses import replace

from zhikong.engine.tables.model import Column, Table, Type
from zhikong.engine.tables.stays import STAYS

SAME_MONTH = "same_month"
TELLS_APART = ("stay_id", "institution", "patient_key", "admitted_at", "discharged_at")
"""What must be known of a stay to find the patient's others."""


def _view(name: str, meaning: str) -> Table:
    columns = tuple(c for c in STAYS.columns if c.name != "stay_id")  # there it names the stay that looks
    derived = (*STAYS.derived, Column(SAME_MONTH, Type.BOOL, "与本次住院同一个月出院"))
    return replace(
        STAYS, name=name, meaning=meaning, columns=columns, derived=derived, child_of="stays",
        key=("stay_id", "admitted_at"), month_of="stays.discharged_at", rules=(), numbered=None,
    )  # fmt: skip


EARLIER, LATER = "earlier_stays", "later_stays"
VIEWS: dict[str, Table] = {
    EARLIER: _view(EARLIER, "同一患者此前的住院：出院不晚于本次入院"),
    LATER: _view(LATER, "同一患者此后的住院：入院不早于本次出院"),
}
