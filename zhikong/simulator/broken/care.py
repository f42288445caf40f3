"""Which limits of care a stay breaks: consents, consultations, critical values, blood, drugs, orders, nursing."""

from __future__ import annotations

from datetime import timedelta

from zhikong.simulator.broken.facts import (
    DAY,
    HOUR,
    MINUTE,
    Event,
    Stay,
    absent,
    end_of_day,
    first,
    late,
    unprepared,
)
from zhikong.simulator.broken.writing import SUPERIOR, Truth, asleep, calm, procedures, titled

ANTIBACTERIAL = ("unrestricted", "restricted", "special")
TREATING = ("lab", "exam", "drug", "treatment", "blood", "operation")
_mandate = titled("31", "授权委托书")


def _asked(s: Stay, *urgency: str) -> list[Event]:
    return s.events("consultations", "requested_at", lambda r: not urgency or r["urgency"] in urgency)


def answered(s: Stay, *urgency: str) -> list[Event]:
    return s.events("consultations", "completed_at", lambda r: not urgency or r["urgency"] in urgency)


def _critical(s: Stay, column: str) -> list[Event]:
    return s.events("results", column, lambda r: r["critical"])


def _noted(s: Stay) -> list[Event]:
    return s.papers("38", titles=("危急值处理记录",))


def treated(s: Stay) -> list[Event]:
    return s.events("orders", "ordered_at", lambda r: r["kind"] in TREATING)


def assessed(s: Stay, kind: str) -> list[Event]:
    return s.events("assessments", "at", lambda r: r["kind"] == kind)


def results(s: Stay, *items: str) -> list[Event]:
    return s.events("results", "at", lambda r: r["item"] in items)


def notices(s: Stay) -> list[Event]:
    return [*s.talks("critical"), *s.papers("30")]


def _scale(kind: str, hours: int) -> Truth:
    return lambda s: late(s.admission, assessed(s, kind), hours * HOUR, unless=[s.end])


def _tested(*items: str) -> Truth:
    return lambda s: late(s.admission, results(s, *items), DAY, low=-3 * DAY, unless=[s.end])


def _icu_awake(s: Stay) -> bool:
    left = [r["left_at"] for r in s.there("icu_stays") if r["left_at"]]
    return late(s.events("icu_stays", "entered_at"), assessed(s, "consciousness"), DAY, unless=left)


def rows_with(table: str, wrong) -> Truth:
    return lambda s: any(wrong(row) for row in s.there(table))


def _weekly_falls(s: Stay) -> bool:
    """From the first high risk on, no more than eight days without an assessment of it."""
    risky = first(e for e in assessed(s, "fall") if e.row["at_risk"])
    if not risky:
        return False
    last = risky[0].at
    for moment in [*sorted(e.at for e in assessed(s, "fall") if e.at > last), s.end]:
        if moment - last > 8 * DAY:
            return True
        last = min(moment, s.end)
    return False


