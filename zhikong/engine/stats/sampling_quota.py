"""The quota of a contest or an inspection: so many per department, by rules of preference, each chance still exact.

"每个科室提供 5 份出院病历，每个专业提供的病历应是该专业前五位病种，进入临床路径的病历为首选" (seed 001-F), and each doctor
at least once. Steps, in this order: records within the department's top diseases; among them one of each doctor (a
preferred one if he has any; if there are more doctors than places, doctors by lot); then preferred records; then the
others. A department with too few goes on with the same steps among its other diseases, if the rule allows it, and
then stays short, which is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhikong.engine.stats.sampling import Drawn, Place, Sample, Unit, grouped, in_order, top_diseases


@dataclass(frozen=True)
class QuotaRule:
    """per_group: places of each department. diseases: only its so many most frequent (0: any).

    doctors: each at least once. preferred: preferred records first. refill: other diseases when there are too few.
    """

    per_group: int = 5
    diseases: int = 5
    doctors: bool = True
    preferred: bool = True
    refill: bool = True


@dataclass
class _Phase:
    """One round of drawing within a department: what was taken, why, and the chance of every unit in it."""

    taken: dict[str, str]
    chance: dict[str, float]


def by_quota(units: Sequence[Unit], rule: QuotaRule, place: Place) -> Sample:
    """The sample of every group by the rule, and in reserve whoever may replace a record, in order."""
    tops = top_diseases(units, rule.diseases) if rule.diseases else {}
    drawn: list[Drawn] = []
    reserve: list[Unit] = []
    short: dict[str, int] = {}
    reach = 0
    for group, members in grouped(units).items():
        inside = [u for u in members if not rule.diseases or u.disease in tops[group]]
        outside = [u for u in members if u not in inside] if rule.refill else []
        found = _group(inside, outside, rule, place)
        taken = [
            Drawn(u, found.chance[u.key], found.taken[u.key], group) for u in members if u.key in found.taken
        ]
        drawn += sorted(taken, key=lambda one: (-one.unit.preferred, place(one.unit.key)))
        reserve += [
            u
            for part in (inside, outside)
            for u in _by_preference(part, rule, place)
            if u.key not in found.taken
        ]
        reach += sum(chance > 0 for chance in found.chance.values())
        if len(taken) < rule.per_group:
            short[group] = rule.per_group - len(taken)
    return Sample(tuple(drawn), tuple(reserve), short, reach, len(units))


def _by_preference(units: Sequence[Unit], rule: QuotaRule, place: Place) -> list[Unit]:
    return sorted(in_order(units, place), key=lambda u: rule.preferred and not u.preferred)


def _group(inside: Sequence[Unit], outside: Sequence[Unit], rule: QuotaRule, place: Place) -> _Phase:
    first = _phase(inside, rule.per_group, rule, place, covered=frozenset())
    covered = frozenset(u.doctor for u in inside if u.key in first.taken)
    left = rule.per_group - len(first.taken)
    then = _phase(outside, left, rule, place, covered=covered)
    refilled = dict.fromkeys(then.taken, "refill")
    return _Phase(first.taken | refilled, first.chance | then.chance)


def _phase(
    units: Sequence[Unit], places: int, rule: QuotaRule, place: Place, *, covered: frozenset[str]
) -> _Phase:
    if len(units) <= places:
        return _Phase(
            dict.fromkeys((u.key for u in units), "all"), dict.fromkeys((u.key for u in units), 1.0)
        )
    picks = _picks(units, rule, covered) if rule.doctors else {}
    if len(picks) >= places:
        return _doctors_by_lot(units, picks, places, place)
    return _doctors_then_rest(units, picks, places, rule, place)


def _picks(units: Sequence[Unit], rule: QuotaRule, covered: frozenset[str]) -> dict[str, list[Unit]]:
    """Doctor -> the records from which his one is taken."""
    by_doctor = grouped((u for u in units if u.doctor and u.doctor not in covered), lambda u: u.doctor)
    if not rule.preferred:
        return by_doctor
    return {name: [u for u in own if u.preferred] or own for name, own in by_doctor.items()}


def _one_each(picks: Mapping[str, list[Unit]], place: Place) -> list[str]:
    """The first of each doctor, in a queue of its own: who comes second must not depend on who came first."""
    return [min(own, key=lambda u: (place(f"first:{u.key}"), u.key)).key for own in picks.values()]


def _doctors_by_lot(units, picks: dict[str, list[Unit]], places: int, place: Place) -> _Phase:
    chosen = sorted(picks, key=lambda name: (place(f"doctor:{name}"), name))[:places]
    keys = _one_each({name: picks[name] for name in chosen}, place)
    chance = dict.fromkeys((u.key for u in units), 0.0)
    for own in picks.values():
        chance |= dict.fromkeys((u.key for u in own), places / len(picks) / len(own))
    return _Phase(dict.fromkeys(keys, "doctor"), chance)


def _doctors_then_rest(
    units, picks: dict[str, list[Unit]], places: int, rule: QuotaRule, place: Place
) -> _Phase:
    first = _one_each(picks, place)
    taken, left = dict.fromkeys(first, "doctor"), places - len(first)
    chance = {u.key: 0.0 for u in units}
    for own in picks.values():
        chance |= dict.fromkeys((u.key for u in own), 1 / len(own))
    for step, members in _ranks(units, rule):
        others = [u for u in in_order(members, place) if u.key not in taken]
        more = min(left, len(others))
        taken |= dict.fromkeys((u.key for u in others[:more]), step)
        left -= more
        share = more / len(others) if others else 0.0
        chance |= {u.key: chance[u.key] + (1 - chance[u.key]) * share for u in members}
    return _Phase(taken, chance)


def _ranks(units: Sequence[Unit], rule: QuotaRule) -> list[tuple[str, list[Unit]]]:
    """Preferred ones, then the others; one rank only where nothing is preferred."""
    if not rule.preferred:
        return [("random", list(units))]
    return [
        ("preferred", [u for u in units if u.preferred]),
        ("random", [u for u in units if not u.preferred]),
    ]
