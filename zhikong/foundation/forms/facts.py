"""What forms announce."""

from dataclasses import dataclass

from zhikong.foundation.outbox.registry import Fact, fact


@fact("sheet_submitted")
@dataclass(frozen=True)
class SheetSubmitted(Fact):
    """A sheet was handed in: filled, judged and signed. department_id None: a sheet of the whole hospital."""

    sheet_id: int
    form_id: str
    department_id: int | None
    period: str
    source_kind: str
    source_key: str


@fact("sheet_returned")
@dataclass(frozen=True)
class SheetReturned(Fact):
    """A submitted sheet went back to those who filled it; whoever counted it counts it no longer."""

    sheet_id: int
    form_id: str
    department_id: int | None
    period: str
    source_kind: str
    source_key: str


@fact("sheet_accepted")
@dataclass(frozen=True)
class SheetAccepted(Fact):
    sheet_id: int
    form_id: str
    department_id: int | None
    period: str
    source_kind: str
    source_key: str
