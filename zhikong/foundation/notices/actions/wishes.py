"""What a person wants: by which way, at once or in the digest, and when not."""

from collections.abc import Mapping
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from zhikong.foundation.notices import kinds
from zhikong.foundation.notices.adapters import ADAPTERS
from zhikong.foundation.notices.models import PersonRules, Preference
from zhikong.foundation.notices.policies import policies
from zhikong.foundation.notices.rules import How


@transaction.atomic
def save_person_rules(
    *, by, now: datetime, addresses: Mapping[str, str], quiet_from: time | None, quiet_to: time | None
) -> PersonRules:
    """Where a person is reached and when not; always one's own. Both quiet times or none."""
    if (quiet_from is None) != (quiet_to is None):
        raise ValidationError("免打扰的开始和结束要么都填，要么都不填。")
    kept = {kind: value.strip() for kind, value in addresses.items() if value.strip()}
    if unknown := set(kept) - {code for code, adapter in ADAPTERS.items() if adapter.personal}:
        raise ValidationError(f"没有这样的通知方式：{'、'.join(sorted(unknown))}")
    if "email" in kept:
        validate_email(kept["email"])
    values = {"addresses": kept, "quiet_from": quiet_from, "quiet_to": quiet_to}
    saved, _created = PersonRules.objects.update_or_create(
        institution_id=by.institution_id, user=by, defaults=values
    )
    return saved


@transaction.atomic
def save_preferences(*, by, now: datetime, wishes: Mapping[tuple[str, str], How]) -> None:
    """Keep one's wishes: (kind, kind of channel) → how. What may not be switched off is refused in words."""
    holding = policies()
    for (kind, channel_kind), how in wishes.items():
        if not kinds.known(kind) or channel_kind not in ADAPTERS:
            raise ValidationError("没有这样的通知类别或方式。")
        if how is How.OFF and (holding[kind].mandatory or holding[kind].urgent):
            raise ValidationError(f"“{holding[kind].title}”是医院规定必须通知的，不能关闭，可以选每日汇总。")
        Preference.objects.update_or_create(
            institution_id=by.institution_id, user=by, kind=kind, channel_kind=channel_kind, defaults={"how": how}
        )  # fmt: skip
