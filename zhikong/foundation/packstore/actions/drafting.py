"""Drafts: one open version of a definition at a time, with the packaged one that it stands before."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.packstore import kinds, queries, rules
from zhikong.foundation.packstore.actions.keeping import keep
from zhikong.foundation.packstore.actions.steps import begin, record
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.queries import Resolved, Written
from zhikong.foundation.packstore.rules import Act, State

LONGEST = 400_000  # characters; the longest packaged definition is a hundredth of it


@transaction.atomic
def save_draft(
    *,
    by,
    now: datetime,
    kind: str,
    definition_id: str,
    text: str,
    based_on: Resolved | None = None,
    revision: int | None = None,
    reason: str | None = None,
    act: Act | None = None,
) -> Version:
    """Write the open draft of a definition, beginning one when there is none. The text may still have problems.

    based_on: the packaged definition that it replaces; left out, a first version is based on the packaged one in
        force, and a later one on what its predecessor is based on.
    revision: the draft's revision that the writer saw; when somebody wrote since, nothing is overwritten.
    reason: on what ground the definition is changed; shown to the reviewer.
    Raises ValidationError when the definition is with a reviewer, or somebody else wrote meanwhile.
    """
    require(by, Permission.EDIT_DEFINITIONS)
    _check(kind, definition_id, text)
    draft = queries.open_version(kind, definition_id)
    if draft is None:
        return _begin_draft(
            by=by, now=now, kind=kind, definition_id=definition_id, text=text, base=based_on,
            reason=reason or "", act=act or Act.CREATE,
        )  # fmt: skip
    begin(draft, State.DRAFT)
    _check_revision(draft, revision)
    return _write(draft, by=by, now=now, text=text, base=based_on, reason=reason, act=act)


def start_from(
    *, by, now: datetime, kind: str, definition_id: str, source: Resolved | Version | Written | None
) -> Version:
    """Begin a draft with the text of a version or packaged definition, or with the kind's starter.

    Gives the draft that is open already when there is one.
    """
    found = queries.open_version(kind, definition_id)
    if found is not None:
        return found
    text = kinds.get(kind).starter.replace("{id}", definition_id) if source is None else source.text
    return save_draft(by=by, now=now, kind=kind, definition_id=definition_id, text=text)


@transaction.atomic
def discard(version: Version, *, by, now: datetime, reason: str = "") -> None:
    """Give up a draft; it stays in the history."""
    require(by, Permission.EDIT_DEFINITIONS)
    begin(version, State.DRAFT)
    version.state = State.DISCARDED
    version.save(update_fields=["state"])
    record(version, Act.DISCARD, by=by, now=now, text=reason)


def _check(kind: str, definition_id: str, text: str) -> None:
    kinds.get(kind)
    if not rules.ID.match(definition_id):
        raise ValidationError("编号只用字母、数字、下划线和连字符，不超过 80 个字符，例如 crash_cart_round。")
    if len(text) > LONGEST:
        raise ValidationError("正文过长，一份定义只写一件事。")
    if "\x00" in text:
        raise ValidationError("正文里有不能保存的字符，请删除后重试。")


def _check_revision(draft: Version, revision: int | None) -> None:
    if revision is not None and revision != draft.revision:
        raise ValidationError(
            f"{draft.changed_by or '系统'}刚刚修改了这份草稿，您的修改没有保存。请复制您的文字，刷新页面后再改。"
        )


def _begin_draft(
    *,
    by,
    now: datetime,
    kind: str,
    definition_id: str,
    text: str,
    base: Resolved | None,
    reason: str,
    act: Act,
) -> Version:
    base = base or queries.packaged_base(kind, definition_id)
    number = _next_number(kind, definition_id, base)
    draft = Version(
        institution_id=current_scope().institution_id, kind=kind, definition_id=definition_id,
        number=number, author=by, created_at=now, reason=reason.strip()[:300],
    )  # fmt: skip
    _set_text(draft, text, by=by, now=now)
    _set_base(draft, base, now=now)
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise ValidationError("刚刚有人为这份定义建了草稿，请刷新页面。") from error
    record(draft, act, by=by, now=now, text=draft.reason)
    return draft


def _write(
    draft: Version, *, by, now: datetime, text: str, base, reason: str | None, act: Act | None
) -> Version:
    first_of_writer = by is not None and by.pk not in draft.editors
    _set_text(draft, text, by=by, now=now)
    if base is not None:
        _set_base(draft, base, now=now)
    if reason is not None:
        draft.reason = reason.strip()[:300]
    draft.revision += 1
    draft.save()
    if act or first_of_writer:  # every keystroke's save is in the audit trail; the story names who wrote
        record(draft, act or Act.EDIT, by=by, now=now)
    return draft


def _set_text(draft: Version, text: str, *, by, now: datetime) -> None:
    draft.text = rules.stamped(rules.clean_text(text), draft.number)
    draft.hash = rules.text_hash(draft.text)
    draft.title = kinds.title(draft.kind, draft.definition_id, draft.text)[:200]
    draft.changed_at, draft.changed_by = now, by
    if by is not None and by.pk not in draft.editors:
        draft.editors = [*draft.editors, by.pk]


def _set_base(draft: Version, base: Resolved | None, *, now: datetime) -> None:
    """The base's own text is kept: the comparison after an upgrade needs it."""
    if base is None:
        return
    keep(base, now=now)
    draft.base_pack, draft.base_version, draft.base_hash = base.origin, base.version, base.hash


def _next_number(kind: str, definition_id: str, base: Resolved | None) -> int:
    """Above every number that was given, and above the base's: one number never means two texts."""
    own = Version.objects.filter(kind=kind, definition_id=definition_id).aggregate(last=Max("number"))["last"]
    return max(own or 0, base.version if base else 0) + 1
