"""What holds for versions of definitions, without the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

HOSPITAL = "hospital"
"""The origin of a definition that the hospital published itself."""

ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$")
_VERSION = re.compile(r"^version:[^\n]*$", re.MULTILINE)


class State(StrEnum):
    """A version on its way: nothing is in force before a second person has looked at it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


STATE_NAMES = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "待审核",
    State.REVIEWED: "已审核，待发布",
    State.PUBLISHED: "已发布",
    State.WITHDRAWN: "已撤回",
    State.DISCARDED: "已放弃",
}
OPEN = (State.DRAFT, State.SUBMITTED, State.REVIEWED)
FROZEN = (State.PUBLISHED, State.WITHDRAWN)


class Act(StrEnum):
    """What happened to a version, for its story."""

    CREATE = "create"
    EDIT = "edit"
    IMPORT = "import"
    SUBMIT = "submit"
    RECALL = "recall"
    PASS = "pass"
    RETURN = "return"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    DISCARD = "discard"
    SETTLE = "settle"


ACT_NAMES = {
    Act.CREATE: "新建草稿",
    Act.EDIT: "修改草稿",
    Act.IMPORT: "导入为草稿",
    Act.SUBMIT: "送审",
    Act.RECALL: "收回修改",
    Act.PASS: "审核通过",
    Act.RETURN: "审核退回",
    Act.PUBLISH: "发布",
    Act.WITHDRAW: "撤回",
    Act.DISCARD: "放弃草稿",
    Act.SETTLE: "按新版内容包修订",
}


def clean_text(text: str) -> str:
    """One spelling of a text: no byte-order mark, Unix line ends, one line end at the end."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return lines.rstrip("\n") + "\n"


def text_hash(text: str) -> str:
    """Sixteen hex digits over the exact text of a definition."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def stamped(text: str, number: int) -> str:
    """The text with the number of its version written into it; a text without `version:` stays as it is."""
    return _VERSION.sub(f"version: {number}", text, count=1)


def same_meaning(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but the number of the version."""
    return stamped(clean_text(one), 0) == stamped(clean_text(other), 0)


def pack_id(code: str) -> str:
    """The id, and folder, of a hospital's own pack."""
    return "hospital_" + re.sub(r"[^A-Za-z0-9_-]", "_", code).lower()


class Dated(Protocol):
    """A version that was published once."""

    @property
    def effective_from(self) -> date | None: ...

    @property
    def ends_on(self) -> date | None: ...


Published = TypeVar("Published", bound=Dated)


def in_force(versions: Iterable[Published], on: date) -> Published | None:
    """The published version of one definition that holds on a day, or None.

    A version holds from its first day until the next one's first day, so periods cannot overlap. Withdrawn on a
    day, it leaves the place to the packaged definition, not to its predecessor; withdrawn before its first day,
    it never was.
    """
    begun = [v for v in versions if _began(v, on)]
    newest = max(begun, key=lambda v: v.effective_from or date.min, default=None)
    ended = newest is not None and newest.ends_on is not None and newest.ends_on <= on
    return None if ended else newest


def _began(version: Dated, on: date) -> bool:
    start, end = version.effective_from, version.ends_on
    return start is not None and start <= on and (end is None or end > start)
