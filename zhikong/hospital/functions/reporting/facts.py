"""What reporting announces."""

from dataclasses import dataclass

from zhikong.foundation.outbox.registry import Fact, fact


@fact("figures_accepted")
@dataclass(frozen=True)
class FiguresAccepted(Fact):
    """A department's figures of a month were accepted (or corrected and accepted again)."""

    sheet_id: int
    set_id: str
    department_id: int
    month: str
    version: int
