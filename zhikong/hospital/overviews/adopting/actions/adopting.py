"""Adopt a plan: everything in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope, forget
from zhikong.hospital.overviews.adopting.actions.previewing import WRITING, Preview, preview
from zhikong.hospital.overviews.adopting.actions.remembering import adopted, remember
from zhikong.hospital.overviews.adopting.actions.undoing import undo_things
from zhikong.hospital.overviews.adopting.models import AdoptedThing, Adoption
from zhikong.hospital.overviews.adopting.queries import reading, standing
from zhikong.hospital.overviews.adopting.rules.steps import Made, Step


class Changed(ValidationError):
    """What would be adopted is no longer what was shown."""


@transaction.atomic
def adopt(
    *, by, now: datetime, document: int, seen: str = "", choices: Mapping[int, str] | None = None, drop_gone: bool = False
) -> Adoption:  # fmt: skip
    """Write everything that the plan asks for and can be.

    seen: the preview's stamp; when the preview has become another, Changed is raised and nothing written. choices: item →
    way for what could not be as it stood. drop_gone: also take back what only the plan's earlier version asked for.
    Raises ValidationError with the first thing's sentence when one of them is refused.
    """
    require(by, Permission.ADOPT_PLANS, whole_hospital=True)
    paper = reading.locked_paper(document, now=now, choices=choices or {})
    if standing.standing_adoption(document) is not None:
        raise ValidationError(_("这份计划已经采纳。修改后请先撤销，或上传新的一版。"))
    shown = preview(reading.wishes(document), paper)
    if seen and seen != shown.stamp:
        raise Changed(_("预览之后情况有变化，请核对下面的新预览再采纳。"))
    if not shown.steps:
        raise ValidationError(_("没有已接受的事项，请先到核对页接受或更正。"))
    made = Adoption.objects.create(
        institution_id=current_scope().institution_id, document_id=document, title=paper.title[:200], year=paper.year,
        counts=shown.counts, previous=shown.previous, adopted_at=now, adopted_by=by,
    )  # fmt: skip
    _write(shown, made, by=by, now=now)
    if drop_gone:
        undo_things(
            shown.gone, by=by, now=now, reason=_("新一版计划“%(title)s”不再要求") % {"title": paper.title}
        )
    adopted(document, by=by, now=now)
    forget()
    return made


def _write(shown: Preview, made: Adoption, *, by, now: datetime) -> None:
    for module in WRITING:
        of_module = [step for step in shown.steps if step.kind is module.KIND]
        written = [step for step in of_module if step.written]
        results = dict(
            zip(map(id, written), _results(module, written, by=by, now=now, paper=shown.paper), strict=True)
        )
        for step in of_module:
            _keep(step, results.get(id(step)), made)


def _results(module, steps: Sequence[Step], *, by, now: datetime, paper) -> list[Made]:
    if not steps:
        return []
    if hasattr(module, "write_all"):
        return module.write_all(steps, by=by, now=now, paper=paper)
    return [_one(module, step, by=by, now=now, paper=paper) for step in steps]


def _one(module, step: Step, *, by, now: datetime, paper) -> Made:
    """A refusal names the thing, so that the reader knows which sentence stands in the way."""
    try:
        return module.write(step, by=by, now=now, paper=paper)
    except ValidationError as error:
        said = "；".join(error.messages)
        raise ValidationError(
            _("“%(title)s”不能采纳：%(why)s 什么都没有写入。") % {"title": step.title, "why": said}
        ) from error


def _keep(step: Step, result: Made | None, made: Adoption) -> None:
    """One row for each item of the step; the item remembers it too."""
    rows = AdoptedThing.objects.bulk_create(
        AdoptedThing(
            institution_id=made.institution_id, adoption=made, item_id=wish.item, kind=step.kind, outcome=step.outcome,
            key=(result.key if result else step.key)[:160], title=(result.title if result else step.title)[:200],
            why=step.why, was=step.was[:200], becomes=step.becomes[:200], url=(result.url if result else step.url)[:200],
            data=result.data if result else {}, made=result is not None, sentence=wish.sentence, start=wish.start,
            end=wish.end,
        )
        for wish in step.wishes
    )  # fmt: skip
    for row in rows:
        remember(row, by=made.adopted_by)


def previewed(*, by, document: int, now: datetime, choices: Mapping[int, str] | None = None) -> Preview:
    """What `adopt` would do now. Writes nothing."""
    require(by, Permission.ADOPT_PLANS, whole_hospital=True)
    return preview(reading.wishes(document), reading.paper(document, now=now, choices=choices or {}))
