"""Quotas of reports by department, the bed-based target, and the settlement. Pure, in whole reports and fen.

Sources: 000-P7 L330 (≥ 20 events per 100 open beds a year), L350 (10 / 5 / 2 reports by kind of department; −50 yuan
for each report short, +20 yuan for each one over). The two do not meet beyond 450 beds (X-10): one department of each
named kind gives 5×10 + 6×5 + 5×2 = 90 reports, and 90 are 20 per 100 of 450 beds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

PER_100_BEDS = 20
SHORT_FEN, OVER_FEN = 5000, 2000
SEED_DEPARTMENTS = {"major": 5, "other": 6, "medtech": 5}


class Group(StrEnum):
    """The three groups of the source, and departments without a quota."""

    MAJOR = "major"
    OTHER = "other"
    MEDTECH = "medtech"
    NONE = "none"


BASE = {Group.MAJOR: 10, Group.OTHER: 5, Group.MEDTECH: 2, Group.NONE: 0}
OTHER_WORDS = ("急诊", "ICU", "重症", "五官", "眼", "耳鼻", "口腔", "肛肠", "康复")
MAJOR_WORDS = ("内科", "外科", "骨", "妇", "产科", "儿")


def group_of(name: str, kind: str) -> Group:
    """The group that the source's words put a department in; the planner shows it and lets it be changed."""
    if kind == "medtech":
        return Group.MEDTECH
    if kind != "clinical":
        return Group.NONE
    if any(word in name.upper() for word in OTHER_WORDS):
        return Group.OTHER
    return Group.MAJOR if any(word in name for word in MAJOR_WORDS) else Group.OTHER


def needed(beds: int, per_100: int = PER_100_BEDS) -> int:
    """Reports a year that the bed-based target asks for; a part of a report is a whole one."""
    return -(-beds * per_100 // 100)


def beds_covered(reports: int, per_100: int = PER_100_BEDS) -> int:
    """Up to how many open beds this many reports meet the target."""
    return reports * 100 // per_100 if per_100 else 0


def seed_total() -> int:
    """What one department of each kind that the source names reports by its quotas: 90."""
    return sum(BASE[Group(group)] * count for group, count in SEED_DEPARTMENTS.items())


def scaled(weights: Mapping[int, int], total: int) -> dict[int, int]:
    """The total shared out by weight, in whole reports, by largest remainder; nobody gets less than the weight."""
    whole = sum(weights.values())
    if whole == 0 or total <= whole:
        return dict(weights)
    shares = {key: divmod(weight * total, whole) for key, weight in weights.items()}
    given = {key: share for key, (share, _rest) in shares.items()}
    rest = total - sum(given.values())
    for key in sorted(shares, key=lambda k: (-shares[k][1], k))[:rest]:
        given[key] += 1
    return given


def by_beds(base: Mapping[int, int], beds: Mapping[int, int], total: int) -> dict[int, int]:
    """What the base leaves open of the total, shared out by open beds: large departments report more."""
    lacking = total - sum(base.values())
    sized = {key: beds.get(key, 0) for key, quota in base.items() if quota and beds.get(key, 0)}
    if lacking <= 0 or not sized:
        return dict(base)
    whole = sum(sized.values())
    shares = {key: divmod(size * lacking, whole) for key, size in sized.items()}
    more = {key: share for key, (share, _rest) in shares.items()}
    for key in sorted(shares, key=lambda k: (-shares[k][1], k))[: lacking - sum(more.values())]:
        more[key] += 1
    return {key: quota + more.get(key, 0) for key, quota in base.items()}


@dataclass(frozen=True)
class Line:
    """One department's year: by counts alone."""

    department_id: int
    name: str
    quota: int
    reports: int
    amount: int  # fen; below 0 the department pays

    @property
    def difference(self) -> int:
        return self.reports - self.quota


def amount(quota: int, reports: int, *, short_fen: int = SHORT_FEN, over_fen: int = OVER_FEN) -> int:
    """Fen: −50 yuan for each report short, +20 for each one over; a department without a quota settles nothing."""
    if quota == 0:
        return 0
    difference = reports - quota
    return difference * (over_fen if difference > 0 else short_fen)


def settle(
    quotas: Sequence[tuple[int, str, int]], counts: Mapping[int, int], *, short_fen: int, over_fen: int
) -> list[Line]:
    """quotas: (department, name, quota). Departments without a quota are left out."""
    return [
        Line(pk, name, quota, counts.get(pk, 0), amount(quota, counts.get(pk, 0), short_fen=short_fen, over_fen=over_fen))
        for pk, name, quota in quotas
        if quota
    ]  # fmt: skip


def yuan(fen: int) -> str:
    """1 234.50 without needless zeros, with its sign: +20, −50."""
    sign = "−" if fen < 0 else "+" if fen > 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole}" + (f".{part:02d}" if part else "")
