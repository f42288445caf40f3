"""The answers of a visit as its page shows them: what stands, who gave it, what else was said, with its photos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhikong.foundation.forms import presenting, references
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.answers import files_of
from zhikong.foundation.forms.definition.model import FormDefinition, Item
from zhikong.foundation.forms.models import Sheet
from zhikong.hospital.functions.inspections.models.ending import Proposal
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Correction, Media, Op
from zhikong.hospital.functions.inspections.queries.visiting import exchange, ops, packages
from zhikong.hospital.functions.inspections.queries.visiting.failures import failed
from zhikong.hospital.functions.inspections.rules_sync import FILES, Kind
from zhikong.hospital.functions.inspections.rules_sync_clock import drift_sentence


@dataclass
class Told:
    """An op in words, for people."""

    op: Op
    words: str
    question: str = ""
    clock: str = ""

    @property
    def status(self) -> str:
        """What the op is now, in words."""
        return str(Op.Status(self.op.now_status).label)


@dataclass
class Line:
    """One item of a sheet: what stands and how it came to stand."""

    item: Item
    words: str
    edit: Any = None
    failed: bool = False
    history: list[Told] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)

    @property
    def at(self) -> datetime | None:
        """When it was answered on the spot, by the server's clock; else when it was stored."""
        came = [one.op.at for one in self.history if self.edit and one.op.revision == self.edit.revision]
        return came[0] if came else getattr(self.edit, "at", None)

    @property
    def is_told(self) -> bool:
        """Whether there is more to see than the answer."""
        return len(self.history) > 1 or bool(self.notes or self.corrections)


@dataclass
class Filled:
    """One sheet with its lines; superseded: the sentence about a newer version of its form."""

    sheet: Sheet
    lines: list[Line]
    superseded: str = ""


def filled(visit: Visit, *, by, now: datetime) -> list[Filled]:
    """Every sheet of the visit with all its items."""
    told = _by_item(visit)
    media = list(Media.objects.filter(visit=visit).exclude(file=None).select_related("file", "by"))
    mended = defaultdict(list)
    for one in Correction.objects.filter(visit=visit).select_related("by"):
        mended[(one.sheet_id, one.item)].append(one)
    return [_filled(sheet, told, media, mended, by=by, now=now) for sheet in exchange.open_sheets(visit)]


def _by_item(visit: Visit) -> dict[tuple[int | None, str], list[Op]]:
    found: dict[tuple[int | None, str], list[Op]] = defaultdict(list)
    for op in ops.of(visit).order_by("-number"):
        found[(op.sheet_id, op.item.removesuffix(FILES))].append(op)
    return found


def _filled(sheet: Sheet, told, media, mended, *, by, now: datetime) -> Filled:
    form, edits = forms.definition(sheet), forms.latest_edits(sheet)
    labels = references.labels(form, [sheet.answers], by=by, now=now)
    newer = packages.superseded(sheet, now=now)
    lines = []
    for item in form.items():
        if not item.has_answer:
            continue
        said = told.get((sheet.pk, item.id), [])
        lines.append(
            Line(
                item,
                presenting.words(item, sheet.answers.get(item.id), labels),
                edits.get(item.id),
                failed(item, sheet.answers),
                [_told(op, form, labels) for op in said if _is_an_answer(op)],
                [_told(op, form, labels) for op in said if op.kind in (Kind.NOTE, Kind.VOICE)],
                _shown(media, files_of(item, sheet.answers), mended.get((sheet.pk, item.id), [])),
                mended.get((sheet.pk, item.id), []),
            )
        )
    return Filled(sheet, lines, newer["why"] if newer else "")


def _is_an_answer(op: Op) -> bool:
    """Photos that were simply taken stand below the answer already."""
    taken = op.item.endswith(FILES) and op.now_status == Op.Status.STORED
    return op.kind in (Kind.ANSWER, Kind.CHOOSE) and not taken


def proofs(visit: Visit, proposals: list[Proposal]) -> dict[int, Proof]:
    """Proposal → the photos of its item and what was put right on the spot."""
    media = list(Media.objects.filter(visit=visit).exclude(file=None).select_related("file", "by"))
    mended = list(Correction.objects.filter(visit=visit).select_related("by"))
    found = {}
    for one in proposals:
        item = forms.definition(one.sheet).item(one.item)
        own = [fix for fix in mended if (fix.sheet_id, fix.item) == (one.sheet_id, one.item)]
        ids = files_of(item, one.sheet.answers) if item else []
        found[one.pk] = Proof(own, _shown(media, ids, own))
    return found


def _shown(media: list[Media], file_ids: list[int], mended: list[Correction]) -> list[Media]:
    """The photos of an item, and those that show that it was put right."""
    after = {pk for one in mended for pk in one.media_ids}
    return [one for one in media if one.file_id in file_ids or one.pk in after]


def _told(op: Op, form: FormDefinition | None, labels: Mapping) -> Told:
    name = op.item.removesuffix(FILES)
    item = form.item(name) if form else None
    return Told(op, in_words(op, item, labels), item.text if item else "", drift_sentence(op.drift))


def in_words(op: Op, item: Item | None, labels: Mapping) -> str:
    """What an op says; whatever a phone sent, also what is no answer at all."""
    value = op.value
    if op.kind in (Kind.ANSWER, Kind.CHOOSE):
        if op.item.endswith(FILES):
            return f"{len(value)} 张照片" if isinstance(value, list) else presenting.DASH
        try:
            return presenting.words(item, value, labels) if item else str(value)[:80]
        except (KeyError, TypeError, ValueError, AttributeError):
            return str(value)[:80]
    if isinstance(value, dict):
        return str(value.get("text") or value.get("what") or value.get("note") or "")[:500]
    return ""


def told(found: list[Op]) -> list[Told]:
    """Ops in words with the question they answer, for the lists of what waits for a decision."""
    lines = []
    for op in found:
        form = forms.definition(op.sheet) if op.sheet else None
        lines.append(_told(op, form, {}))
    return lines


@dataclass
class Proof:
    """What stands behind a failed item."""

    corrections: list[Correction]
    media: list[Media]


@dataclass
class Clash:
    """Two answers to one item: the op's, and what stands on the sheet."""

    told: Told
    words: str
    edit: Any


def clashes(visit: Visit) -> list[Clash]:
    """Items with two answers, each in words, with who and when."""
    found = []
    for one in told(ops.open_conflicts(visit)):
        op = one.op
        item = forms.definition(op.sheet).item(op.item.removesuffix(FILES))
        value = op.sheet.answers.get(op.item)
        words = presenting.words(item, value, {}) if item and not op.item.endswith(FILES) else str(value)
        found.append(Clash(one, words, forms.latest_edits(op.sheet, [op.item]).get(op.item)))
    return found
