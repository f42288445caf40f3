"""Which limits of writing a stay breaks: admission, rounds, progress, operations, transfers, leaving, death."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from zhikong.simulator.broken.facts import (
    DAY,
    HOUR,
    ZERO,
    Event,
    Stay,
    absent,
    first,
    late,
    silent_days,
    unprepared,
)

SUPERIOR = ("attending", "associate_chief", "chief")
SENIOR = ("associate_chief", "chief")
COURSE = ("37", "38", "39", "40", "41", "42", "43", "44", "46", "47", "48")
TWO_DAYS = timedelta(hours=48)
Truth = Callable[[Stay], bool]


def _short(s: Stay) -> bool:
    return s.length < DAY


def _elective(s: Stay, column: str = "performed_at") -> list[Event]:
    return s.knives(column, lambda r: r["elective"])


def _urgent(s: Stay) -> list[Event]:
    return s.knives("performed_at", lambda r: not r["elective"])


def asleep(s: Stay, column: str) -> list[Event]:
    return s.knives(column, lambda r: r["anaesthetist"] is not None)


def calm(s: Stay, anchors: list[Event]) -> list[Event]:
    """Those that did not begin in the middle of a rescue."""
    spans = [(r["started_at"], r["ended_at"] or s.end) for r in s.there("rescues")]
    return [a for a in anchors if not any(begin <= a.at < end for begin, end in spans)]


def procedures(s: Stay, column: str) -> list[Event]:
    return s.events("operations", column, lambda r: r["kind"] in ("treatment", "diagnostic"))


def titled(kind: str, *titles: str) -> Callable[[Stay], list[Event]]:
    return lambda s: s.papers(kind, titles=titles)


_out, _in = titled("42", "转出记录"), titled("42", "转入记录")
_given, _taken = titled("41", "交班记录"), titled("41", "接班记录")
_surgeon_before, _surgeon_after = titled("39", "术者术前查房记录"), titled("39", "术者术后查房记录")
_grand, _agreed = titled("39", "大查房记录"), titled("39", "出院前上级医师查房记录")
checked, _count = titled("19", "手术安全核查表"), titled("19", "手术清点记录")


def _attending(s: Stay) -> bool:
    waived = [s.start] if s.papers("37", levels=SUPERIOR) else []
    return late(s.admission, s.papers("39", levels=SUPERIOR), TWO_DAYS, unless=[s.end, *waived])


def _silent(s: Stay, anchors: list[Event], days: int) -> bool:
    """A day without a note of the course among the first `days` after one of these."""
    moments = [p.at for p in s.papers(*COURSE)]
    return any(silent_days(a.at, min(s.end, _last_minute(a, days)), moments, 1) for a in anchors)


def _last_minute(anchor: Event, days: int):
    return anchor.at.replace(hour=23, minute=59) + days * DAY


def _silent_while(kind: str, days: int) -> Truth:
    return lambda s: any(
        silent_days(begin, min(finish, s.end), [p.at for p in s.papers(*COURSE)], days) for begin, finish in s.periods(kind)
    )  # fmt: skip


def _silent_stable(s: Stay, days: int) -> bool:
    """Outside critical, serious and leave: each such part of the stay has its own chain."""
    parts, begin = [], s.start
    for start, finish in s.periods("critical", "serious", "leave"):
        if start > begin:
            parts.append((begin, start))
        begin = max(begin, finish)
    parts += [(begin, s.end)] if begin < s.end else []
    return any(silent_days(a, b, [p.at for p in s.papers(*COURSE)], days) for a, b in parts)


def _agreement(s: Stay) -> bool:
    notes = [*_agreed(s), *s.papers("39", levels=SUPERIOR), *superior_notes(s)]
    ordered = s.leaving if s.row["discharge_way"] in ("1", "2", "3") and s.length >= TWO_DAYS else []
    return unprepared(ordered, notes, floor=TWO_DAYS)


def superior_notes(s: Stay) -> list[Event]:
    """Notes that a superior wrote, or countersigned, at that time."""
    found = []
    for p in s.papers("37", "38", "39"):
        row = p.row
        if row["author_level"] in SUPERIOR or row["cosigner_level"] in SUPERIOR:
            found.append(Event(row["cosigned_at"] or p.at, p.ref, p.about, row))
    return found


def _alive(s: Stay) -> list[Event]:
    return [] if s.died else s.leaving


def _death(s: Stay) -> list[Event]:
    return s.leaving if s.died else []


def _held(s: Stay) -> list[Event]:
    """Discussions by when they took place, else by when they were written."""
    found = s.there("documents", lambda r: r["type"] == "47" and (r["occurred_at"] or r["written_at"]))
    return [Event(r["occurred_at"] or r["written_at"], "", r["about"], r) for r in found]


def _discussed_before_consent(s: Stay) -> bool:
    consents = [t for t in s.talks("operation") if t.about]
    excused = any(
        not r["elective"] for r in s.there("operations") if r["kind"] in ("surgery", "intervention")
    )
    return unprepared(consents, _held(s), same=True, excused=excused)


def _discussed_before_order(s: Stay) -> bool:
    orders = first(s.events("orders", "ordered_at", lambda r: r["kind"] == "operation"))
    others = [r for r in s.there("operations") if r["kind"] in ("treatment", "diagnostic")]
    owed = _elective(s) and not _urgent(s) and not others
    return bool(owed) and unprepared(orders, _held(s))


def _early_critical(s: Stay) -> bool:
    return any(
        r["started_at"] <= s.start + 6 * HOUR
        for r in s.there("condition_periods", lambda r: r["kind"] in ("critical", "serious"))
    )


def _too_few(s: Stay, levels: tuple[str, ...], times: int) -> bool:
    """Within seven days of admission and of each round, leave not counted, there are so many further rounds."""
    points = [s.start, *sorted(p.at for p in s.papers("39", levels=levels) if s.start <= p.at <= s.end)]
    for place, since in enumerate(points):
        until = points[place + times] if place + times < len(points) else s.end
        away = [min(b, until) - max(a, since) for a, b in s.periods("leave")]
        if until - since - sum((gap for gap in away if gap > ZERO), ZERO) > 7 * DAY:
            return True
    return False


def _not_twice_daily(s: Stay) -> bool:
    """After admission and each note, the next two are written by the end of the following day."""
    rows = s.events("documents", "written_at", lambda r: r["type"] in COURSE)
    points = [s.start, *sorted(r.at for r in rows if s.start <= r.at <= s.end)]
    followed = [points[n + 2] if n + 2 < len(points) else s.end for n in range(len(points))]
    return any(
        after > _last_minute(Event(since, "", None, {}), 1)
        for since, after in zip(points, followed, strict=True)
    )


def _after_shift(s: Stay) -> bool:
    """The first note after the shift in which the patient came; nothing is said where no roster tells the shift."""
    ends = [end for begin, end in s.duty if begin <= s.start < end]
    if not ends or s.papers("35", "36"):
        return False
    return not any(s.start <= p.at <= max(ends) for p in s.papers("37"))


def _summaries(s: Stay) -> bool:
    notes = sorted(p.at for p in [*s.papers("43"), *_given(s), *_taken(s), *_in(s)])
    last = s.start
    for moment in [*(n for n in notes if s.start <= n <= s.end), s.end]:
        if moment - last > 31 * DAY:
            return True
        last = moment
    return False


WRITING: dict[str, Truth] = {
    "first_progress_note_8h": lambda s: (
        late(s.admission, s.papers("37"), 8 * HOUR, unless=[p.at for p in ()]) and not s.papers("35", "36")
    ),
    "admission_record_24h": lambda s: (
        not s.papers("35", "36") and late(s.admission, s.papers("34"), DAY, unless=[s.end])
    ),
    "admission_record_6h_critical": lambda s: (
        _early_critical(s) and late(s.admission, s.papers("34"), 6 * HOUR, unless=[s.end])
    ),
    "admission_record_before_emergency_operation": lambda s: unprepared(
        calm(s, first(_urgent(s))), s.papers("34")
    ),
    "short_stay_record_24h": lambda s: (
        _short(s) and not s.papers("34") and late(_alive(s), s.papers("35"), DAY)
    ),
    "short_stay_death_record_24h": lambda s: (
        _short(s) and not s.papers("34") and late(_death(s), s.papers("36"), DAY)
    ),
    "attending_round_48h": _attending,
    "senior_round_72h": lambda s: late(s.admission, s.papers("39", levels=SENIOR), 72 * HOUR, unless=[s.end]),
    "senior_round_1_week": lambda s: late(
        s.admission, s.papers("39", levels=SENIOR), 7 * DAY, unless=[s.end]
    ),
    "progress_note_critical_daily": _silent_while("critical", 1),
    "progress_note_serious_2d": _silent_while("serious", 2),
    "progress_note_stable_3d": lambda s: _silent_stable(s, 3),
    "senior_rounds_two_a_week": lambda s: _too_few(s, SENIOR, 2),
    "superior_rounds_three_a_week": lambda s: _too_few(s, SUPERIOR, 3),
    "ward_round_twice_daily": _not_twice_daily,
    "progress_note_chronic_5d": lambda s: _silent_stable(s, 5),
    "first_progress_note_same_shift": _after_shift,
    "difficult_case_high_cost": lambda s: (
        s.row["total_fee"] >= 20_000_000 and absent(s.admission, s.papers("40"))
    ),
    "progress_notes_after_admission": lambda s: _silent(s, s.admission, 3),
    "progress_notes_after_operation": lambda s: _silent(s, s.knives("ended_at"), 3),
    "progress_notes_after_transfer": lambda s: _silent(s, s.events("transfers", "at"), 3),
    "takeover_note_24h": lambda s: late(_given(s), _taken(s), DAY, unless=[s.end]),
    "handover_note_before_takeover": lambda s: unprepared(_taken(s), _given(s)),
    "transfer_out_note_before_transfer": lambda s: unprepared(
        calm(s, s.events("transfers", "at")), _out(s), same=True
    ),
    "transfer_in_note_24h": lambda s: late(
        s.events("transfers", "at"), _in(s), DAY, same=True, unless=[s.end]
    ),
    "stage_summary_30_days": _summaries,
    "grand_round_over_30_days": lambda s: late(
        s.admission, _grand(s), 31 * DAY, low=25 * DAY, unless=[s.end]
    ),
    "difficult_case_long_stay": lambda s: s.row["days"] > 30 and absent(s.admission, s.papers("40")),
    "difficult_case_unplanned_reoperation": lambda s: absent(
        first(s.knives("performed_at", lambda r: r["unplanned_return"])), s.papers("40")
    ),
    "difficult_case_undiagnosed_3_days": lambda s: (
        (s.row["confirmed_on"] - s.start.date()).days > 3 and absent(s.admission, s.papers("40"))
    ),
    "rescue_record_6h": lambda s: late(s.events("rescues", "ended_at"), s.papers("44"), 6 * HOUR, same=True),
    "rescue_record_per_rescue": lambda s: len(s.papers("44")) < len(s.there("rescues")),
    "procedure_record_required": lambda s: absent(procedures(s, "ended_at"), s.papers("08"), same=True),
    "preoperative_summary_before": lambda s: unprepared(
        calm(s, s.knives("performed_at")), s.papers("46"), same=True
    ),
    "preoperative_discussion_before": lambda s: unprepared(_elective(s), s.papers("47"), same=True),
    "preoperative_discussion_before_consent": _discussed_before_consent,
    "preoperative_discussion_before_order": _discussed_before_order,
    "emergency_preoperative_records": lambda s: absent(_urgent(s), s.papers("46"), same=True),
    "surgeon_round_before_operation": lambda s: unprepared(_elective(s), _surgeon_before(s), same=True),
    "surgeon_round_after_operation_24h": lambda s: late(
        s.knives("ended_at"), _surgeon_after(s), DAY, same=True, unless=[s.end]
    ),
    "anaesthesia_visit_before": lambda s: unprepared(
        calm(s, asleep(s, "performed_at")), s.papers("10"), same=True
    ),
    "anaesthesia_record_required": lambda s: absent(asleep(s, "ended_at"), s.papers("11"), same=True),
    "anaesthesia_visit_after_72h": lambda s: late(
        asleep(s, "ended_at"), s.papers("12"), 72 * HOUR, same=True, unless=[s.end]
    ),
    "surgical_safety_checklist_required": lambda s: absent(asleep(s, "ended_at"), checked(s), same=True),
    "instrument_count_required": lambda s: absent(s.knives("ended_at"), s.papers("19"), same=True),
    "operation_record_24h": lambda s: late(s.knives("ended_at"), s.papers("09"), DAY, same=True),
    "operation_record_by_operator": lambda s: any(
        p.row["author_level"] in ("intern", "resident") and p.row["cosigned_at"] is None
        for p in s.papers("09")
    ),
    "postoperative_note_required": lambda s: absent(s.knives("ended_at"), s.papers("48"), same=True),
    "superior_agrees_to_discharge": _agreement,
    "discharge_guidance_before_leaving": lambda s: unprepared(_alive(s), s.papers("25")),
    "discharge_record_24h": lambda s: (
        not _short(s) and late(_alive(s), s.papers("49", "35"), DAY, low=-7 * DAY)
    ),
    "death_record_24h": lambda s: not _short(s) and late(_death(s), s.papers("50", "36"), DAY),
    "front_page_24h": lambda s: late(s.leaving, s.papers("32", "33"), DAY, low=-3 * DAY),
    "delivery_record_required": lambda s: (
        bool(
            s.there("operations", lambda r: (r["code"] or "")[:4] in ("74.0", "74.1", "74.2", "74.4", "74.9"))
        )
        and not s.papers("16", "09")
    ),
    "death_discussion_by_senior": lambda s: (
        s.died
        and bool(s.papers("51"))
        and not any({p.row["author_level"], p.row["cosigner_level"]} & set(SENIOR) for p in s.papers("51"))
    ),
}
"""The planter's name of a rule -> whether a stay breaks it."""

__all__ = ["COURSE", "SENIOR", "SUPERIOR", "WRITING", "Truth", "unprepared"]
