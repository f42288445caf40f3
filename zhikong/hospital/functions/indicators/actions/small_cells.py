"""Setting from whom small numbers are hidden; by whom, when and why stays on record."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope, forget
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import SmallCellRule

MOST = 50


@transaction.atomic
def set_small_cell_rule(
    *, by, now: datetime, smallest: int, roles: Sequence[str], indicators: Sequence[str] = (), reason: str
) -> SmallCellRule:
    """From now on numbers of cases below `smallest` are hidden from these roles; 0 hides nothing any more.

    indicators: only these; empty means all. Raises ValidationError for an unknown role or indicator, or no reason.
    """
    require(by, Permission.MANAGE_TARGETS)
    if smallest != 0 and not 2 <= smallest <= MOST:
        raise ValidationError(_("请写 2 至 %(most)d 的整数，或写 0 表示不隐藏。") % {"most": MOST})
    if smallest and not roles:
        raise ValidationError(_("请至少选择一个看不到小数的角色。"))
    unknown = [code for code in roles if code not in ROLES]
    unknown += [name for name in indicators if name not in definitions()]
    if unknown:
        raise ValidationError(_("没有这样的角色或指标：%(names)s。") % {"names": "、".join(unknown)})
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明理由，例如依据的制度或会议。"))
    made = SmallCellRule.objects.create(
        institution_id=current_scope().institution_id,
        smallest=smallest,
        roles=sorted(set(roles)) if smallest else [],
        indicators=sorted(set(indicators)) if smallest else [],
        reason=reason.strip()[:300],
        set_at=now,
        set_by=by,
    )
    forget()
    return made
