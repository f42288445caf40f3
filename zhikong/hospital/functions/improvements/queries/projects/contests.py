"""Reads of the contest of projects."""

from __future__ import annotations

from django.db.models import QuerySet

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.improvements.models.competitions import Competition, Entry, Reading
from zhikong.hospital.functions.improvements.models.projects import Project


def contests() -> QuerySet[Competition]:
    return Competition.objects.all()


def contest(pk: int) -> Competition | None:
    return Competition.objects.filter(pk=pk).first()


def reading(pk: int) -> Reading | None:
    """One judge's reading, if it is within scope."""
    return Reading.objects.select_related("entry__competition", "judge__user").filter(pk=pk).first()


def mine(found: Competition, user) -> list[Reading]:
    """What this user has to score."""
    rows = Reading.objects.filter(entry__competition=found, judge__user=user)
    return list(rows.select_related("entry").order_by("entry__pk"))


def progress(found: Competition) -> list[tuple[str, int, int]]:
    """(judge, given, done), for who runs the contest."""
    lines: dict[str, list[int]] = {}
    rows = Reading.objects.filter(entry__competition=found).select_related("judge__user")
    for one in rows:
        line = lines.setdefault(str(one.judge.user), [0, 0])
        line[0] += 1
        line[1] += one.score is not None or bool(one.recused)
    return [(name, given, done) for name, (given, done) in sorted(lines.items())]


def ranked(found: Competition) -> list[tuple[dict, Entry]]:
    """The ranking's lines with their entries, as published or to be published."""
    entries = {one.pk: one for one in found.entries.all()}
    return [(line, entries[line["entry"]]) for line in found.ranking if line["entry"] in entries]


def able(found: Competition) -> list[Project]:
    """Projects that may still be entered."""
    ready = Project.objects.filter(state__in=[Project.State.STANDARDISED, Project.State.CLOSED])
    return list(ready.exclude(pk__in=found.entries.values("project_id")))


def people() -> list[User]:
    """Everybody who could be in the pool of judges: active accounts with a role."""
    users = User.objects.filter(institution_id=current_scope().institution_id, is_active=True)
    return [one for one in users.order_by("last_name", "username") if one.grants()]
