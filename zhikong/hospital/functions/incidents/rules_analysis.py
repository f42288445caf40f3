"""Pure logic of an analysis: the tree of causes, gaps in the timeline, what keeps it and its events from closing. No ORM.

Sources: EVT-19; 000-P3 L118 “事件发生原因不清楚不放过，当事人认识不到位不放过”; RCA2 (IHI/NPSF 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

CAUSE, AWARENESS, STRENGTH, EFFECT, TEAM = "cause", "awareness", "strength", "effect", "team"
SHORTEST = 10  # characters of a conclusion or of somebody's own words that say something
GAP = timedelta(hours=2)


@dataclass(frozen=True)
class Node:
    """One cause in the tree. status: suspected, confirmed or ruled_out; parent None: a cause of the event itself."""

    id: int
    parent: int | None
    text: str
    status: str = "suspected"
    root: bool = False
    evidence: str = ""
    factor: str = ""


def children(nodes: Sequence[Node], parent: int | None) -> list[Node]:
    return [one for one in nodes if one.parent == parent]


def chains(nodes: Sequence[Node]) -> list[tuple[Node, ...]]:
    """Every path from the event to a last why, in the order of writing: the five-why chains."""
    found: list[tuple[Node, ...]] = []

    def walk(node: Node, before: tuple[Node, ...]) -> None:
        path = (*before, node)
        below = children(nodes, node.id)
        if not below:
            found.append(path)
        for one in below:
            walk(one, path)

    for one in children(nodes, None):
        walk(one, ())
    return found


def depth(nodes: Sequence[Node], node_id: int) -> int:
    """How many whys lead to a node, itself included."""
    by_id = {one.id: one for one in nodes}
    count, at = 0, by_id.get(node_id)
    while at is not None and count <= len(nodes):
        count += 1
        at = by_id.get(at.parent) if at.parent is not None else None
    return count


@dataclass(frozen=True)
class Moment:
    """One event of the timeline; at None: nobody knows when. gap: nobody knows what happened then."""

    id: int
    at: datetime | None
    gap: bool = False


def silent(moments: Iterable[Moment], *, least: timedelta = GAP) -> dict[int, timedelta]:
    """Moments before which nothing is known for longer than ``least``, and for how long: {id: stretch}.

    A stretch that somebody marked as a gap is known to be unknown and is not told again.
    """
    placed = sorted((one for one in moments if one.at is not None), key=lambda one: (one.at, one.id))
    found = {}
    for before, after in pairwise(placed):
        stretch = after.at - before.at  # type: ignore[operator]
        if stretch > least and not before.gap and not after.gap:
            found[after.id] = stretch
    return found


@dataclass(frozen=True)
class Person:
    """A person of the case. staff: one of ours, who must have understood. aware: pending, reached, not_reached, excused."""

    label: str
    staff: bool
    aware: str = "pending"


@dataclass(frozen=True)
class Action:
    """A measure. aim: how its effect is measured; judged: "", reached, not_reached."""

    text: str
    strength: str
    aim: str = ""
    judged: str = ""


@dataclass(frozen=True)
class Case:
    """What the guards look at."""

    kind: str
    nodes: tuple[Node, ...] = ()
    statements: int = 0
    cause_clear: bool = False
    cause_text: str = ""
    persons: tuple[Person, ...] = ()
    nobody_reason: str = ""
    actions: tuple[Action, ...] = ()
    weak_reason: str = ""
    members: int = 0
    outsiders: int = 0
    team_reason: str = ""
    finished: bool = False


@dataclass(frozen=True)
class Obstacle:
    """Why something may not be closed: code, a sentence that says what to do, and where."""

    code: str
    sentence: str
    url: str = field(default="", compare=False)


def cause_obstacles(case: Case) -> list[Obstacle]:
    """原因不清楚不放过: a confirmed root cause with what proves it, causal statements for a full analysis, and the word."""
    roots = [one for one in case.nodes if one.root and one.status == "confirmed"]
    if not roots:
        return [
            Obstacle(CAUSE, "原因不清楚不放过：还没有一条已证实的根本原因。请在原因分析里标出并写明依据。")
        ]
    bare = [one.text for one in roots if not one.evidence.strip()]
    if bare:
        return [Obstacle(CAUSE, f"原因不清楚不放过：根本原因“{bare[0]}”没有写依据。")]
    if case.kind == "rca" and not case.statements:
        return [Obstacle(CAUSE, "原因不清楚不放过：还没有符合五条规则的因果陈述。")]
    if not case.cause_clear or len(case.cause_text.strip()) < SHORTEST:
        return [Obstacle(CAUSE, "原因不清楚不放过：请由负责人写明结论“原因已查清”，并说清楚是什么原因。")]
    return []


def awareness_obstacles(case: Case) -> list[Obstacle]:
    """当事人认识不到位不放过: everybody of ours in the case has understood, or there is nobody and why."""
    staff = [one for one in case.persons if one.staff]
    if not staff:
        if len(case.nobody_reason.strip()) < SHORTEST // 2:
            said = "当事人认识不到位不放过：请登记当事人并谈话；没有当事人的，请写明为什么。"
            return [Obstacle(AWARENESS, said)]
        return []
    return [
        Obstacle(AWARENESS, f"当事人认识不到位不放过：{one.label}{WAITING[one.aware]}")
        for one in staff
        if one.aware in WAITING
    ]


WAITING = {
    "pending": "还没有谈话、写下自己的认识。",
    "not_reached": "的认识还没有到位，请再次谈话并写明他需要什么帮助。",
}


def strength_obstacles(case: Case) -> list[Obstacle]:
    """At least one measure that is not weak, or the reason why none can be."""
    if not case.actions:
        if len(case.weak_reason.strip()) < SHORTEST:
            return [Obstacle(STRENGTH, "还没有措施；确实不需要措施的，请写明理由。")]
        return []
    if any(one.strength in ("strong", "intermediate") for one in case.actions):
        return []
    if len(case.weak_reason.strip()) >= SHORTEST:
        return []
    said = "措施全部靠人记得（弱）。请至少加一条强或中等强度的措施，或写明为什么做不到。"
    return [Obstacle(STRENGTH, said)]


def aim_obstacles(case: Case) -> list[Obstacle]:
    """Each measure says how its effect will be measured."""
    return [
        Obstacle(EFFECT, f"措施“{one.text}”没有写怎样衡量效果。")
        for one in case.actions
        if not one.aim.strip()
    ]


def effect_obstacles(case: Case) -> list[Obstacle]:
    """Each measure has been measured; one that did not work is followed by another."""
    found = [
        Obstacle(EFFECT, f"措施“{one.text}”还没有效果的测量结果。") for one in case.actions if not one.judged
    ]
    missed = [one for one in case.actions if one.judged == "not_reached"]
    if missed and not found and all(one.judged == "not_reached" for one in case.actions):
        found.append(Obstacle(EFFECT, "全部措施都没有达到效果，请增加措施。"))
    return found


def team_obstacles(case: Case, *, least: int, most: int, outsiders: int) -> list[Obstacle]:
    """The size of an RCA's team and somebody who was not involved; a reason lets another size pass."""
    if case.kind != "rca" or len(case.team_reason.strip()) >= SHORTEST:
        return []
    found = []
    if not least <= case.members <= most:
        found.append(
            Obstacle(TEAM, f"团队现有 {case.members} 人，要求 {least}–{most} 人。人数不合适时请写明理由。")
        )
    if case.outsiders < outsiders:
        found.append(Obstacle(TEAM, f"团队里至少要有 {outsiders} 名没有参与这件事的人。"))
    return found
