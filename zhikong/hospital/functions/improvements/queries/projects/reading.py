"""What the steps of a project say, in words for pages and papers: what was filled in, votes, the plan, measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhikong.hospital.functions.improvements.models.projects import Project, Step
from zhikong.hospital.functions.improvements.rules_projects import TAKEN
from zhikong.hospital.functions.improvements.rules_projects_contents import Contents, Field, rows
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts
from zhikong.hospital.functions.improvements.rules_projects_kinds import KindStep

Named = Mapping[str, str]


def read(contents: Contents, content: Mapping[str, Any]) -> dict[str, list]:
    """Fields and tables as words; empty ones are left out."""
    names = _names(contents, content)
    fields = [(one.label, word(one, content.get(one.id), names)) for one in contents.fields]
    tables = []
    for table in contents.tables:
        lines = [
            [word(one, row.get(one.id), names) for one in table.columns] for row in rows(content, table.id)
        ]
        if lines:
            tables.append((table.label, [one.label for one in table.columns], lines))
    return {"fields": [(label, text) for label, text in fields if text], "tables": tables}


def _names(contents: Contents, content: Mapping[str, Any]) -> Named:
    """Row id → words, for fields that point at a row."""
    return {
        row["id"]: str(row.get("name"))
        for table in contents.tables
        for row in rows(content, table.id)
        if row.get("name")
    }


def word(field: Field, value: Any, names: Named) -> str:
    """A value as it is read on a page or on paper."""
    if field.kind == "yes":
        return "✓" if value else ""
    if field.kind == "choice":
        return dict(field.choices).get(str(value), "") or names.get(str(value), "") if value else ""
    return "" if value is None else str(value)


def votes(project: Project, step: Step, described: KindStep, known: Facts) -> dict[str, Any] | None:
    """The sums of a step's votes by item, the highest first, and who has voted."""
    asked = described.contents.votes
    if asked is None:
        return None
    mine = next(one for one in known.steps if one.key == step.key)
    names = item_names(project, step, described)
    members = [one for one in project.members.select_related("person") if one.votes]
    cast = {(one.member_id, one.round) for one in step.ballots.all()}
    rounds = []
    for code, label in asked.rounds:
        found = sorted(known.votes(mine, code).values(), key=lambda one: -one.total)
        rounds.append(
            {
                "code": code, "label": label, "lines": [(names.get(one.item, ""), one) for one in found],
                "members": [(one, (one.pk, code) in cast) for one in members],
                "cast": sum((one.pk, code) in cast for one in members),
            }
        )  # fmt: skip
    return {
        "criteria": asked.criteria,
        "points": asked.points,
        "rounds": rounds,
        "members": members,
        "items": names,
    }


def item_names(project: Project, step: Step, described: KindStep) -> dict[str, str]:
    """Item id → words, of what a step votes on."""
    asked = described.contents.votes
    if asked is None:
        return {}
    if asked.items == "measures":
        return {str(one.pk): one.title for one in project.measures.all()}
    return {one["id"]: str(one["name"]) for one in rows(step.content, asked.items) if one.get("name")}


def plan(project: Project, step: Step) -> list[tuple[Step, str]]:
    """Each step of the project with the person in charge."""
    who = step.content.get("who") or {}
    return [(one, str(who.get(one.key, ""))) for one in project.steps.order_by("position")]


def measures(project: Project, known: Facts) -> list[dict[str, Any]]:
    """Each measure with its cause in words, its votes and its files."""
    step = known.of("measures")
    sums = known.votes(step) if step else {}
    found = []
    for one in project.measures.select_related("responsible").prefetch_related("attachments__file"):
        votes_of = sums.get(str(one.pk))
        share = votes_of.share if votes_of else None
        found.append(
            {
                "row": one, "cause": known.causes.get(one.cause, ""), "votes": votes_of,
                "percent": None if share is None else share * 100, "enough": share is not None and share >= TAKEN,
                "files": [each.file for each in one.attachments.all()],
                "before": _share(one.before_events, one.before_n), "after": _share(one.after_events, one.after_n),
            }
        )  # fmt: skip
    return found


def _share(events: int | None, n: int | None) -> str:
    return f"{events}/{n}（{events * 100 / n:.1f}%）" if events is not None and n else ""
