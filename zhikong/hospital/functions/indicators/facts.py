"""What this function announces to others through the outbox."""

from dataclasses import dataclass

from zhikong.foundation.outbox.registry import Fact, fact


@fact("month_closed")
@dataclass(frozen=True)
class MonthClosed(Fact):
    """A month was closed; its figures do not change any more."""

    month: str
