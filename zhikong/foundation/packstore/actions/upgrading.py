"""A new package changed what a hospital's version is based on: find it, hand it out, settle it field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.packstore import comparing, kinds, queries, shelf
from zhikong.foundation.packstore.actions.drafting import save_draft
from zhikong.foundation.packstore.actions.keeping import keep
from zhikong.foundation.packstore.actions.publishing import withdraw
from zhikong.foundation.packstore.actions.steps import SOURCE
from zhikong.foundation.packstore.comparing import Side
from zhikong.foundation.packstore.models import Upgrade, Version
from zhikong.foundation.packstore.rules import Act
from zhikong.foundation.tasks import actions as tasks

SETTLE_WORKING_DAYS = 10
SETTLE_REASON = f"内容包更新后 {SETTLE_WORKING_DAYS} 个工作日内比对"
FALLBACK = "quality_office"


@transaction.atomic
def detect_upgrades(*, now: datetime) -> list[Upgrade]:
    """Compare the base of every version in line with the packages of today; gives what is new since the last time.

    Idempotent: the same change is found once. A change that was taken back, or overtaken by another one, is closed.
    """
    in_line = queries.overrides()
    _close_overtaken({version.pk for version in in_line}, now=now)
    return [found for version in in_line if (found := _detect(version, now=now))]


def _close_overtaken(in_line: set[int], *, now: datetime) -> None:
    """Open comparisons of versions that were withdrawn, or that a newer version of the hospital replaced."""
    for old in queries.open_upgrades():
        if old.version_id not in in_line:
            _close(old, "本院已有更新的版本，或这一版已撤回", now=now)


def _detect(version: Version, *, now: datetime) -> Upgrade | None:
    upstream = shelf.of(version.kind, version.definition_id, samples=queries.sees_samples())
    digest = upstream.hash if upstream else ""
    _close_stale(version, digest, now=now)
    if digest == version.base_hash or (upstream and _says_the_same(version, upstream)):
        return None
    upgrade, created = Upgrade.objects.get_or_create(
        institution_id=current_scope().institution_id,
        version=version,
        new_hash=digest,
        defaults={
            "old_hash": version.base_hash,
            "new_pack": upstream.pack if upstream else "",
            "new_version": queries.written_version(upstream.text) if upstream else None,
            "found_at": now,
        },
    )
    if not created and not _closed_by_itself(upgrade):
        return None
    if not created:
        upgrade.settled_at, upgrade.outcome, upgrade.found_at = None, "", now
        upgrade.save(update_fields=["settled_at", "outcome", "found_at"])
    _hand_out(upgrade, now=now)
    return upgrade


def _says_the_same(version: Version, upstream: shelf.Packaged) -> bool:
    """Whether only comments, layout or the number changed: then nobody needs to be asked."""
    base = queries.kept_text(version.kind, version.base_hash)
    before, after = (kinds.meaning(version.kind, version.definition_id, t) for t in (base, upstream.text))
    return bool(before) and before == after


def _closed_by_itself(upgrade: Upgrade) -> bool:
    """Closed because the package had changed again, not by a person's decision: it may open anew."""
    return upgrade.settled_at is not None and upgrade.settled_by_id is None


def _close_stale(version: Version, digest: str, *, now: datetime) -> None:
    """Open comparisons with a package that is no longer the one installed."""
    for old in version.upgrades.filter(settled_at=None).exclude(new_hash=digest):
        _close(old, "内容包又有变化，不再需要这次比对", now=now)


def _close(upgrade: Upgrade, outcome: str, *, now: datetime) -> None:
    """Close a comparison that nobody needs to answer any more; it may open again."""
    upgrade.settled_at, upgrade.outcome = now, outcome
    upgrade.save(update_fields=["settled_at", "outcome"])
    tasks.cancel_for(source_kind=SOURCE, source_key=_source_key(upgrade), by=None, now=now, reason=outcome)


