"""Who inspects whom: nobody his own department or one he belonged to lately, nobody overloaded, no two departments each
other if it can be avoided (INS-04). Pure functions; equal input and seed, equal plan.

Balance is exact: as long as some chain of hand-overs leads from somebody with two visits more to somebody with fewer,
one visit is passed along it; without such a chain no plan is more even (Harvey, Ladner, Lovász, Tamir: Semi-matchings
for bipartite graphs and load balancing. J Algorithms 2006;59:53). Mutual inspection is then taken out by exchanges
that keep everybody's load; it stays only where no exchange removes it, and is told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhikong.engine.stats import sampling

TRIES = 12
"""Exchanges from one beginning may end where none helps; other beginnings of the same seed often do not."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may inspect. own: departments that are his today; past: those that were his within the months asked.

    load: visits that he already has in the same weeks. rank: smaller leads. before: departments he inspected last round.
    """

    id: int
    own: frozenset[int] = frozenset()
    past: frozenset[int] = frozenset()
    load: int = 0
    rank: int = 50
    before: frozenset[int] = frozenset()

    @property
    def closed(self) -> frozenset[int]:
        """Departments that he may not inspect."""
        return self.own | self.past


@dataclass(frozen=True)
class Pairing:
    """teams: department → ids, the lead first. lacking: departments for which too few may come, with how many lack.

    mutual: pairs of departments that inspect each other because it could not be avoided.
    """

    teams: Mapping[int, tuple[int, ...]]
    lacking: Mapping[int, int] = field(default_factory=dict)
    mutual: tuple[tuple[int, int], ...] = ()


def pair(departments: Sequence[int], candidates: Sequence[Candidate], *, each: int, seed: str) -> Pairing:
    """Teams of ``each`` for all departments, by the rules above; the best of a few tries that the seed gives."""
    best = None
    for turn in range(TRIES):
        work = _Work(departments, candidates, each, sampling.queue(f"{seed}:{turn}"))
        work.fill()
        work.level()
        work.part_mutual()
        found = work.result()
        if best is None or len(found.mutual) < len(best.mutual):
            best = found
        if not best.mutual:
            break
    return best


class _Work:
    """The plan while it is made: teams and loads."""

    def __init__(self, departments, candidates, each: int, place: sampling.Place) -> None:
        self.departments, self.each, self.place = list(dict.fromkeys(departments)), each, place
        self.people = {one.id: one for one in candidates}
        self.teams: dict[int, list[int]] = {one: [] for one in self.departments}
        self.load = {one.id: one.load for one in candidates}
        self.of: dict[int, set[int]] = {one.id: set() for one in candidates}
        self.allowed = {
            d: [c.id for c in candidates if d not in c.closed] for d in self.departments
        }  # fmt: skip

    def fill(self) -> None:
        """Departments with the fewest possible inspectors choose first, the least loaded first."""
        for number in range(self.each):
            order = sorted(
                self.departments, key=lambda d: (len(self.allowed[d]), self.place(f"d{d}:{number}"), d)
            )
            for department in order:
                free = [who for who in self.allowed[department] if who not in self.teams[department]]
                if free:
                    self._give(department, min(free, key=lambda who: self._cost(department, who)))

    def _cost(self, department: int, who: int) -> tuple:
        person = self.people[who]
        team_homes = {h for other in self.teams[department] for h in self.people[other].own}
        return (
            self.load[who],
            self._is_mutual(department, person),
            bool(person.own & team_homes),  # a team from two departments sees more than one
            department in person.before,
            self.place(f"{department}:{who}"),
            who,
        )

    def _give(self, department: int, who: int) -> None:
        self.teams[department].append(who)
        self.load[who] += 1
        self.of[who].add(department)

    def _take(self, department: int, who: int) -> None:
        self.teams[department].remove(who)
        self.load[who] -= 1
        self.of[who].discard(department)

    def level(self) -> None:
        """Pass visits along chains until no chain makes the plan more even."""
        moved = True
        while moved:
            moved = False
            for who in sorted(self.people, key=lambda one: (-self.load[one], self.place(f"l{one}"), one)):
                chain = self._chain(who)
                if chain:
                    for department, giver, taker in chain:
                        self._take(department, giver)
                        self._give(department, taker)
                    moved = True
                    break

    def _chain(self, start: int) -> list[tuple[int, int, int]]:
        """Hand-overs that lead from one person to somebody with at least two visits fewer; [] when there is none."""
        came: dict[int, tuple[int, int]] = {}
        seen, line = {start}, deque([start])
        while line:
            giver = line.popleft()
            for department in sorted(self.of[giver]):
                for taker in self.allowed[department]:
                    if taker in seen or taker in self.teams[department]:
                        continue
                    seen.add(taker)
                    came[taker] = (department, giver)
                    if self.load[taker] + 1 < self.load[start]:
                        return self._walked(came, taker, start)
                    line.append(taker)
        return []

    @staticmethod
    def _walked(came: dict[int, tuple[int, int]], end: int, start: int) -> list[tuple[int, int, int]]:
        chain, here = [], end
        while here != start:
            department, giver = came[here]
            chain.append((department, giver, here))
            here = giver
        return chain

    # ---- no two departments each other --------------------------------------------------------------------------

    def _sends(self) -> set[tuple[int, int]]:
        """(from, to): a department sends somebody to another that is inspected in this round."""
        inside = set(self.departments)
        return {
            (home, department)
            for department, team in self.teams.items()
            for who in team
            for home in self.people[who].own & inside
        }

    def mutual(self) -> list[tuple[int, int]]:
        sends = self._sends()
        return sorted((a, b) for a, b in sends if a < b and (b, a) in sends)

    def _is_mutual(self, department: int, person: Candidate) -> bool:
        return any(
            department in self.people[other].own
            for home in person.own
            if home in self.teams
            for other in self.teams[home]
        )

    def part_mutual(self) -> None:
        """Exchange inspectors, or pass a visit on at equal load, as long as fewer departments inspect each other."""
        count = len(self.mutual())
        while count:
            better = self._best_step(count)
            if better is None:
                return
            count = better

    def _best_step(self, count: int) -> int | None:
        for a, b in self.mutual():
            for department in (a, b):
                for who in list(self.teams[department]):
                    found = self._pass_on(department, who, count)
                    if found is None:
                        found = self._exchange(department, who, count)
                    if found is not None:
                        return found
        return None

    def _pass_on(self, department: int, who: int, count: int) -> int | None:
        for other in self.allowed[department]:
            if other in self.teams[department] or self.load[other] + 1 > self.load[who]:
                continue
            self._swap(((department, who, other),))
            if (now := len(self.mutual())) < count:
                return now
            self._swap(((department, other, who),))
        return None

    def _exchange(self, department: int, who: int, count: int) -> int | None:
        for elsewhere in self.departments:
            for other in list(self.teams[elsewhere]):
                if not self._may_exchange(department, who, elsewhere, other):
                    continue
                self._swap(((department, who, other), (elsewhere, other, who)))
                if (now := len(self.mutual())) < count:
                    return now
                self._swap(((department, other, who), (elsewhere, who, other)))
        return None

    def _may_exchange(self, department: int, who: int, elsewhere: int, other: int) -> bool:
        return (
            elsewhere != department
            and other != who
            and other not in self.teams[department]
            and who not in self.teams[elsewhere]
            and other in self.allowed[department]
            and who in self.allowed[elsewhere]
        )

    def _swap(self, steps: tuple[tuple[int, int, int], ...]) -> None:
        for department, out, _into in steps:
            self._take(department, out)
        for department, _out, into in steps:
            self._give(department, into)

    def result(self) -> Pairing:
        ranked = {
            d: tuple(sorted(team, key=lambda who: (self.people[who].rank, self.place(f"{d}:{who}"), who)))
            for d, team in self.teams.items()
        }
        lacking = {d: self.each - len(team) for d, team in ranked.items() if len(team) < self.each}
        return Pairing(ranked, lacking, tuple(self.mutual()))
