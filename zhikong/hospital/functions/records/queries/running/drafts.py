"""What the rules would say of a document that is being written: findings, and obligations that it would fulfil."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules.checking import obligations
from zhikong.engine.record_rules.texts.drafts import check_draft
from zhikong.engine.tables import arrow_schema
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients import live, live_tables
from zhikong.hospital.functions.records.draft_rules import Draft, Refused
from zhikong.hospital.functions.records.models import Obligation
from zhikong.hospital.functions.records.queries.results.in_force import settings_in_force
from zhikong.hospital.functions.records.queries.running.judged import (
    overrides,
    rosters,
    running_rules,
    tables_read,
    undelivered,
)
from zhikong.hospital.functions.records.queries.running.policy import muted_rules, policy
from zhikong.hospital.functions.records.rules_running import CLOSED_STATES, DONE, LATE

ADDED = ("documents", "document_sections")


@dataclass(frozen=True)
class DraftAnswer:
    """findings: what fires; fulfils: (obligation, in time) that the document would end; rules: how many were asked."""

    findings: list[dict[str, Any]]
    fulfils: list[dict[str, Any]]
    rules: int

    @property
    def hard_stop(self) -> bool:
        return any(one["hard_stop"] for one in self.findings)


def answer_of(draft: Draft, *, now: datetime) -> DraftAnswer:
    """Check a draft against the stay as it is known now; nothing is written and nothing is kept.

    Raises Refused 404 for a stay that is not in hospital.
    """
    local = now.astimezone(ZoneInfo(institution().time_zone)).replace(tzinfo=None)
    rows = live.live_rows(stay_id=draft.stay_id)
    if not rows.get("stays"):
        raise Refused(
            404, "no_stay", f"在院患者中没有住院编号 {draft.stay_id}。", "No open stay of this number."
        )
    clock, content = running_rules(on=local.date())
    return DraftAnswer(
        findings=_findings(content, draft, rows, local),
        fulfils=_fulfils(clock, draft, now, local),
        rules=len(content) + len(clock),
    )


def _findings(rules: list[Any], draft: Draft, rows: dict, local: datetime) -> list[dict[str, Any]]:
    """The document itself counts as it is drafted, not as it may be stored already."""
    number = draft.document["document_id"]
    children = {
        name: [row for row in found if name not in ADDED or row.get("document_id") != number]
        for name, found in rows.items()
        if name != "stays"
    }
    found = check_draft(
        rules,
        stay=rows["stays"][0],
        document=draft.document,
        sections=draft.sections,
        children=children,
        now=local,
    )
    settings, muted = settings_in_force(on=local.date()), muted_rules()
    titles = {rule.id: rule for rule in rules}
    return [_finding(one, titles.get(one.rule), settings.get(one.rule), one.rule in muted) for one in found]


def _finding(one, rule, setting, muted: bool) -> dict[str, Any]:
    """A rule stops only where the hospital said so, and only while people agree with it."""
    verdict = getattr(one.verdict, "word", str(one.verdict))
    stops = bool(setting and setting.hard_stop) and not muted and verdict == "fail"
    return {
        "rule": one.rule,
        "version": one.version,
        "title": getattr(rule, "title", one.rule),
        "verdict": verdict,
        "message": one.reason,
        "advice": getattr(rule, "message", ""),
        "severity": str(one.severity),
        "section": one.section,
        "start": one.start,
        "end": one.end,
        "said": one.said,
        "hard_stop": stops,
    }


def _fulfils(rules: list[Any], draft: Draft, now: datetime, local: datetime) -> list[dict[str, Any]]:
    """Open obligations of the stay that would be done, were the document signed as it says, or else now."""
    waiting = {
        row.rule: row
        for row in Obligation.objects.filter(
            stay_id=draft.stay_id, ended_at=None, state__in=Obligation.OPEN
        ).order_by("-due_at")
    }
    asked = [rule for rule in rules if rule.id in waiting]
    if not asked:
        return []
    tables = live_tables.tables_of([draft.stay_id], tables={"documents", *tables_read(asked)})
    tables["documents"] = _with(tables["documents"], draft, local)
    on = local.date()
    found = obligations(
        asked, Source(memory=tables | rosters(on)), now=max(local, draft.document.get("signed_at") or local),
        settings=overrides(on=on), calendar=working_calendar(), shift_hours=policy().shift_starts[:2],
        undelivered=undelivered() - {"documents"},
    )  # fmt: skip
    return _ended(found.to_pylist(), draft, now)


def _with(documents: pa.Table, draft: Draft, local: datetime) -> pa.Table:
    """The stay's documents with the draft as a signed one in place of what is stored of it."""
    number = draft.document["document_id"]
    kept = [row for row in documents.to_pylist() if row["document_id"] != number]
    signed = {"written_at": local, "created_at": local} | draft.document
    signed["signed_at"] = draft.document.get("signed_at") or local
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema("documents", with_month=False)])
    return pa.Table.from_pylist([*kept, signed], schema=schema)


def _ended(rows: list[dict[str, Any]], draft: Draft, now: datetime) -> list[dict[str, Any]]:
    """Which of the stored open obligations the engine now calls done; each is named by its anchor and due time."""
    number = f"documents:{draft.document['document_id']}"
    done = {
        (r["rule"], r["anchor"]): r for r in rows if r["state"] in (DONE, LATE) and r["subject"] == number
    }
    found = []
    for row in Obligation.objects.filter(stay_id=draft.stay_id, ended_at=None, state__in=Obligation.OPEN):
        said = done.get((row.rule, row.anchor))
        if said is not None and said["state"] in CLOSED_STATES:
            found.append(
                {
                    "obligation": row.pk,
                    "rule": row.rule,
                    "version": row.version,
                    "title": row.title,
                    "due_at": row.due_at,
                    "in_time": said["state"] == DONE,
                }
            )
    return found
