"""What became of a plan and of its items, as the adoption tells it. Each is part of the adoption's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem

State = PlanDocument.State


@transaction.atomic
def adopted(*, by, now: datetime, document: int) -> None:
    """The plan is at work; the version that it replaces is replaced. Raises ValidationError before the review's end."""
    require(by, Permission.ADOPT_PLANS)
    found = PlanDocument.objects.select_for_update(of=("self",)).get(pk=document)
    if found.state != State.REVIEWED:
        raise ValidationError(_("核对还没有完成，不能采纳。请先在核对页处理完每一条，再按“完成核对”。"))
    found.state = State.ADOPTED
    found.save(update_fields=["state"])
    PlanDocument.objects.filter(pk=found.replaces_id, state=State.ADOPTED).update(state=State.REPLACED)


@transaction.atomic
def reopened(*, by, now: datetime, document: int) -> None:
    """The adoption was taken back: the plan can be corrected and adopted again, and what it replaced counts again."""
    require(by, Permission.ADOPT_PLANS)
    found = PlanDocument.objects.select_for_update(of=("self",)).get(pk=document)
    if found.state == State.ADOPTED:
        found.state = State.REVIEWED
        found.save(update_fields=["state"])
    PlanDocument.objects.filter(pk=found.replaces_id, state=State.REPLACED).update(state=State.ADOPTED)


def became(*, by, item: int, kind: str, key: str, url: str) -> None:
    """What an item became: the kind of thing, its key in the app that owns it, and its page."""
    require(by, Permission.ADOPT_PLANS)
    PlanItem.objects.filter(pk=item).update(
        adopted_kind=kind[:20], adopted_key=key[:120], adopted_url=url[:300]
    )


def forgotten(*, by, items: Iterable[int]) -> None:
    """What these items became was taken back."""
    require(by, Permission.ADOPT_PLANS)
    PlanItem.objects.filter(pk__in=list(items)).update(adopted_kind="", adopted_key="", adopted_url="")
