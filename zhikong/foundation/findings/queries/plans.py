"""The causes of a finding as a fishbone and as chains."""

from dataclasses import dataclass

from zhikong.foundation.findings import policy
from zhikong.foundation.findings.models import Cause, Finding


@dataclass(frozen=True)
class Bone:
    """One category with its chains; each chain runs from what is seen to what lies beneath."""

    category: str
    title: str
    chains: tuple[tuple[Cause, ...], ...]


def fishbone(finding: Finding) -> list[Bone]:
    """The causes by category, in the policy's order; empty when none is written. One query."""
    chains: dict[tuple[str, int], list[Cause]] = {}
    for cause in finding.causes.all():
        chains.setdefault((cause.category, cause.chain), []).append(cause)
    titles = policy.in_force().categories
    order = [*titles, *sorted({of for of, _n in chains} - set(titles))]
    found = {of: tuple(tuple(rows) for (own, _n), rows in chains.items() if own == of) for of in order}
    return [Bone(of, titles.get(of, of), rows) for of, rows in found.items() if rows]
