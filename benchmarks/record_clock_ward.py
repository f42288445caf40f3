"""The open stays of a 600-bed hospital, with everything that a ward writes in a week."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from zhikong.engine.backends.source import Source
from zhikong.engine.tables import TABLES
from zhikong.engine.tables.codes import DOCUMENT_TYPE

NOW = datetime(2026, 11, 22, 8)  # noqa: DTZ001  facts carry the local wall time without a zone
LEVELS = ("resident", "attending", "associate_chief", "chief", None)


def source(stays: int) -> tuple[Source, datetime]:
    """Every table of the contract, most of them with rows, and the moment of judging."""
    random = np.random.default_rng(20_261_122)
    types = sorted(DOCUMENT_TYPE.codes)
    rows: dict[str, list[dict]] = {name: [] for name in TABLES}

    def after(start: datetime) -> datetime:
        return start + timedelta(
            minutes=int(random.integers(0, int((NOW - start) / timedelta(minutes=1)) + 1))
        )

    for number in range(stays):
        stay = f"S{number:04d}"
        start = NOW - timedelta(minutes=int(random.integers(60, 20 * 1440)))
        rows["stays"].append(
            {"stay_id": stay, "patient_key": stay, "institution": "H", "zone": "Asia/Shanghai", "admitted_at": start,
             "admission_department": "A", "age_years": 50, "sex": "1", "admission_route": "2"}
        )  # fmt: skip
        for place in range(40):
            rows["documents"].append(
                {"stay_id": stay, "document_id": f"{stay}-{place}", "type": types[int(random.integers(len(types)))],
                 "signed_at": after(start), "author": "D", "author_level": LEVELS[place % len(LEVELS)],
                 "about": "operations:1" if place % 4 == 0 else None}
            )  # fmt: skip
        at = after(start)
        rows["operations"].append(
            {"stay_id": stay, "seq": 1, "kind": "surgery", "performed_at": at, "ended_at": at + timedelta(hours=2),
             "elective": True, "grade": "3", "operator": "D"}
        )  # fmt: skip
        for kind in ("critical", "serious", "nursing_1"):
            rows["condition_periods"].append(
                {"stay_id": stay, "kind": kind, "started_at": after(start), "ended_at": None}
            )
        for place in range(20):
            rows["orders"].append(
                {
                    "stay_id": stay,
                    "order_id": f"{stay}-o{place}",
                    "kind": "drug",
                    "ordered_at": after(start),
                    "doctor": "D",
                }
            )
            rows["results"].append(
                {
                    "stay_id": stay,
                    "item": f"R{place}",
                    "at": after(start),
                    "critical": place == 0,
                    "kind": "lab",
                }
            )
        rows["consultations"].append(
            {
                "stay_id": stay,
                "consultation_id": f"{stay}-c",
                "urgency": "routine",
                "requested_at": after(start),
            }
        )
        rows["transfers"].append(
            {"stay_id": stay, "seq": 1, "to_department": "B", "from_department": "A", "at": after(start)}
        )
    return Source.of_rows(rows), NOW
