"""The three stages of one record beside each other, item by item."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.forms.definition import FormDefinition
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import faults_of, item_losses


@dataclass(frozen=True, slots=True)
class Cell:
    """What one review says of an item. lost: None where it was not judged, or the sheet does not have it."""

    stage: str
    lost: Decimal | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One item on which something was found, with a cell for each review."""

    section: str
    text: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether two who judged it came to different points."""
        known = {cell.lost for cell in self.cells if cell.lost is not None}
        return len(known) > 1


def compared(reviews: list[ReviewAssignment]) -> list[Line]:
    """Items with a fault in any of these finished reviews, in the order of the sheet; differing ones are marked."""
    losses = [item_losses(one) for one in reviews]
    words = [_texts(one) for one in reviews]
    found: list[Line] = []
    seen: set[str] = set()
    for form in _forms(reviews):
        for section in form.sections:
            for item in section.items:
                if item.id in seen or not any(lost.get(item.id) for lost in losses):
                    continue
                seen.add(item.id)
                cells = tuple(
                    Cell(one.get_stage_display(), lost.get(item.id), tuple(said.get(item.id, ())))
                    for one, lost, said in zip(reviews, losses, words, strict=True)
                )
                found.append(Line(section.title, item.text, cells))
    return found


def _forms(reviews: list[ReviewAssignment]) -> list[FormDefinition]:
    hashes = dict.fromkeys(one.sheet.definition_hash for one in reviews if one.sheet is not None)
    by_hash = {
        one.sheet.definition_hash: sheets.definition(one.sheet) for one in reviews if one.sheet is not None
    }
    return [by_hash[digest] for digest in hashes]


def _texts(review: ReviewAssignment) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in faults_of(review):
        found.setdefault(one.item, []).append(one.text)
    return found
