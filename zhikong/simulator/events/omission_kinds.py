"""What a careless hospital forgets, kind by kind: which rows are left out, moved or left blank, and how often."""

from __future__ import annotations

import numpy as np

from zhikong.simulator.clock import DAY
from zhikong.simulator.events.further_care import worse
from zhikong.simulator.events.rows import NEVER
from zhikong.simulator.events.shelf import KNIFE, Shelf, Where


def _papers(*types: str) -> Where:
    return lambda s: s.is_("documents", "type", *types)


def _titled(*titles: str) -> Where:
    return lambda s: s.is_("documents", "title", *titles)


def _talks(*kinds: str) -> Where:
    return lambda s: s.is_("consents", "kind", *kinds)


def _assessed(*kinds: str) -> Where:
    return lambda s: s.is_("assessments", "kind", *kinds)


def _ordered(*kinds: str) -> Where:
    return lambda s: s.is_("orders", "kind", *kinds)


def _after_first_operation(kind: str) -> Where:
    def where(s: Shelf) -> np.ndarray:
        cut = s.first("operations", "ended_at", s.is_("operations", "kind", *KNIFE))
        rows = s.rows["assessments"]
        return s.is_("assessments", "kind", kind) & (rows.columns["at"] >= cut[rows.i] - 8 * 60)

    return where


def _of_delivered(s: Shelf) -> np.ndarray:
    codes = s.rows["operations"].columns["code"]
    born = np.array([str(code).startswith("74.") for code in codes.values])[codes.index]
    return s.is_("documents", "type", "09", "16") & s.of("documents", s.rows["operations"].i[born])


def _of_long(days: int, where: Where) -> Where:
    return lambda s: where(s) & (s.block.length[s.rows["documents"].i] > days * DAY)


def _of_returned(where: Where, table: str) -> Where:
    return lambda s: (
        where(s)
        & s.of(table, s.rows["operations"].i[np.asarray(s.rows["operations"].columns["unplanned_return"])])
    )


def _of_self_discharge(where: Where, table: str) -> Where:
    return lambda s: where(s) & (s.block.of(s.block.stages.outcome.way)[s.rows[table].i] == 4)


def _falls_later(s: Shelf) -> np.ndarray:
    rows = s.rows["assessments"]
    return s.is_("assessments", "kind", "fall") & (rows.columns["at"] - s.block.admitted[rows.i] > 2 * DAY)


def _consulted(s: Shelf, *urgency: str) -> np.ndarray:
    return s.is_("consultations", "urgency", *urgency)


def _critical(s: Shelf) -> np.ndarray:
    return np.asarray(s.rows["results"].columns["critical"], bool)


def _last_prevention(s: Shelf) -> np.ndarray:
    rows = s.rows["medications"]
    own = s.is_("medications", "purpose", "prophylaxis") & s.of(
        "medications", s.rows["operations"].i[s.is_("operations", "incision_class", "1")]
    )
    last = np.full(len(s.block), NEVER)
    np.maximum.at(last, rows.i[own], rows.columns["given_at"][own])
    return own & (rows.columns["given_at"] == last[rows.i])


def _of_rows(where: Where, table: str, source: str, chosen: Where) -> Where:
    """Rows of stays in which there are other rows."""
    return lambda s: where(s) & s.of(table, s.rows[source].i[chosen(s)])


def _of_rescued(where: Where, table: str) -> Where:
    return lambda s: where(s) & s.of(table, s.rows["rescues"].i)


def _of_unhealed(where: Where, table: str) -> Where:
    return lambda s: where(s) & s.of(table, worse(s.block))


def _of_restrained(where: Where, table: str) -> Where:
    return _of_rows(
        where, table, "condition_periods", lambda s: s.is_("condition_periods", "kind", "restraint")
    )


