"""One step of an adoption: what would become of an item of the plan, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhikong.hospital.overviews.adopting.rules.wishes import Wish


class Outcome(StrEnum):
    """What adopting does with an item."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    NOTE = "note"
    """Nothing is to be set: knowing it is enough, or it is decided elsewhere."""
    IMPOSSIBLE = "impossible"
    """It cannot be as it stands; the reason and the ways out are told."""


OUTCOME_WORDS = {
    Outcome.NEW: _("新建"),
    Outcome.CHANGED: _("更改"),
    Outcome.SAME: _("已有"),
    Outcome.NOTE: _("知悉"),
    Outcome.IMPOSSIBLE: _("暂不能采纳"),
}
TONES = {
    Outcome.NEW: "ok",
    Outcome.CHANGED: "warn",
    Outcome.SAME: "none",
    Outcome.NOTE: "none",
    Outcome.IMPOSSIBLE: "bad",
}


class Kind(StrEnum):
    """What a thing is, in the order of the pages."""

    TARGET = "target"
    LIMIT = "limit"
    BODY = "body"
    DUTY = "duty"
    THEME = "theme"
    CAMPAIGN = "campaign"
    NOTE = "note"


KIND_WORDS = {
    Kind.TARGET: _("指标目标值"),
    Kind.LIMIT: _("病历时限"),
    Kind.BODY: _("质量管理组织"),
    Kind.DUTY: _("职责"),
    Kind.THEME: _("每月检查主题"),
    Kind.CAMPAIGN: _("专项活动"),
    Kind.NOTE: _("其他事项"),
}
WRITTEN = (Outcome.NEW, Outcome.CHANGED)


@dataclass(frozen=True)
class Way:
    """A way out for what cannot be as it stands. code: what the reader may choose here; without one, only a link."""

    label: str
    code: str = ""
    url: str = ""


@dataclass(frozen=True)
class Step:
    """What becomes of one or more wishes of the plan.

    key: names the thing for good, so that two plans can be compared; data: what the adopter needs to write it.
    """

    kind: Kind
    outcome: Outcome
    wishes: tuple[Wish, ...]
    title: str
    why: str
    key: str = ""
    was: str = ""
    becomes: str = ""
    url: str = ""
    ways: tuple[Way, ...] = ()
    data: Any = field(default=None, compare=False, repr=False)

    @property
    def written(self) -> bool:
        """Adopting writes something for it."""
        return self.outcome in WRITTEN

    @property
    def tone(self) -> str:
        return TONES[self.outcome]

    @property
    def word(self):
        return OUTCOME_WORDS[self.outcome]


@dataclass(frozen=True)
class Made:
    """A thing as the app that owns it wrote it. data: plain values that undoing needs."""

    key: str
    title: str
    url: str
    data: dict[str, Any] = field(default_factory=dict)


def counts(steps: Iterable[Step]) -> dict[str, int]:
    """Outcome → how many, every outcome named."""
    found = Counter(step.outcome for step in steps)
    return {outcome.value: found[outcome] for outcome in Outcome}


def by_kind(steps: Iterable[Step]) -> list[tuple[Kind, Any, list[Step]]]:
    """(kind, its word, its steps) in the order of the pages, without empty kinds."""
    steps = list(steps)
    grouped = [(kind, [step for step in steps if step.kind is kind]) for kind in Kind]
    return [(kind, KIND_WORDS[kind], of_kind) for kind, of_kind in grouped if of_kind]


def stamp(steps: Sequence[Step]) -> str:
    """Equal for two previews that say the same: what was shown is what is adopted."""
    said = [
        "|".join((step.kind, step.outcome, step.key, step.title, step.was, step.becomes))
        + "|".join(str(wish.item) for wish in step.wishes)
        for step in steps
    ]
    return sha256("\n".join(said).encode()).hexdigest()[:24]
