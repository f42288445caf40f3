"""Targets from a hospital's own list: read, shown, then set as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from zhikong.engine.definitions.kinds import Direction
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.importing import tables
from zhikong.hospital.functions.indicators import actions as indicators
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.overviews.starting.rules import targets as rules
from zhikong.hospital.overviews.starting.rules.targets import Line
from zhikong.intake.reasons import FileRefused

SALT = "starting.targets"
VALID = 24 * 3600  # seconds in which a list that was shown can be confirmed
LIKELY = 70


def read_list(path: Path) -> list[Line]:
    """The rows of a list: those that can be set, and the others with their reasons. Raises FileRefused."""
    names = {one.title(): one.id for one in definitions().values()}
    names |= {name: name for name in definitions()}
    down = [one.id for one in definitions().values() if one.direction is Direction.DOWN]
    for table in tables.read(path):
        if rules.heading(table.rows) is not None:
            return _with_likely(rules.read(table.rows, names, downwards=down), list(names))
    raise FileRefused(
        _("没有找到表头：需要“指标名称”和“目标值”两列（或“不低于”“不高于”）。"),
        _("请下载模板对照，把列名写在数据上方的一行后再上传。"),
    )


def _with_likely(lines: list[Line], names: list[str]) -> list[Line]:
    """Rows that name no indicator with the indicators that they may mean."""
    found = []
    for line in lines:
        if line.problem and not line.indicator:
            likely = process.extract(line.name, names, scorer=fuzz.WRatio, limit=2, score_cutoff=LIKELY)
            line = Line(line.row, line.name, problem=line.problem, likely=tuple(name for name, *_ in likely))
        found.append(line)
    return found


def changing(lines: Iterable[Line], *, month: str) -> list[Line]:
    """The lines that say something else than what is in force for the hospital in a month."""
    book, known = target_book(), definitions()
    found = []
    for line in lines:
        if line.problem:
            continue
        now = book.of(known[line.indicator], None, month)
        same = (now.target.low, now.target.high) == (line.at_least, line.at_most)
        if not same or now.origin != "hospital":
            found.append(line)
    return found


def sealed(lines: Iterable[Line], since: date) -> str:
    """What was shown, so that exactly that is confirmed."""
    rows = [[one.indicator, _text(one.at_least), _text(one.at_most), one.source] for one in lines]
    return signing.dumps(
        {"institution": current_scope().institution_id, "since": since.isoformat(), "rows": rows},
        salt=SALT, compress=True,
    )  # fmt: skip


@transaction.atomic
def confirm(*, by, now: datetime, token: str) -> int:
    """Set what was shown; returns how many. Raises ValidationError when it is no longer what was shown."""
    require(by, Permission.MANAGE_TARGETS)
    try:
        said = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature as error:
        raise ValidationError(_("预览已过期，请重新上传。")) from error
    if said["institution"] != current_scope().institution_id:
        raise ValidationError(_("预览不是本机构的，请重新上传。"))
    since = date.fromisoformat(said["since"])
    rows = [Line(0, "", name, _number(low), _number(high), source) for name, low, high, source in said["rows"]]  # fmt: skip
    return set_lines(by=by, now=now, lines=rows, since=since)


@transaction.atomic
def set_lines(*, by, now: datetime, lines: Iterable[Line], since: date) -> int:
    """Each line becomes a target of the whole hospital from a month on; all or nothing."""
    require(by, Permission.MANAGE_TARGETS)
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007
        indicators.set_target(
            by=by, now=now, indicator_id=line.indicator, valid_from=since, at_least=line.at_least, at_most=line.at_most,
            source=line.source or _("医院目标值清单"), reason=_("启用向导导入"),
        )  # fmt: skip
    return count


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
