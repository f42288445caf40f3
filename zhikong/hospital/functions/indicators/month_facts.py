"""What the indicators say of a department's month: misses first, then signals, each with its source."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.organisation.month_facts import Line as Fact
from zhikong.foundation.organisation.month_facts import Section
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.board import Line, lines
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.rules import Status

JUDGED = (Status.MET, Status.WARNING, Status.MISSED)
MOST = 14


def section(*, department_id: int, month: str, now: datetime) -> Section | None:
    """The department's judged lines: off target and signalled ones listed, the others counted."""
    shown = frame()
    if shown.computation(month) is None:
        return None
    found = lines(
        shown, target_book(), month=month, places=[department_id], definitions=definitions().values()
    )
    judged = [row for row in found if row.status in JUDGED and not row.in_force.target.empty]
    missed = sorted((r for r in judged if r.status is Status.MISSED), key=lambda row: -row.gap)
    others = [row for row in found if row.found and row not in missed]
    summary = _("考核 %(n)d 项，达标 %(met)d 项，未达标 %(missed)d 项，另有 %(signal)d 项出现信号。") % {
        "n": len(judged), "met": len(judged) - len(missed), "missed": len(missed), "signal": len(others),
    }  # fmt: skip
    listed = tuple(_fact(row) for row in [*missed, *others][:MOST])
    return Section("indicators", _("本月质量指标"), summary, listed, order=10)


def _fact(row: Line) -> Fact:
    signal = row.found[0].sentence if row.found else ""
    goal = _("目标 %(target)s") % {"target": row.target_text} if not row.in_force.target.empty else ""
    return Fact(
        text=row.name,
        value=f"{row.shown} {row.unit}".strip(),
        note="；".join(part for part in (goal, row.origin_word, signal) if part),
        state=row.tone if row.status is Status.MISSED else "warn",
        word=row.word if row.status is Status.MISSED else _("信号"),
        url=f"{reverse('indicators:detail', args=[row.definition.id])}?month={row.month}&department={row.place}",
    )
