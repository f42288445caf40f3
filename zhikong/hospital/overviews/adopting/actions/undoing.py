"""Take an adoption back: as a whole, or only what has not been used since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import forget
from zhikong.hospital.overviews.adopting.actions.previewing import ADOPTERS, WRITING
from zhikong.hospital.overviews.adopting.actions.remembering import forgotten, reopened
from zhikong.hospital.overviews.adopting.models import AdoptedThing, Adoption
from zhikong.hospital.overviews.adopting.queries.standing import things_standing
from zhikong.hospital.overviews.adopting.rules.steps import Kind


@dataclass(frozen=True)
class Used:
    """A thing that cannot be taken back, and what used it."""

    thing: AdoptedThing
    by: tuple[str, ...]


def used(things: Iterable[AdoptedThing]) -> list[Used]:
    """Of these things the ones that have been used since, each with where."""
    found = [(thing, tuple(ADOPTERS[Kind(thing.kind)].used(thing))) for thing in things]
    return [Used(thing, said) for thing, said in found if said]


@transaction.atomic
def undo(*, by, now: datetime, adoption: Adoption, reason: str, part: bool = False) -> list[Used]:
    """Take everything back in one transaction. Gives what could not be, which is empty unless `part` was asked for.

    Raises ValidationError without a reason, and when something has been used since and `part` is not set.
    """
    require(by, Permission.ADOPT_PLANS, whole_hospital=True)
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明撤销的理由，它会永久留在记录里。"))
    adoption = Adoption.objects.select_for_update(of=("self",)).get(pk=adoption.pk)
    if adoption.state == Adoption.State.UNDONE:
        raise ValidationError(_("这次采纳已经撤销。"))
    things = things_standing(adoption)
    kept = used(things)
    if kept and not part:
        raise ValidationError([_refused(one) for one in kept])
    held = {one.thing.pk for one in kept}
    undo_things([thing for thing in things if thing.pk not in held], by=by, now=now, reason=reason.strip())
    adoption.state = Adoption.State.PARTLY if kept else Adoption.State.UNDONE
    adoption.undone_at, adoption.undone_by, adoption.undone_reason = now, by, reason.strip()[:300]
    adoption.save(update_fields=["state", "undone_at", "undone_by", "undone_reason"])
    if not kept:
        forgotten(list(adoption.things.all()), by=by)
        reopened(adoption.document_id, by=by, now=now)
    forget()
    return kept


def _refused(one: Used) -> str:
    return _("%(title)s：%(by)s") % {"title": one.thing.title, "by": "、".join(one.by)}


def undo_things(things: Sequence[AdoptedThing], *, by, now: datetime, reason: str) -> None:
    """Take single things back, in the opposite order of writing. Raises ValidationError for one that was used."""
    if kept := used(things):
        raise ValidationError([_refused(one) for one in kept])
    order = {module.KIND: n for n, module in enumerate(WRITING)}
    for thing in sorted(things, key=lambda one: (-order[Kind(one.kind)], -one.pk)):
        ADOPTERS[Kind(thing.kind)].undo(thing, by=by, now=now, reason=reason)
        rows = AdoptedThing.objects.filter(
            adoption_id=thing.adoption_id, kind=thing.kind, key=thing.key, made=True, undone_at=None
        )
        forgotten(list(rows), by=by)
        rows.update(undone_at=now, undone_by=by)
