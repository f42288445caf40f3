"""From a question to figures: rows of the source in scope, counted, with everything that a footnote has to say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.countable import Answer, Row, Shape, Source, Wanted, source
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.improvements.tools.asking import Asked, Unanswerable
from zhikong.hospital.functions.improvements.tools.counting import figures, narrowed

ENTERED = "entered"


@dataclass(frozen=True)
class Fresh:
    """What was just counted. snapshot: figures and the words around them, as they are kept with a saved picture."""

    kind: str
    asked: Asked
    snapshot: dict[str, Any]
    data_hash: str
    data_version: str
    rows: int


def source_for(user, asked: Asked) -> tuple[Source, Shape]:
    """The source that is asked, and its shape. Raises Unanswerable or PermissionDenied."""
    found = source(asked.source)
    if found is None:
        raise Unanswerable(_("没有这个数据来源，请重新选择。"))
    if not found.may(user):
        raise PermissionDenied(_("您没有权限查看这个来源的数据。如需开通，请联系系统管理员。"))
    if found.things is not None and asked.key not in dict(found.things(user)):
        raise Unanswerable(_("没有这个对象，或者您看不到它，请重新选择。"))
    return found, found.shape(asked.key)


def draw(kind: str, asked: Asked, *, user) -> Fresh:
    """Count within the scope in force. Raises Unanswerable with what to do, PermissionDenied, LookupError."""
    asked = pinned(asked)
    found, shape = source_for(user, asked)
    answer = _rows(found, asked)
    other = _other(found, asked, user)
    beside = (found.shape(asked.key_y), narrowed(other.rows, asked.only)) if other else None
    counted = figures(kind, answer.rows, shape, asked, beside)
    digest = hashlib.sha256(f"{answer.hash}{other.hash if other else ''}".encode()).hexdigest()
    said = [one for one in (answer.title, other.title if other else "") if one]
    snapshot = {
        "figures": counted,
        "source": " × ".join(said),
        "definition": "；".join(
            dict.fromkeys(one.definition for one in (answer, other) if one and one.definition)
        ),
        "place": place_words(asked),
        "period": asked.first if asked.first == asked.last else f"{asked.first} 至 {asked.last}",
        "hidden": answer.hidden or (other.hidden if other else ""),
        "only": asked.only.partition(":")[2],
    }
    return Fresh(kind, asked, snapshot, digest, answer.data_version, len(answer.rows))


def pinned(asked: Asked) -> Asked:
    """The question with the departments that its answer covers: another reader's scope shall not change it later."""
    scope = current_scope()
    if scope.whole_hospital or asked.departments:
        return asked
    return replace(asked, departments=tuple(sorted(scope.departments or ())))


def covered(asked: Asked) -> bool:
    """Whether the scope in force sees all that the question is about."""
    scope = current_scope()
    return scope.whole_hospital or (bool(asked.departments) and set(asked.departments) <= set(scope.departments or ()))  # fmt: skip


def _rows(found: Source, asked: Asked) -> Answer:
    split = tuple(name for name in (asked.by, asked.across, asked.only.partition(":")[0]) if name)
    wanted = Wanted(asked.first, asked.last, asked.key, asked.departments, split)
    answer = found.rows(wanted)
    if answer.more:
        raise Unanswerable(_("数据太多，只能取到一部分，画出来会不准。请缩短时间或选择科室。"))
    return answer


def _other(found: Source, asked: Asked, user) -> Answer | None:
    """The rows of the second thing of a scatter: the same source, months and departments."""
    if not asked.key_y or asked.key_y == asked.key:
        return None
    source_for(user, replace(asked, key=asked.key_y))
    return _rows(found, replace(asked, key=asked.key_y))


def place_words(asked: Asked) -> str:
    """全院, or the names of the departments; of those in scope for who does not see the whole hospital."""
    names = {one.id: one.name for one in departments(on=timezone.localdate())}
    wanted = asked.departments
    if not wanted:
        scope = current_scope()
        if scope.whole_hospital:
            return _("全院")
        wanted = tuple(sorted(scope.departments or ()))
    known = [names[pk] for pk in wanted if pk in names]
    return "、".join(known[:4]) + (_("等 %(n)d 个科室") % {"n": len(known)} if len(known) > 4 else "")


def behind(asked: Asked, *, user, value: str = "") -> list[Row]:
    """The rows behind a number of a picture, in scope now, the newest first. value: of the dimension in ``by``."""
    found, shape = source_for(user, asked)
    rows = narrowed(_rows(found, asked).rows, asked.only)
    by = asked.by or shape.dimensions[0].id
    kept = [row for row in rows if row.count and (not value or row.values.get(by) == value)]
    return sorted(kept, key=lambda row: (str(row.at or ""), row.name), reverse=True)
