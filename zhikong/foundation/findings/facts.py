"""What findings announce."""

from dataclasses import dataclass

from zhikong.foundation.outbox.registry import Fact, fact


@fact("finding_raised")
@dataclass(frozen=True)
class FindingRaised(Fact):
    finding_id: int
    indicator_id: str
    month: str


@fact("finding_closed")
@dataclass(frozen=True)
class FindingClosed(Fact):
    finding_id: int
    overridden: bool


@fact("finding_reopened")
@dataclass(frozen=True)
class FindingReopened(Fact):
    finding_id: int
