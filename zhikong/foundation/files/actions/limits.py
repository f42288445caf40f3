"""What an institution takes."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files.models import Limit
from zhikong.foundation.files.rules import KINDS, Kind, readable_size


@transaction.atomic
def set_limit(*, by, kind: str, allowed: bool, max_bytes: int) -> Limit:
    """Allow or forbid a kind, and narrow its size; the product's own limit cannot be widened."""
    require(by, Permission.MANAGE_FILES, whole_hospital=True)
    facts = KINDS[Kind(kind)]
    if not 0 < max_bytes <= facts.max_bytes:
        raise ValidationError(
            _("%(kind)s 的上限应在 1 字节与 %(most)s 之间。")
            % {"kind": kind.upper(), "most": readable_size(facts.max_bytes)}
        )
    row, _made = Limit.objects.update_or_create(
        institution_id=current_scope().institution_id,
        kind=kind,
        defaults={"allowed": allowed, "max_bytes": max_bytes},
    )
    return row
