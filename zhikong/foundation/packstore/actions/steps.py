"""What every act on a version does: lock it, check its state, write its story, tell those whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.urls import reverse

from zhikong.foundation.access.scope import current_scope, forget
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.packstore import kinds, rules
from zhikong.foundation.packstore.models import Version, VersionStep
from zhikong.foundation.packstore.rules import Act, State

SOURCE = "packstore"


def begin(version: Version, *expected: State) -> None:
    """Lock the version and refuse the act when its state is none of those in which the act makes sense."""
    version.refresh_from_db(from_queryset=Version.objects.select_for_update(of=("self",)))
    if version.state not in expected:
        now = rules.STATE_NAMES[State(version.state)]
        raise ValidationError(f"“{version.title}”第 {version.number} 版现在是“{now}”，不能做这一步。")


def record(version: Version, act: Act, *, by, now: datetime, text: str = "") -> None:
    """Add one line to the version's story."""
    VersionStep.objects.create(
        institution_id=current_scope().institution_id, version=version, at=now, by=by, act=act, text=text
    )


def check_sound(version: Version) -> None:
    """Refuse a text that its kind cannot read, with the first problem's line."""
    problems = kinds.read(version.kind, version.definition_id, version.text).problems
    if problems:
        first = problems[0]
        more = f"（共 {len(problems)} 处）" if len(problems) > 1 else ""
        raise ValidationError(f"还有问题没有改好{more}：第 {first.line} 行，{first.message}{first.remedy}")


def required(text: str, sentence: str) -> str:
    """The text without spaces around it; refuses one that says nothing."""
    text = (text or "").strip()
    if len(text) < 2:
        raise ValidationError(sentence)
    return text


def address(version: Version) -> str:
    return reverse("packstore:version", args=[version.pk])


def source_key(version: Version) -> str:
    return f"version:{version.pk}"


def tell(version: Version, *, by, now: datetime, title: str, users: Iterable, text: str = "") -> None:
    """A notice to people about a version."""
    notices.send(
        by=by, now=now, title=title, text=text, url=address(version), users=users, kind=SOURCE,
        source_kind=SOURCE, source_key=source_key(version),
    )  # fmt: skip


def moment_over() -> None:
    """The versions in force changed by our own hand: this request or job looks at them anew."""
    forget()
