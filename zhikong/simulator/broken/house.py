"""Rules whose limit every hospital sets itself: the limits of the simulated one, and which stays break them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from zhikong.simulator.broken.care import answered, assessed, notices, results
from zhikong.simulator.broken.facts import DAY, HOUR, MINUTE, Stay, late
from zhikong.simulator.broken.writing import asleep, checked, procedures, superior_notes

LIMITS: dict[str, timedelta] = {
    "anaesthesia_record_at_once": HOUR,
    "chest_image_in_time": 72 * HOUR,
    "consultation_urgent_record_at_once": 20 * MINUTE,
    "critical_admission_reported": 12 * HOUR,
    "critical_notice_at_once": 6 * MINUTE,
    "exam_report_2h": 2 * HOUR,
    "instrument_count_at_once": 30 * MINUTE,
    "liver_kidney_test_in_time": DAY,
    "nursing_admission_assessment_in_time": 8 * HOUR,
    "operation_record_critical_at_once": HOUR,
    "postoperative_note_at_once": 2 * HOUR,
    "procedure_record_at_once": 2 * HOUR,
    "surgical_safety_checklist_before_leaving": 10 * MINUTE,
}
"""The planter's name of a rule -> the limit that this hospital sets."""


def _early_critical(s: Stay) -> bool:
    rows = s.there("condition_periods", lambda r: r["kind"] in ("critical", "serious"))
    return any(r["started_at"] <= s.start + HOUR for r in rows)


def _in_critical(s: Stay, limit: timedelta) -> bool:
    ends = [e for e in s.knives("ended_at") if s.within(e.at, "critical")]
    return late(ends, s.papers("09"), limit, same=True)


_TRUTHS: dict[str, Callable[[Stay, timedelta], bool]] = {
    "anaesthesia_record_at_once": lambda s, t: late(asleep(s, "ended_at"), s.papers("11"), t, low=-DAY, same=True),
    "chest_image_in_time": lambda s, t: late(
        s.admission, results(s, "XR-CHEST", "CT-CHEST"), t, low=-7 * DAY, unless=[s.end]
    ),
    "consultation_urgent_record_at_once": lambda s, t: late(answered(s, "urgent"), s.papers("45"), t, same=True),
    "critical_admission_reported": lambda s, t: _early_critical(s)
    and late(s.admission, [*superior_notes(s), *s.papers("44")], t),
    "critical_notice_at_once": lambda s, t: late(s.begins("critical", "serious"), notices(s), t, low=-2 * HOUR),
    "exam_report_2h": lambda s, t: late(
        s.events("results", "collected_at", lambda r: r["kind"] == "exam"),
        s.events("results", "at", lambda r: r["kind"] == "exam"), t, same=True,
    ),
    "instrument_count_at_once": lambda s, t: late(s.knives("ended_at"), s.papers("19"), t, low=-DAY, same=True),
    "liver_kidney_test_in_time": lambda s, t: late(
        s.admission, results(s, "ALT", "AST", "ALB", "TBIL", "CREA", "UREA"), t, low=-3 * DAY, unless=[s.end]
    ),
    "nursing_admission_assessment_in_time": lambda s, t: late(s.admission, assessed(s, "admission"), t, unless=[s.end]),
    "operation_record_critical_at_once": _in_critical,
    "postoperative_note_at_once": lambda s, t: late(s.knives("ended_at"), s.papers("48"), t, same=True),
    "procedure_record_at_once": lambda s, t: late(procedures(s, "ended_at"), s.papers("08"), t, same=True),
    "surgical_safety_checklist_before_leaving": lambda s, t: late(
        asleep(s, "ended_at"), checked(s), t, low=-DAY, same=True
    ),
}  # fmt: skip
HOUSE = {
    name: (lambda s, truth=truth, limit=LIMITS[name]: truth(s, limit)) for name, truth in _TRUTHS.items()
}
"""The planter's name of a rule -> whether a stay breaks it at this hospital's limit."""