CARE: dict[str, Truth] = {
    "admission_talk_72h": lambda s: late(
        s.admission, s.talks("admission", "operation"), 72 * HOUR, unless=[s.end]
    ),
    "non_surgical_talk_72h": lambda s: (
        not s.knives("performed_at") and late(s.admission, s.talks("admission"), 72 * HOUR, unless=[s.end])
    ),
    "operation_consent_before": lambda s: unprepared(
        s.knives("performed_at"), s.talks("operation"), same=True
    ),
    "anaesthesia_consent_before": lambda s: unprepared(
        asleep(s, "performed_at"), s.talks("anaesthesia"), same=True
    ),
    "special_consent_before_procedure": lambda s: unprepared(
        calm(s, procedures(s, "performed_at")), s.talks("special"), same=True
    ),
    "transfusion_consent_before": lambda s: unprepared(
        first(s.events("transfusions", "started_at")), [*s.talks("transfusion"), *s.papers("28")]
    ),
    "restraint_consent_before": lambda s: unprepared(s.begins("restraint"), s.talks("special"), same=True),
    "letter_of_authority_before_agent_signs": lambda s: unprepared(
        first(s.events("consents", "signed_at", lambda r: r["signer"] == "agent")), _mandate(s)
    ),
    "self_discharge_notice": lambda s: (
        s.row["discharge_way"] == "4"
        and unprepared(
            s.leaving, [*s.talks("refusal"), *s.papers("31", titles=("自动出院或放弃治疗告知书",))]
        )
    ),
    "second_operation_talk_before": lambda s: unprepared(
        s.knives("performed_at", lambda r: r["unplanned_return"]), s.talks("operation"), floor=DAY, same=True
    ),
    "condition_change_talk_24h": lambda s: late(
        s.begins("critical"), s.talks("other"), DAY, same=True, unless=[s.end]
    ),
    "rescue_talk_24h": lambda s: late(
        s.events("rescues", "ended_at"), s.talks("other"), DAY, same=True, unless=[s.end]
    ),
    "talk_after_operation_24h": lambda s: late(
        s.knives("ended_at"), s.talks("other"), DAY, same=True, unless=[s.end]
    ),
    "undiagnosed_talk_4d": lambda s: (
        (s.row["confirmed_on"] - s.start.date()).days > 3
        and late(s.admission, s.talks("other"), 4 * DAY, unless=[s.end])
    ),
    "unhealed_talk_before_discharge": lambda s: (
        not s.died
        and bool(s.there("diagnoses", lambda r: r["kind"] == "principal" and r["outcome"] == "3"))
        and unprepared(s.leaving, s.talks("other", "discharge", "refusal"))
    ),
    "critical_notice_required": lambda s: absent(s.begins("critical", "serious"), notices(s)),
    "rescue_critical_notice": lambda s: absent(first(s.events("rescues", "started_at")), notices(s)),
    "critical_nursing_record": lambda s: absent(s.begins("critical"), s.papers("18")),
    "critical_superior_round_24h": lambda s: late(
        s.begins("critical"), [*s.papers("39", levels=SUPERIOR), *s.papers("44")], DAY, unless=[s.end]
    ),
    "consultation_urgent_10min": lambda s: late(
        _asked(s, "urgent"), s.events("consultations", "arrived_at"), 10 * MINUTE, same=True
    ),
    "consultation_ordinary_24h": lambda s: late(
        _asked(s, "routine"), answered(s), DAY, same=True, unless=[s.end]
    ),
    "consultation_ordinary_48h": lambda s: late(
        _asked(s, "routine"), answered(s), 2 * DAY, same=True, unless=[s.end]
    ),
    "consultation_answered": lambda s: absent(_asked(s), answered(s), same=True),
    "consultation_record_required": lambda s: absent(answered(s), s.papers("45"), same=True),
    "consultation_ordinary_effective_24h": lambda s: late(
        _asked(s, "routine"), treated(s), DAY, unless=[s.end]
    ),
    "consultation_urgent_effective_40min": lambda s: late(_asked(s, "urgent"), treated(s), 40 * MINUTE),
    "consultation_by_qualified_doctor": lambda s: any(
        r.row["doctor_level"] in ("intern", "resident") for r in answered(s)
    ),
    "multidisciplinary_before_grade_four": lambda s: unprepared(
        s.knives("performed_at", lambda r: r["elective"] and r["grade"] == "4"),
        answered(s, "multidisciplinary"),
    ),
    "multidisciplinary_consultation_record": lambda s: absent(
        answered(s, "multidisciplinary"), s.papers("45", "40"), same=True
    ),
    "critical_value_notified_10min": lambda s: late(
        _critical(s, "at"), _critical(s, "notified_at"), 10 * MINUTE, same=True
    ),
    "critical_value_handled_30min": lambda s: late(
        _critical(s, "notified_at"), _critical(s, "handled_at"), 30 * MINUTE, same=True
    ),
    "critical_value_note_6h": lambda s: late(_critical(s, "notified_at"), _noted(s), 6 * HOUR, same=True),
    "critical_value_note_same_day": lambda s: late(
        _critical(s, "notified_at"), _noted(s), end_of_day, same=True
    ),
    "critical_value_note_required": lambda s: absent(_critical(s, "at"), _noted(s), same=True),
    "critical_value_order_1h": lambda s: late(_critical(s, "notified_at"), treated(s), HOUR),
    "blood_test_24h": _tested("WBC", "HGB", "PLT", "RBC", "NEUT"),
    "urine_test_24h": _tested("UPRO", "UWBC", "URBC", "UGLU", "UKET"),
    "stool_test_24h": _tested("OB", "SWBC", "SRBC"),
    "fall_assessment_24h": _scale("fall", 24),
    "pressure_injury_assessment_24h": _scale("pressure_injury", 24),
    "vte_assessment_24h": _scale("vte", 24),
    "adl_assessment_24h": _scale("adl", 24),
    "nutrition_assessment_24h": _scale("nutrition", 24),
    "pain_assessment_8h": _scale("pain", 8),
    "nursing_admission_assessment_required": lambda s: absent(s.admission, assessed(s, "admission")),
    "postoperative_pain_assessment_24h": lambda s: late(
        first(s.knives("ended_at")), assessed(s, "pain"), DAY, low=-8 * HOUR, unless=[s.end]
    ),
    "postoperative_vte_assessment_48h": lambda s: late(
        first(s.knives("ended_at")), assessed(s, "vte"), 2 * DAY, unless=[s.end]
    ),
    "icu_consciousness_assessment_24h": _icu_awake,
    "fall_reassessed_weekly": _weekly_falls,
    "icu_transfer_talk": lambda s: late(
        s.events("icu_stays", "entered_at"),
        s.talks("critical", "operation", "other", "special"),
        DAY,
        low=-DAY,
    ),
    "critical_patient_close_nursing": lambda s: late(
        s.begins("critical"), s.begins("nursing_special", "nursing_1"), 6 * HOUR, low=-90 * DAY
    ),
    "unplanned_removal_nursing_record": lambda s: late(
        s.events("devices", "removed_at", lambda r: r["unplanned_removal"]), s.papers("17", "18"), DAY
    ),
    "costly_consumable_talk_before": lambda s: unprepared(
        first(s.papers("22")), s.talks("self_paid", "other", "operation")
    ),
    "diagnosis_confirmed_3_days": lambda s: (
        s.row["days"] >= 3 and (s.row["confirmed_on"] - s.start.date()).days > 3
    ),
    "front_page_rescues_agree": lambda s: len(s.there("rescues")) != s.row["rescues"],
    "pathway_exit_reason": rows_with("pathways", lambda r: r["outcome"] == "exited" and r["reason"] is None),
}
"""The planter's name of a rule -> whether a stay breaks it."""

__all__ = ["CARE", "timedelta"]
