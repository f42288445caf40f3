"""The rules of disputes that are in force."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.complaints.rules_disputes import DisputeRules

CODE, ID = "dispute_rules", "disputes"


def rules() -> DisputeRules:
    """The rules in force today. Raises ValidationError when the hospital withdrew them."""
    found = resolve(CODE, ID, on=timezone.localdate())
    if found is None:
        raise ValidationError(_("没有生效的医疗纠纷处理规则，请在内容库里发布一份。"))
    return found.obj
