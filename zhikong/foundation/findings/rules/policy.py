"""How a hospital deals with findings, as data: levels and time limits, the ladder, who accepts what. No ORM.

The packaged policy is packs/national/action_policies/standard.yaml; a hospital publishes its own version of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from zhikong.foundation.findings.rules.states import Severity

OWNER, HEAD, LEADER = "owner", "department_head", "hospital_leader"
LADDER_NAMES = {OWNER: "责任人", HEAD: "科主任", LEADER: "分管院长", "office": "受理部门"}
QUALITY_OFFICE = "quality_office"


@dataclass(frozen=True)
class Rung:
    """Days overdue, and whom to tell then (CAP-03)."""

    days: int
    whom: str


@dataclass(frozen=True)
class Level:
    """How grave a finding is, and its time limit: working days, or days.

    severity: what the closing rules take it for.
    """

    id: str
    title: str
    severity: Severity
    working_days: int | None = None
    days: int | None = None
    ladder: tuple[Rung, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Office:
    """A functional office (a role's code) and what it accepts: kinds of source, or clauses by how they begin."""

    role: str
    title: str
    clauses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()

    def takes(self, source_kind: str, clause_key: str, indicator_id: str) -> bool:
        return (
            (bool(source_kind) and source_kind in self.sources)
            or (bool(clause_key) and any(clause_key.startswith(start) for start in self.clauses))
            or (bool(indicator_id) and any(indicator_id.startswith(start) for start in self.indicators))
        )


USUAL_LADDER = (Rung(1, OWNER), Rung(3, HEAD), Rung(7, LEADER))
USUAL_LEVELS = {
    Severity.MINOR: Level("minor", "一般", Severity.MINOR, working_days=14),
    Severity.MAJOR: Level("major", "严重", Severity.MAJOR, days=30),
}
USUAL_CATEGORIES = {
    "people": "人员", "equipment": "设备", "material": "物料", "method": "制度与流程", "environment": "环境", "measuring": "监测",
}  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """Everything that a hospital may set; the defaults are what holds when no policy can be read."""

    id: str = "standard"
    version: int = 0
    title: str = "问题整改规则"
    document: str = ""
    clause: str = ""
    mark: str = "memory"
    owner: str = QUALITY_OFFICE
    checker: str = "medical_affairs"
    next_review: date | None = None
    levels: tuple[Level, ...] = tuple(USUAL_LEVELS.values())
    ladder: tuple[Rung, ...] = USUAL_LADDER
    offices: tuple[Office, ...] = ()
    categories: dict[str, str] = field(default_factory=lambda: dict(USUAL_CATEGORIES))
    extensions: int = 2
    pdca_months: int = 3

    def level(self, level_id: str, severity: str = "minor") -> Level:
        """The level of an id; the severity's own when the policy does not know it (any more)."""
        known = {level.id: level for level in self.levels}
        own = next((one for one in self.levels if one.severity == Severity(severity)), None)
        return known.get(level_id) or known.get(str(severity)) or own or USUAL_LEVELS[Severity(severity)]

    def ladder_of(self, level_id: str, severity: str = "minor") -> tuple[Rung, ...]:
        """The level's own ladder, or the common one."""
        return self.level(level_id, severity).ladder or self.ladder

    def office_for(self, *, source_kind: str, clause_key: str = "", indicator_id: str = "") -> str | None:
        """The role that accepts: the first office whose field it is; None when the policy names none."""
        for office in self.offices:
            if office.takes(source_kind, clause_key, indicator_id):
                return office.role
        return None

    def ladder_sentence(self, level_id: str, severity: str) -> str:
        """The ladder in words, for the page of a finding."""
        return "；".join(
            f"逾期 {rung.days} 天通知{LADDER_NAMES[rung.whom]}" for rung in self.ladder_of(level_id, severity)
        )
