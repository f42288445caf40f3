"""The page in sentences: what is wrong, who acts and since when, what changed; and the one call to make.

For a president on a phone (jobs.md): three sentences and one call, within the scope of the reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

NAMED = 2  # how many indicators or findings a sentence names


@dataclass(frozen=True)
class Off:
    """An indicator off target, ready to be said."""

    name: str
    value: str
    target: str


@dataclass(frozen=True)
class Acting:
    """An open finding: who acts, since when, until when."""

    title: str
    department: str
    owner: str
    since: date
    due_on: date
    overdue: bool
    url: str
    watched_until: date | None = None
    to_verify: bool = False  # the department has reported; the quality office looks next


@dataclass(frozen=True)
class Moves:
    """Counts of what changed."""

    newly_missed: int
    recovered: int
    new_signals: int
    raised: int
    closed: int


@dataclass(frozen=True)
class Call:
    """Whom to ask about what."""

    whom: str
    about: str
    url: str


def wrong(place: str, month: str, judged: int, off: Sequence[Off]) -> str:
    """First sentence: what is off target."""
    if not judged:
        return _("%(place)s%(month)s还没有可以判断的指标。") % {"place": place, "month": month}
    said = {"place": place, "month": month, "judged": judged, "n": len(off)}
    if not off:
        return _("%(place)s%(month)s %(judged)s 项有目标的指标全部达标。") % said
    worst = "、".join(f"{o.name}（{o.value}，目标 {o.target}）" for o in off[:NAMED])
    said["worst"] = worst
    return _("%(place)s%(month)s %(judged)s 项有目标的指标中 %(n)s 项未达标，差距最大的是%(worst)s。") % said


def acting(findings: Sequence[Acting]) -> str:
    """Second sentence: who acts on what, since when; overdue ones first."""
    if not findings:
        return _("目前没有正在整改的问题。")
    late = sum(f.overdue for f in findings)
    ranked = ranked_by_urgency(findings)
    named = "；".join(_acting(f) for f in ranked[:NAMED])
    said = {"n": len(findings), "late": late, "named": named}
    if late:
        return _("正在整改 %(n)s 个问题，其中 %(late)s 个逾期：%(named)s。") % said
    return _("正在整改 %(n)s 个问题，没有逾期：%(named)s。") % said


def _acting(f: Acting) -> str:
    said = {
        "department": f.department,
        "owner": f.owner or _("（未定责任人）"),
        "since": f"{f.since.month} 月 {f.since.day} 日",
        "title": f.title,
        "due": f"{f.due_on.month} 月 {f.due_on.day} 日",
    }
    if f.overdue:
        return _("%(department)s %(owner)s 自 %(since)s负责“%(title)s”，%(due)s已到期") % said
    if f.to_verify:
        return _("%(department)s %(owner)s 自 %(since)s负责“%(title)s”，已整改，待质控科核实") % said
    if f.watched_until is not None:
        said["due"] = f.watched_until.isoformat()
        return _("%(department)s %(owner)s 自 %(since)s负责“%(title)s”，观察至 %(due)s") % said
    return _("%(department)s %(owner)s 自 %(since)s负责“%(title)s”，期限 %(due)s") % said


def ranked_by_urgency(findings: Sequence[Acting]) -> list[Acting]:
    """Overdue first, then by due date; what is only watched comes last."""
    return sorted(findings, key=lambda f: (not f.overdue, f.watched_until is not None, f.due_on))


def changed(moves: Moves) -> str:
    """Third sentence: against last month, and what the week brought."""
    return _(
        "与上月相比，新增未达标 %(newly)s 项、恢复达标 %(back)s 项、新出现不利信号 %(signals)s 处；"
        "近 7 天提出问题 %(raised)s 个、关闭 %(closed)s 个。"
    ) % {
        "newly": moves.newly_missed,
        "back": moves.recovered,
        "signals": moves.new_signals,
        "raised": moves.raised,
        "closed": moves.closed,
    }


def call(findings: Sequence[Acting], unattended: Call | None) -> Call | None:
    """The one call: the longest overdue finding, else the loudest alert that nobody works on, else nobody."""
    late = [f for f in ranked_by_urgency(findings) if f.overdue]
    if not late:
        return unattended
    first = late[0]
    whom = f"{first.department} {first.owner}".strip()
    about = _("“%(title)s”%(due)s 到期，还没有完成") % {"title": first.title, "due": first.due_on.isoformat()}
    return Call(whom, about, first.url)
