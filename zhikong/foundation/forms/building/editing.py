"""Edits of a draft: read, changed, merged with what others did meanwhile, written through the pack store.

A page says which revision it showed (`seen`). The act is worked on that text and merged into the present one, so
that nobody overwrites what came between; what could not be merged is told, and so is every change of the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.forms.building import differences, documents, history
from zhikong.foundation.forms.building.documents import Data
from zhikong.foundation.forms.building.merging import Conflict, merge
from zhikong.foundation.forms.building.models import DraftStep, StepKind
from zhikong.foundation.forms.building.outline import ITEM, SECTION, EditError
from zhikong.foundation.forms.building.scores import with_full_score
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import State

FORM = "form"
COUNTED = re.compile(rf"\b(?:{ITEM}|{SECTION})\d{{1,9}}\b")
SENTENCES = 12

Change = Callable[[Data, Collection[str]], Data]
"""A change of a draft's data; also given the ids that must not be used for anything new."""


@dataclass
class Outcome:
    """What came of an act: the draft as it stands now, and what its author must be told."""

    version: Version
    data: Data
    conflicts: list[str] = field(default_factory=list)
    others: list[DraftStep] = field(default_factory=list)  # steps of others since the page was shown
    changed: bool = False


@transaction.atomic
def apply(pk: int, change: Change, *, by, now: datetime, seen: int | None = None) -> Outcome:
    """Apply a change to a draft. seen: the revision that the author looked at; None means the present one.

    Raises EditError for an act that is not possible, NotADefinition for a text that is no form,
    ValidationError when the version is no draft any more.
    """
    version = _locked(pk, by)
    steps = _steps(version, now)
    current = documents.read(version.text)
    base = _text_at(steps, seen, version, current)
    mine = change(base, taken(version, steps))
    merged, conflicts = merge(_unsummed(base), _unsummed(mine), _unsummed(current))
    merged = with_full_score(merged)
    told = [differences.conflict_sentence(c, mine, current) for c in conflicts]
    others = [s for s in steps if seen is not None and s.revision > seen and s.by_id != by.pk]
    outcome = Outcome(version, merged, told, others)
    return _write(outcome, current, by=by, now=now)


@transaction.atomic
def undo(pk: int, *, by, now: datetime) -> Outcome:
    """Take back the author's own last change; what others changed since stays."""
    return _turn(pk, StepKind.UNDO, by=by, now=now)


@transaction.atomic
def redo(pk: int, *, by, now: datetime) -> Outcome:
    return _turn(pk, StepKind.REDO, by=by, now=now)


def offered(version: Version, by) -> history.Offer:
    """What this person could undo and redo now."""
    own = DraftStep.objects.filter(version=version, by=by).order_by("revision")
    return _offer(list(own.only("pk", "kind", "of_id", "revision")))


def changes_since(version: Version, seen: int, by) -> list[DraftStep]:
    """Steps of other people after a revision, oldest first."""
    found = DraftStep.objects.filter(version=version, revision__gt=seen).exclude(by=by)
    return list(found.select_related("by").order_by("revision"))


def taken(version: Version, steps: Collection[DraftStep] = ()) -> set[str]:
    """The counted ids of every text that this form ever had: none of them is given to something new."""
    versions = Version.objects.filter(kind=FORM, definition_id=version.definition_id)
    texts = [*versions.values_list("text", flat=True), *(step.text for step in steps)]
    return {name for text in texts for name in COUNTED.findall(text)}


def _turn(pk: int, kind: StepKind, *, by, now: datetime) -> Outcome:
    version = _locked(pk, by)
    steps = _steps(version, now)
    offer = _offer([s for s in steps if s.by_id == by.pk])
    number = offer.undo if kind is StepKind.UNDO else offer.redo
    index = next((i for i, s in enumerate(steps) if s.pk == number), 0)
    if not index:  # the first step is the text with which the editing began
        raise EditError(_("没有可以撤销的修改。") if kind is StepKind.UNDO else _("没有可以重做的修改。"))
    before, after = documents.read(steps[index - 1].text), documents.read(steps[index].text)
    current = documents.read(version.text)
    if kind is StepKind.REDO:
        before, after = after, before
    merged, conflicts = merge(_unsummed(after), _unsummed(before), _unsummed(current))
    if conflicts:
        raise EditError(_explained(conflicts, before, current))
    outcome = Outcome(version, with_full_score(merged))
    return _write(outcome, current, by=by, now=now, kind=kind, of=steps[index])


def _explained(conflicts: list[Conflict], mine: Data, theirs: Data) -> str:
    where = differences.conflict_sentence(conflicts[0], mine, theirs)
    return _("这一步之后同一处又改过，不能撤销。%(where)s") % {"where": where}


def _offer(own: list[DraftStep]) -> history.Offer:
    """The text with which a draft began is nobody's change."""
    return history.offer(history.Step(s.pk, s.kind, s.of_id) for s in own if s.kind != StepKind.OUTSIDE)


def _locked(pk: int, by) -> Version:
    require(by, Permission.EDIT_DEFINITIONS)
    version = Version.objects.select_for_update(of=("self",)).get(pk=pk, kind=FORM)
    if version.state != State.DRAFT:
        raise ValidationError(_("这一版已经不是草稿，不能再修改。"))
    return version


def _steps(version: Version, now: datetime) -> list[DraftStep]:
    """All steps of the draft; one is added for a text that was written elsewhere."""
    steps = list(DraftStep.objects.filter(version=version).select_related("by").order_by("revision"))
    if not steps or steps[-1].revision < version.revision:
        step = DraftStep(
            institution_id=current_scope().institution_id,
            version=version,
            revision=version.revision,
            kind=StepKind.OUTSIDE,
            text=version.text,
            by=version.changed_by,
            at=version.changed_at or now,
        )
        step.save()
        steps.append(step)
    return steps


def _text_at(steps: list[DraftStep], seen: int | None, version: Version, current: Data) -> Data:
    if seen is None or seen == version.revision:
        return current
    found = next((s for s in steps if s.revision == seen), None)
    return documents.read(found.text) if found else current


def _unsummed(data: Data) -> Data:
    """The full score is a sum: two people who each change an item's points do not contradict each other in it."""
    return {key: value for key, value in data.items() if key != "full_score"}


def _write(outcome: Outcome, current: Data, *, by, now, kind=StepKind.EDIT, of=None) -> Outcome:
    said = differences.sentences(current, outcome.data)
    if outcome.data == current or not said:
        outcome.data = current
        return outcome
    version = packstore.save_draft(
        by=by,
        now=now,
        kind=FORM,
        definition_id=outcome.version.definition_id,
        text=documents.write(outcome.data),
        revision=outcome.version.revision,
    )
    DraftStep(
        institution_id=current_scope().institution_id,
        version=version,
        revision=version.revision,
        kind=kind,
        text=version.text,
        what=_told(said),
        by=by,
        at=now,
        of=of,
    ).save()
    outcome.version, outcome.changed = version, True
    return outcome


def _told(said: list[str]) -> str:
    more = _("……共 %(n)d 处") % {"n": len(said)}
    return "\n".join([*said[:SENTENCES], *([more] if len(said) > SENTENCES else [])])


__all__ = ["Change", "Outcome", "apply", "changes_since", "offered", "redo", "taken", "undo"]
