"""Which limits of treatment a stay breaks: blood, drugs, infections, orders."""

from __future__ import annotations

from zhikong.simulator.broken.care import ANTIBACTERIAL, answered, results, rows_with, treated
from zhikong.simulator.broken.facts import DAY, HOUR, MINUTE, Event, Stay, first, late, unprepared
from zhikong.simulator.broken.writing import COURSE, Truth, calm


def _doses(s: Stay, *classes: str, purpose: str = "") -> list[Event]:
    return s.events(
        "medications",
        "given_at",
        lambda r: r["antibacterial_class"] in classes and purpose in ("", r["purpose"]),
    )


def _at_incision(s: Stay) -> bool:
    """The first preventive dose: half an hour to two hours before an operation begins."""
    dose = first(_doses(s, *ANTIBACTERIAL, purpose="prophylaxis"))
    return late(dose, s.knives("performed_at"), 2 * HOUR, low=30 * MINUTE)


def _too_long(s: Stay) -> bool:
    clean = s.there("operations", lambda r: r["kind"] == "surgery" and r["incision_class"] == "1")
    doses = _doses(s, *ANTIBACTERIAL, purpose="prophylaxis")
    ends = s.knives("ended_at")
    return bool(clean and doses and ends) and max(d.at for d in doses) - max(e.at for e in ends) > DAY


def _blood_tested(s: Stay) -> bool:
    asked = s.events("transfusions", "started_at", lambda r: r["component"] != "autologous")
    return unprepared(calm(s, asked), results(s, "HGB", "PLT", "APTT", "PT", "FIB"), floor=DAY)


def _cultured(s: Stay, level: str) -> bool:
    """A specimen was taken before the first treating dose; a result of unknown kind taken before leaves it open."""
    taken = s.events("results", "collected_at", lambda r: r["kind"] in ("microbiology", None))
    unknown = s.there("results", lambda r: r["kind"] is None and r["collected_at"] is None)
    return not unknown and unprepared(first(_doses(s, level, purpose="treatment")), taken)


TREATMENT: dict[str, Truth] = {
    "transfusion_record_24h": lambda s: late(
        s.events("transfusions", "ended_at"), s.papers("13"), DAY, same=True
    ),
    "transfusion_evaluated_24h": lambda s: late(
        s.events("transfusions", "ended_at"), s.events("transfusions", "evaluated_at"), DAY, same=True
    ),
    "transfusion_within_4h": lambda s: late(
        s.events("transfusions", "started_at"), s.events("transfusions", "ended_at"), 4 * HOUR, same=True
    ),
    "transfusion_requested_before_start": lambda s: unprepared(
        calm(s, s.events("transfusions", "started_at")), s.events("transfusions", "requested_at"), same=True
    ),
    "transfusion_tests_before": _blood_tested,
    "blood_ordered_before_transfusion": lambda s: unprepared(
        s.events("transfusions", "started_at"),
        s.events("orders", "ordered_at", lambda r: r["kind"] == "blood"),
        floor=3 * DAY,
    ),
    "transfusion_reaction_recorded": lambda s: late(
        s.events("transfusions", "ended_at", lambda r: r["reaction"] == "1"),
        [*s.papers(*COURSE), *s.papers("13")],
        DAY,
        low=-4 * HOUR,
    ),
    "transfusion_approved": rows_with("transfusions", lambda r: r["approved_by"] is None),
    "transfusion_requested_by_qualified": rows_with(
        "transfusions", lambda r: r["requester_level"] in ("intern", "resident")
    ),
    "prophylaxis_before_incision": _at_incision,
    "prophylaxis_stopped_24h": _too_long,
    "special_antibacterial_consultation": lambda s: late(
        first(_doses(s, "special")), answered(s), DAY, low=-3 * DAY, unless=[s.end]
    ),
    "culture_before_special_antibacterial": lambda s: _cultured(s, "special"),
    "culture_before_restricted_antibacterial": lambda s: _cultured(s, "restricted"),
    "infection_reported_24h": lambda s: late(
        s.events("infections", "confirmed_at"), s.events("infections", "reported_at"), DAY, same=True
    ),
    "resistant_infection_isolated_24h": lambda s: late(
        first(s.events("infections", "reported_at", lambda r: r["resistant"])),
        s.begins("isolation"),
        DAY,
        low=-90 * DAY,
        unless=[s.end],
    ),
    "rescue_verbal_orders_6h": lambda s: late(
        s.events("rescues", "ended_at"), s.events("orders", "ordered_at"), 6 * HOUR, low=-4 * HOUR
    ),
    "first_treatment_order_8h": lambda s: late(s.admission, treated(s), 8 * HOUR, unless=[s.end]),
    "initial_handling_30min": lambda s: late(s.admission, s.events("orders", "ordered_at"), 30 * MINUTE),
    "nursing_level_ordered": lambda s: late(
        s.admission, s.events("orders", "ordered_at", lambda r: r["kind"] == "nursing"), 2 * HOUR
    ),
    "operation_ordered_before": lambda s: unprepared(
        calm(s, first(s.knives("performed_at"))),
        s.events("orders", "ordered_at", lambda r: r["kind"] == "operation"),
    ),
    "discharge_order_before_leaving": lambda s: (
        s.row["discharge_way"] in ("1", "2", "3")
        and unprepared(
            s.leaving,
            s.events(
                "orders",
                "ordered_at",
                lambda r: r["kind"] == "other" and r["name"] in ("今日出院", "明日出院", "出院"),
            ),
        )
    ),
    "cancelled_order_not_executed": rows_with(
        "orders", lambda r: r["status"] == "cancelled" and r["executed_at"] is not None
    ),
    "order_checked_by_nurse": rows_with(
        "orders", lambda r: r["executed_at"] is not None and r["checked_at"] is None
    ),
    "order_checked_before_execution": rows_with(
        "orders",
        lambda r: (
            None not in (r["executed_at"], r["checked_at"])
            and r["ordered_at"] < r["executed_at"] < r["checked_at"]
        ),
    ),
}
"""The planter's name of a rule -> whether a stay breaks it."""
