"""What a person adopted from a paper of the hospital, such as its annual plan, is in force at once.

Its author is the paper. The person who adopts it has read it against the paper: that is its review, and so nobody
reviews what he wrote himself.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.packstore import kinds, queries, rules
from zhikong.foundation.packstore.actions.keeping import keep
from zhikong.foundation.packstore.actions.publishing import announce_version
from zhikong.foundation.packstore.actions.steps import begin, check_sound, moment_over, record, required
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import Act, State


@transaction.atomic
def adopt_version(
    *,
    by,
    now: datetime,
    kind: str,
    definition_id: str,
    text: str,
    reason: str,
    effective_from: date | None = None,
) -> Version:
    """Publish a text that stands in an adopted plan, from today or a later day on. An open draft is left alone.

    Raises ValidationError with the first problem's line when the kind cannot read the text.
    """
    require(by, Permission.ADOPT_PLANS)
    today = timezone.localdate(now)
    starts = max(effective_from or today, today)
    version = _written(kind, definition_id, text, now)
    version.reason = required(reason, "请写明采纳自哪份计划的哪一条。")[:300]
    check_sound(version)
    _make_room(kind, definition_id, starts, by=by, now=now)
    keep(queries.of_version(version), now=now)
    version.state, version.effective_from = State.PUBLISHED, starts
    version.reviewed_at, version.reviewed_by = now, by
    version.published_at, version.published_by = now, by
    version.save()
    record(version, Act.PUBLISH, by=by, now=now, text=f"采纳计划，{starts} 起生效：{version.reason}")
    moment_over()
    announce_version(version, now=now)
    return version


def _written(kind: str, definition_id: str, text: str, now: datetime) -> Version:
    base = queries.packaged_base(kind, definition_id)
    own = Version.objects.filter(kind=kind, definition_id=definition_id).aggregate(last=Max("number"))["last"]
    number = max(own or 0, base.version if base else 0) + 1
    stamped = rules.stamped(rules.clean_text(text), number)
    version = Version(
        institution_id=current_scope().institution_id, kind=kind, definition_id=definition_id, number=number,
        text=stamped, hash=rules.text_hash(stamped), title=kinds.title(kind, definition_id, stamped)[:200],
        created_at=now, changed_at=now,
    )  # fmt: skip
    if base is not None:
        keep(base, now=now)
        version.base_pack, version.base_version, version.base_hash = base.origin, base.version, base.hash
    return version


def _make_room(kind: str, definition_id: str, starts: date, *, by, now: datetime) -> None:
    """A version that begins on the same day never was: two cannot hold from one day on."""
    same_day = Version.objects.filter(
        kind=kind, definition_id=definition_id, state=State.PUBLISHED, effective_from=starts
    )
    for version in same_day:
        _end(version, starts, by=by, now=now, why="同一天采纳了计划里的写法")


@transaction.atomic
def take_back(version: Version, *, by, now: datetime, reason: str) -> Version | None:
    """Undo an adoption from today on: what the hospital itself had in force before holds again.

    Gives the version that is in force again, None when the packaged definition or nothing is.
    """
    require(by, Permission.ADOPT_PLANS)
    begin(version, State.PUBLISHED)
    reason = required(reason, "请写明撤销采纳的理由。")
    today = timezone.localdate(now)
    before = _predecessor(version)
    _end(version, max(today, version.effective_from), by=by, now=now, why=f"撤销采纳：{reason}")
    moment_over()
    announce_version(version, now=now)
    if before is None:
        return None
    return adopt_version(
        by=by, now=now, kind=before.kind, definition_id=before.definition_id, text=before.text,
        reason=f"撤销采纳，恢复第 {before.number} 版：{reason}",
    )  # fmt: skip


def _predecessor(version: Version) -> Version | None:
    """The hospital's own version that the adoption displaced."""
    earlier = Version.objects.filter(
        kind=version.kind,
        definition_id=version.definition_id,
        number__lt=version.number,
        state__in=rules.FROZEN,
    ).order_by("-number")
    before = earlier.first()
    if before is None:
        return None
    displaced = before.state == State.WITHDRAWN and before.withdrawn_at == version.published_at
    return before if before.state == State.PUBLISHED or displaced else None


def _end(version: Version, ends_on: date, *, by, now: datetime, why: str) -> None:
    version.state, version.ends_on = State.WITHDRAWN, ends_on
    version.withdrawn_at, version.withdrawn_by = now, by
    version.save(update_fields=["state", "ends_on", "withdrawn_at", "withdrawn_by"])
    record(version, Act.WITHDRAW, by=by, now=now, text=f"{ends_on} 起失效：{why}")
