"""What flows announce. Ids and codes only."""

from dataclasses import dataclass

from zhikong.foundation.outbox.registry import Fact, fact


@fact("case_opened")
@dataclass(frozen=True)
class CaseOpened(Fact):
    case_id: int
    flow_id: str
    department_id: int | None


@fact("case_moved")
@dataclass(frozen=True)
class CaseMoved(Fact):
    """step is the transition that was taken; state where it led (of the branch that moved)."""

    case_id: int
    flow_id: str
    department_id: int | None
    step: str
    state: str


@fact("case_closed")
@dataclass(frozen=True)
class CaseClosed(Fact):
    case_id: int
    flow_id: str
    department_id: int | None
    state: str