def _of_urgent(where: Where, table: str) -> Where:
    def urgent(s: Shelf) -> np.ndarray:
        return s.is_("operations", "kind", *KNIFE) & ~np.asarray(
            s.rows["operations"].columns["elective"], bool
        )

    return _of_rows(where, table, "operations", urgent)


def _of_transfused(where: Where) -> Where:
    return lambda s: where(s) & s.of("results", s.rows["transfusions"].i)


def _of_costly(where: Where) -> Where:
    return _of_rows(where, "consents", "documents", _papers("22"))


def _executed_later(s: Shelf) -> np.ndarray:
    rows = s.rows["orders"].columns
    return (rows["executed_at"] != NEVER) & (rows["executed_at"] > rows["ordered_at"])


# planter's rule, table, rows, share of stays in which they are all left out, what is left out with them
LOST: tuple[tuple, ...] = (
    ("omitted_delivery_record", "documents", _of_delivered, 0.05),
    ("omitted_preoperative_summary", "documents", _papers("46"), 0.01),
    ("omitted_postoperative_note", "documents", _papers("48"), 0.01),
    ("omitted_procedure_record", "documents", _papers("08"), 0.02),
    ("omitted_theatre_papers", "documents", _papers("19"), 0.01),
    ("omitted_anaesthesia_record", "documents", _papers("11"), 0.01),
    ("omitted_critical_nursing_record", "documents", _papers("18"), 0.04),
    ("omitted_discussion_of_long_stay", "documents", _of_long(30, _papers("40")), 0.1),
    ("omitted_discussion_of_reoperation", "documents", _of_returned(_papers("40"), "documents"), 0.1),
    ("omitted_summary", "documents", _of_long(31, _papers("43", "41", "42")), 0.1),
    ("omitted_great_round", "documents", _of_long(31, _titled("大查房记录")), 0.1),
    ("omitted_short_death_record", "documents", _papers("36"), 0.1),
    ("omitted_death_record", "documents", _papers("50"), 0.05),
    ("omitted_critical_value_note", "documents", _titled("危急值处理记录"), 0.03),
    ("omitted_consultation_record", "documents", _papers("45"), 0.02),
    ("omitted_taking_over", "documents", _titled("接班记录"), 0.05),
    ("omitted_handing_over", "documents", _titled("交班记录"), 0.05),
    ("omitted_guidance", "documents", _papers("25"), 0.004),
    ("omitted_operation_consent", "consents", _talks("operation"), 0.01),
    ("omitted_return_consent", "consents", _of_returned(_talks("operation"), "consents"), 0.1),
    ("omitted_special_consent", "consents", _talks("special"), 0.03),
    ("omitted_blood_consent", "consents", _talks("transfusion"), 0.05, ("documents", _papers("28"))),
    ("omitted_refusal", "consents", _of_self_discharge(_talks("refusal"), "consents"), 0.1, ("documents", _papers("31"))),
    ("omitted_critical_talk", "consents", _talks("critical"), 0.1, ("documents", _papers("30"))),
    ("omitted_talk", "consents", _talks("other"), 0.02),
    ("omitted_talk_of_rescue", "consents", _of_rescued(_talks("other"), "consents"), 0.05),
    ("omitted_talk_of_unhealed", "consents", _of_unhealed(_talks("other", "discharge", "refusal"), "consents"), 0.03),
    ("omitted_consent_to_restraint", "consents", _of_restrained(_talks("special"), "consents"), 0.1),
    ("omitted_urgent_summary", "documents", _of_urgent(_papers("46"), "documents"), 0.05),
    ("omitted_rescue_record", "documents", _papers("44"), 0.05),
    ("omitted_blood_tests", "results", _of_transfused(lambda s: s.is_("results", "item", "HGB", "PLT", "APTT", "PT", "FIB")), 0.1),
    ("omitted_nursing_of_removal", "documents", _titled("一般护理记录"), 0.1),
    ("omitted_consent_to_consumable", "consents", _of_costly(_talks("self_paid", "other", "operation")), 0.05),
    ("omitted_discharge_order", "orders", lambda s: s.is_("orders", "name", "今日出院", "明日出院", "出院"), 0.005),
    ("omitted_operation_order", "orders", _ordered("operation"), 0.01),
    ("omitted_blood_order", "orders", _ordered("blood"), 0.1),
    ("omitted_nursing_order", "orders", _ordered("nursing"), 0.005),
    ("omitted_pain_after_operation", "assessments", _after_first_operation("pain"), 0.02),
    ("omitted_vte_after_operation", "assessments", _after_first_operation("vte"), 0.02),
    ("omitted_fall_again", "assessments", _falls_later, 0.05),
    ("omitted_consciousness", "assessments", _assessed("consciousness"), 0.1),
    ("omitted_isolation", "condition_periods", lambda s: s.is_("condition_periods", "kind", "isolation"), 0.1),
    ("omitted_plan", "documents", _titled("术者术前查房记录", "术前小结", "术前讨论记录"), 0.01),
    ("omitted_charge_of_operation", "charges", lambda s: s.is_("charges", "fee_kind", "D20x02"), 0.01),
    ("omitted_charge_of_blood", "charges", lambda s: s.is_("charges", "fee_kind", "D26"), 0.1),
    ("omitted_rescue", "rescues", lambda s: np.ones(len(s.rows["rescues"]), bool), 0.03),
)  # fmt: skip
# planter's rule, table, column, rows, minutes later, share of stays
LATER: tuple[tuple[str, str, str, Where, int, float], ...] = (
    ("late_notification", "results", "notified_at", _critical, 25, 0.04),
    ("late_handling", "results", "handled_at", _critical, 90, 0.04),
    ("late_death_record", "documents", "signed_at", _papers("50"), 2 * DAY, 0.1),
    ("late_critical_value_note", "documents", "signed_at", _titled("危急值处理记录"), 7 * 60, 0.05),
    ("late_request_of_blood", "transfusions", "requested_at", lambda s: np.ones(len(s.rows["transfusions"]), bool), 3 * DAY, 0.08),
    ("late_end_of_blood", "transfusions", "ended_at", lambda s: np.ones(len(s.rows["transfusions"]), bool), 250, 0.08),
    ("late_last_prevention", "medications", "given_at", _last_prevention, 3 * DAY, 0.06),
    ("late_death_discussion", "documents", "signed_at", _papers("51"), 9 * DAY, 0.1),
    ("late_check", "orders", "checked_at", _executed_later, 600, 0.01),
    ("late_discussion", "documents", "occurred_at", _papers("47"), 2 * DAY, 0.02),
    ("signed_before_written", "documents", "signed_at", _papers("38"), -150, 0.004),
    ("written_before_it_happened", "documents", "written_at", _papers("09", "48"), -5 * DAY, 0.008),
    ("written_before_admission", "documents", "written_at", _papers("23"), -2 * DAY, 0.004),
    ("late_pathology", "results", "at", lambda s: s.is_("results", "kind", "pathology"), 12 * DAY, 0.03),
)  # fmt: skip
# planter's rule, table, column, rows, share of stays in which it is unknown
BLANK: tuple[tuple[str, str, str, Where, float], ...] = (
    ("blank_exit_reason", "pathways", "reason", lambda s: s.is_("pathways", "outcome", "exited"), 0.1),
    ("blank_approver", "transfusions", "approved_by", lambda s: np.ones(len(s.rows["transfusions"]), bool), 0.08),
    ("blank_talking_doctor", "consents", "doctor", lambda s: np.ones(len(s.rows["consents"]), bool), 0.004),
    ("blank_signature", "documents", "signed_at", _papers("46", "10", "08"), 0.006),
    ("blank_answer", "consultations", "completed_at", lambda s: _consulted(s, "routine"), 0.02),
)  # fmt: skip
