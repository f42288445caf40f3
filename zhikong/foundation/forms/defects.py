"""What a handed-in sheet shows to be wrong, and the way from there to a finding: the link between looking and mending.

A sheet with a veto, or below its pass mark, proposes a finding: to whoever may raise one, on its page, with the facts
written out; and by a notice to the office that owns the form and to the department's leaders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings import sources
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.sources import Source
from zhikong.foundation.forms import presenting, queries, scoring
from zhikong.foundation.forms.definition import FormDefinition
from zhikong.foundation.forms.facts import SheetSubmitted
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.rules import HANDED_IN, State
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.outbox.registry import subscribe

KIND = "sheet"
SHOWN = 12


def register() -> None:
    """Let findings ask what a sheet showed, and let failed sheets be told."""
    sources.register(KIND, describe)
    subscribe(SheetSubmitted, tell)


@dataclass(frozen=True)
class Proposal:
    """What a sheet's page offers: what is wrong, where to raise it, and the findings it has led to."""

    lines: list[str]
    raise_url: str
    findings: list[Finding]


def lines(sheet: Sheet, form: FormDefinition) -> list[str]:
    """One sentence for each item that is wrong: vetoes first, then what lost points, the most first."""
    policy = queries.policy_of(sheet)
    hits = scoring.vetoes(form, sheet.answers, policy)
    result = scoring.score(form, sheet.answers, policy)
    vetoed = {hit.item for hit in hits}
    lost = [loss for loss in (result.losses if result else ()) if loss.item not in vetoed]
    lost.sort(key=lambda loss: -loss.points)
    return [f"{hit.text}：否（{hit.sentence}）" for hit in hits] + [
        f"{loss.text}：{loss.why}，扣 {presenting.points(loss.points)} 分" for loss in lost
    ]


def is_failed(sheet: Sheet) -> bool:
    """A sheet that was handed in and does not pass, or that a veto hit."""
    return State(sheet.state) in HANDED_IN and (sheet.passed is False or sheet.vetoes > 0)


def proposal(user, sheet: Sheet, form: FormDefinition) -> Proposal | None:
    """What to offer this reader on the page of a sheet; None when nothing is wrong."""
    if not is_failed(sheet):
        return None
    raised = list(Finding.objects.filter(source_kind=KIND, source_key=str(sheet.pk)).order_by("pk"))
    may = sheet.department_id is not None and can(user, Permission.RAISE_FINDING, sheet.department_id)
    query = urlencode({"source": KIND, "key": sheet.pk})
    url = f"{reverse('findings:raise')}?{query}" if may and not raised else ""
    return Proposal(lines(sheet, form), url, raised)


def describe(key: str, department_id: int | None) -> Source | None:
    """The facts of a sheet for the raise form and for the finding's page; None when it is out of sight."""
    sheet = queries.sheet(int(key)) if key.isdigit() else None
    if sheet is None:
        return None
    form = queries.definition(sheet)
    wrong = lines(sheet, form)
    points = "" if sheet.total is None else f"得分 {presenting.points(sheet.total)}，"
    head = f"{sheet.title} {sheet.number}（{sheet.department_name}）{points}{'不合格' if sheet.passed is False else '有否决项'}："
    return Source(
        title=f"{sheet.title}{'不合格' if sheet.passed is False else '有否决项'}"[:120],
        detail="\n".join([head, *wrong[:SHOWN]]),
        label=f"{sheet.title} {sheet.number}",
        url=reverse("forms:view", args=[sheet.pk]),
        severity="major" if sheet.vetoes else "minor",
        departments=(sheet.department_id,) if sheet.department_id else (),
    )


def tell(fact: SheetSubmitted, *, now: datetime) -> None:
    """A sheet that failed is told to the office that owns the form and to those who lead the department."""
    sheet = queries.sheet(fact.sheet_id)
    if sheet is None or not is_failed(sheet):
        return
    form = queries.definition(sheet)
    notices.send(
        by=sheet.submitted_by,
        now=now,
        title=f"检查不合格：{sheet.title}（{sheet.department_name or '全院'}）",
        text="\n".join([*lines(sheet, form)[:SHOWN], "可在这份表的页面上提出问题，发出整改通知。"]),
        url=reverse("forms:view", args=[sheet.pk]),
        roles=[form.owner],
        departments=[sheet.department_id] if sheet.department_id else [],
        kind="form",
        source_kind=KIND,
        source_key=str(sheet.pk),
        sent_to=sheet.department_name,
    )
