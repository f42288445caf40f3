"""A duty of an adopted plan becomes one of the hospital's: what is new, what changes, and the way back."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.duties import periods, queries, writing
from zhikong.foundation.duties.actions.noting import Act, note
from zhikong.foundation.duties.actions.opening import KIND
from zhikong.foundation.duties.definition.model import Duty
from zhikong.foundation.duties.definition.reading import parse
from zhikong.foundation.duties.descriptions import Description, PlanSource
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.tasks import actions as tasks

NEW, CHANGED, SAME, IMPOSSIBLE = "new", "changed", "same", "impossible"


@dataclass(frozen=True)
class Preview:
    """What adopting a duty would do. outcome: new, changed, same or impossible; why says it in a sentence."""

    outcome: str
    why: str
    duty_id: str = ""
    title: str = ""
    url: str = ""
    changes: list[str] = field(default_factory=list)
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Adopted:
    """A duty after adoption; version_id is None where nothing had to be written."""

    duty_id: str
    version_id: int | None
    title: str
    url: str
    outcome: str


def preview_duty(*, description: Description, source: PlanSource, on: date) -> Preview:
    """What would become of a duty of a plan. Nothing is written."""
    if why := writing.cannot(description):
        return Preview(IMPOSSIBLE, why, title=description.title)
    found = queries.like(description, on=on)
    before = found.obj if found else None
    duty_id = before.id if before else writing.name_of(description)
    text = writing.text_of(description, source, on=on, duty_id=duty_id, base=found)
    after = parse(text, file=Path(f"{duty_id}.yaml"))
    if isinstance(after, list):
        return Preview(IMPOSSIBLE, f"{after[0].message}{after[0].remedy}", title=description.title)
    return _told(before, after, in_force=before is not None and queries.in_force(duty_id, on=on), text=text)


def _told(before: Duty | None, after: Duty, *, in_force: bool, text: str) -> Preview:
    url = reverse("duties:history", args=[after.id]) if before else ""
    changes = writing.changes(before, after) if before else []
    if before is None:
        return Preview(
            NEW, f"新增职责“{after.title}”：{writing.rule(after)}。", after.id, after.title, "", [], text
        )
    if not in_force:
        why = f"启用预设职责“{before.title}”：{writing.rule(after)}。"
        return Preview(NEW, why, after.id, after.title, url, changes, text)
    if not changes:
        return Preview(
            SAME, f"已有职责“{before.title}”，周期和期限相同，不另建。", before.id, before.title, url
        )
    why = f"已有职责“{before.title}”，按计划改为：{'；'.join(changes)}。"
    return Preview(CHANGED, why, before.id, after.title, url, changes, text)


@transaction.atomic
def adopt_duty(*, by, now: datetime, description: Description, source: PlanSource) -> Adopted:
    """Put a plan's duty into force from today; an existing one that asks the same is left as it is.

    Raises PermissionDenied without ADOPT_PLANS, and ValidationError with a sentence when the duty cannot be.
    """
    require(by, Permission.ADOPT_PLANS)
    found = preview_duty(description=description, source=source, on=timezone.localdate(now))
    if found.outcome == IMPOSSIBLE:
        raise ValidationError(found.why)
    url = reverse("duties:history", args=[found.duty_id])
    if found.outcome == SAME:
        return Adopted(found.duty_id, None, found.title, url, SAME)
    version = packstore.adopt_version(
        by=by, now=now, kind=KIND, definition_id=found.duty_id, text=found.text, reason=f"采纳计划：{source}"
    )
    return Adopted(found.duty_id, version.pk, found.title, url, found.outcome)


def used_as(*, version_id: int) -> list[str]:
    """What came of an adopted duty already, in sentences; empty when it may be taken back."""
    version = Version.objects.get(pk=version_id, kind=KIND)
    rows = Occurrence.objects.filter(duty_id=version.definition_id, duty_hash=version.hash)
    proved = rows.filter(proofs__withdrawn_at=None, proofs__isnull=False).distinct()
    said = [f"“{o.title}”{periods.parse(o.period).title}（{o.place_name}）已有证据" for o in proved[:5]]
    more = proved.count() - len(said)
    return [*said, f"另有 {more} 期已有证据"] if more > 0 else said


@transaction.atomic
def withdraw_duty(*, by, now: datetime, version_id: int, reason: str) -> None:
    """Take an adopted duty back; what the hospital had before holds again. Refused once it was kept with evidence."""
    require(by, Permission.ADOPT_PLANS)
    if used := used_as(version_id=version_id):
        raise ValidationError(f"不能撤销：{'；'.join(used)}。")
    version = Version.objects.get(pk=version_id, kind=KIND)
    packstore.take_back(version, by=by, now=now, reason=reason)
    rows = Occurrence.objects.select_for_update().filter(
        duty_id=version.definition_id, duty_hash=version.hash, done_on=None, excused_at=None
    )
    for occurrence in rows:
        _let_go(occurrence, by=by, now=now, reason=f"撤销采纳：{reason.strip()}")


def _let_go(occurrence: Occurrence, *, by, now: datetime, reason: str) -> None:
    occurrence.excused_at, occurrence.excused_by, occurrence.excused_reason = now, by, reason[:300]
    occurrence.save(update_fields=["excused_at", "excused_by", "excused_reason"])
    note(occurrence, Act.EXCUSED, now=now)
    tasks.cancel_for(source_kind=KIND, source_key=str(occurrence.pk), by=by, now=now, reason=reason)
