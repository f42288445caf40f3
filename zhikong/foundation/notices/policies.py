"""What holds for a kind of notice in this hospital: the house's values, or what the hospital decided."""

from dataclasses import replace

from zhikong.foundation.notices import kinds
from zhikong.foundation.notices.kinds import NoticeKind
from zhikong.foundation.notices.models import KindPolicy


def policies() -> dict[str, NoticeKind]:
    """Kind → what holds, for all kinds, in the order of the page."""
    decided = {row.kind: row for row in KindPolicy.objects.all()}
    return {kind.code: _with(kind, decided.get(kind.code)) for kind in kinds.all_kinds()}


def policy(code: str) -> NoticeKind:
    known = kinds.kind(code)
    return _with(known, KindPolicy.objects.filter(kind=known.code).first())


def _with(kind: NoticeKind, row: KindPolicy | None) -> NoticeKind:
    if row is None:
        return kind
    return replace(kind, urgent=row.urgent, mandatory=row.mandatory, outside=row.outside)