def _hand_out(upgrade: Upgrade, *, now: datetime) -> None:
    version, start = upgrade.version, timezone.localdate(now)
    due_on = working_calendar().add_working_days(start, SETTLE_WORKING_DAYS)
    for owner in _owners(version, now):
        tasks.assign(
            by=None, now=now, owner=owner, title=f"三方比对（内容包更新）：{version.title}",
            url=reverse("packstore:compare", args=[upgrade.pk]), due_on=due_on, due_reason=SETTLE_REASON,
            due_from=start, working_days=SETTLE_WORKING_DAYS, source_kind=SOURCE,
            source_key=_source_key(upgrade),
        )  # fmt: skip


def _owners(version: Version, now: datetime) -> list:
    """Holders of the role that owns the definition, as far as they may edit; else the quality office."""
    on = timezone.localdate(now)
    said = queries.owner_role(version.text)
    for role in (said, FALLBACK):
        found = users_with_role(role=role, on=on) if role in ROLES else []
        if able := [user for user in found if can(user, Permission.EDIT_DEFINITIONS)]:
            return able
    return []


@transaction.atomic
def settle_upgrade(upgrade: Upgrade, *, by, now: datetime, choices: Mapping[str, str]) -> Version:
    """Make a draft on the new base from the fields chosen; it goes the way of every draft, review included.

    choices: {field name: "ours" | "theirs"}; a field without one takes its default.
    Raises ValidationError for a conflict without a choice, and while another draft is open.
    """
    require(by, Permission.EDIT_DEFINITIONS)
    version, upstream = _begin(upgrade), queries.new_base(upgrade)
    if upstream is None:
        raise ValidationError("新版内容包里已没有这份定义，请选择保留或撤回。")
    if queries.open_version(version.kind, version.definition_id):
        raise ValidationError("这份定义还有没发布的草稿，请先发布或放弃它，再来比对。")
    text = _merged(upgrade, choices)
    keep(upstream, now=now)
    reason = f"内容包 {upstream.origin} 由第 {version.base_version} 版更新为第 {upstream.version} 版"
    draft = save_draft(
        by=by, now=now, kind=version.kind, definition_id=version.definition_id, text=text,
        based_on=upstream, reason=reason, act=Act.SETTLE,
    )  # fmt: skip
    _finish(upgrade, by=by, now=now, outcome=f"形成第 {draft.number} 版草稿", draft=draft)
    return draft


@transaction.atomic
def settle_gone(upgrade: Upgrade, *, by, now: datetime, keep_ours: bool) -> None:
    """The new package no longer has the base: the hospital's version stays as its own, or is withdrawn."""
    require(by, Permission.EDIT_DEFINITIONS)
    version = _begin(upgrade)
    if upgrade.new_hash:
        raise ValidationError("新版内容包里仍有这份定义，请逐项比对。")
    if not keep_ours:
        withdraw(version, by=by, now=now, reason="新版内容包已取消这份定义")
    _finish(upgrade, by=by, now=now, outcome="保留为本院自己的定义" if keep_ours else "随内容包一并撤回")


def _begin(upgrade: Upgrade) -> Version:
    upgrade.refresh_from_db(from_queryset=Upgrade.objects.select_for_update(of=("self",)))
    if upgrade.settled_at is not None:
        raise ValidationError(f"这次比对已经处理：{upgrade.outcome}。")
    return upgrade.version


def _merged(upgrade: Upgrade, choices: Mapping[str, str]) -> str:
    three = queries.three_texts(upgrade)
    found = queries.differences(upgrade)
    chosen = {name: Side(side) for name, side in choices.items() if side in tuple(Side)}
    left = [d for d in found if d.conflict and d.name not in chosen]
    if left:
        names = "、".join(d.name for d in left[:5])
        raise ValidationError(f"还有 {len(left)} 处两边都改过，请逐项选择：{names}")
    return comparing.merged(three.ours, three.theirs, found, chosen)


def _finish(upgrade: Upgrade, *, by, now: datetime, outcome: str, draft: Version | None = None) -> None:
    upgrade.settled_at, upgrade.settled_by, upgrade.outcome, upgrade.draft = now, by, outcome, draft
    upgrade.save(update_fields=["settled_at", "settled_by", "outcome", "draft"])
    tasks.complete_for(source_kind=SOURCE, source_key=_source_key(upgrade), by=by, now=now)


def _source_key(upgrade: Upgrade) -> str:
    return f"upgrade:{upgrade.pk}"
