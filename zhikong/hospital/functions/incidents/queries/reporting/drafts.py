"""Reports that are not sent yet. Only their writer finds them: by a fingerprint of the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhikong.hospital.functions.incidents.models.reporting import ReportDraft
from zhikong.hospital.functions.incidents.queries.reporting import envelopes


@dataclass(frozen=True)
class Draft:
    """A draft and its fields as they were typed."""

    pk: int
    saved_on: date
    fields: dict[str, str]

    @property
    def beginning(self) -> str:
        """Its first words, so that the writer tells it from another."""
        return self.fields.get("what", "")[:24]


def drafts(by) -> list[Draft]:
    """The writer's drafts, the newest first."""
    rows = ReportDraft.objects.filter(owner=envelopes.owner_of(by.pk)).order_by("-saved_on", "pk")
    return [_draft(row) for row in rows]


def draft(*, by, pk: int) -> Draft | None:
    """One draft of the writer; None when there is none of that number that is theirs."""
    row = ReportDraft.objects.filter(owner=envelopes.owner_of(by.pk), pk=pk).first()
    return None if row is None else _draft(row)


def _draft(row: ReportDraft) -> Draft:
    return Draft(row.pk, row.saved_on, envelopes.opened(row, envelopes.DRAFT))
