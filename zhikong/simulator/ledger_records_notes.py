"""Truths of the record: which notes, rounds, discussions and countersignatures were there, and when."""

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY
from zhikong.simulator.events.rows import NEVER
from zhikong.simulator.ledger_records_rows import FAR, View

HOUR = 60
SENIOR = ("associate_chief", "chief")
ROUND_BY = ("attending", *SENIOR)


def count(view: View) -> None:
    """All of them."""
    _in_time(view)
    _rounds(view)
    _discussions(view)
    _signatures(view)


def _papers(view: View, *types: str) -> np.ndarray:
    return view.is_("documents", "type", *types)


def knives(view: View) -> np.ndarray:
    """Rows of operations that are surgery or an intervention."""
    return view.is_("operations", "kind", "surgery", "intervention")


def _in_time(view: View) -> None:
    block, happened = view.block, view.minute("documents", "occurred_at")

    def soon(hours: int) -> np.ndarray:
        return view.within("documents", happened, "signed_at", hours * HOUR)

    cut = view.number("operations", knives(view))
    recorded = view.number("documents", _papers(view, "09") & soon(24))
    view.share("operations_recorded_24h", recorded >= cut, cut > 0)
    first = view.earliest("documents", "signed_at", _papers(view, "37"))
    view.share("first_note_in_8h", first - block.admitted <= 8 * HOUR, np.ones(len(block), bool))
    saved = _papers(view, "44") & soon(6)
    view.sums(
        "rescues_recorded_6h", view.number("documents", saved), view.number("rescues", _all(view, "rescues"))
    )
    came = _papers(view, "42") & view.is_("documents", "title", "转入记录") & soon(24)
    view.sums("transfers_recorded_24h", view.number("documents", came), block.parts - 1)
    told = _papers(view, "38") & view.is_("documents", "title", "危急值处理记录") & soon(6)
    critical = view.rows["results"].columns["critical"]
    view.sums("critical_values_noted_6h", view.number("documents", told), view.number("results", critical))
    given = view.number("transfusions", _all(view, "transfusions"))
    blood = view.number("documents", _papers(view, "13") & soon(24))
    view.sums("transfusions_recorded_24h", blood, given)


def _all(view: View, table: str) -> np.ndarray:
    return np.ones(len(view.rows[table]), bool)


def _rounds(view: View) -> None:
    block, rounds = view.block, _papers(view, "39")

    def seen(hours: int, levels: tuple[str, ...]) -> np.ndarray:
        by = view.is_("documents", "author_level", *levels)
        return view.earliest("documents", "signed_at", rounds & by) - block.admitted <= hours * HOUR

    attending, senior = seen(48, ROUND_BY), seen(72, SENIOR)
    view.share("attending_round_in_48h", attending, block.length >= 48 * HOUR)
    view.share("senior_round_in_72h", senior, block.length >= 72 * HOUR)
    weekly = view.number("documents", rounds & view.is_("documents", "author_level", *ROUND_BY))
    enough = weekly * 7 * DAY >= block.length - 7 * DAY
    view.share("rounds_complete", attending & senior & enough, block.length >= 72 * HOUR)


def _discussions(view: View) -> None:
    block, dead = view.block, view.block.cohort.dead
    started, elective = view.minute("operations", "performed_at"), view.rows["operations"].columns["elective"]
    planned = knives(view) & elective
    first = np.full(len(block), FAR)
    np.minimum.at(first, view.stay("operations")[planned], started[planned])
    talked = view.earliest("documents", "signed_at", _papers(view, "47"))
    view.share("discussed_before_surgery", talked <= first, first < FAR)
    late = view.earliest("documents", "signed_at", _papers(view, "51")) - block.discharged
    view.share("death_discussed_in_7_days", late <= 7 * DAY, dead)
    long = block.cohort.days > 30
    discussed = view.number("documents", _papers(view, "40")) > 0
    view.share("long_stay_discussed", discussed, long)
    summary = view.earliest("documents", "signed_at", _papers(view, "43")) - block.admitted
    view.share("stage_summary_in_31_days", summary <= 31 * DAY, block.length >= 31 * DAY)
    _multidisciplinary(view)


def _multidisciplinary(view: View) -> None:
    """Grade 4 that was planned: a consultation of several departments was complete before the first."""
    ops, view_ops = catalogue.operations(), view.rows["operations"]
    hardest = knives(view) & (ops.grade == "4")[view_ops.columns["code"].index] & view_ops.columns["elective"]
    first = np.full(len(view.block), FAR)
    np.minimum.at(first, view_ops.i[hardest], view_ops.columns["performed_at"][hardest])
    many = view.is_("consultations", "urgency", "multidisciplinary")
    done = view.earliest("consultations", "completed_at", many)
    view.share("grade_4_discussed_by_many", done <= first, first < FAR)


_BY_RESIDENTS = ("34", "35", "36", "37", "44", "49")


def _signatures(view: View) -> None:
    junior = _papers(view, *_BY_RESIDENTS) & view.is_("documents", "author_level", "resident")
    view.share_of("residents_countersigned", "documents", view.known("documents", "cosigned_at"), junior)
    written = view.minute("documents", "written_at")
    signed = view.within("documents", written, "signed_at", DAY)
    view.share_of("documents_signed_24h", "documents", signed, written != NEVER)
