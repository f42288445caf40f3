"""Contributory factors of analysed cases: only causes that an analysis confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.analysis import AnalysedIncident
from zhikong.hospital.functions.incidents.models.analysis_work import CauseNode
from zhikong.hospital.functions.incidents.queries.analysis import packs
from zhikong.hospital.functions.incidents.rules_learning import Light


def titles() -> dict[str, str]:
    """Group of contributory factors -> its title."""
    return {group: title for group, title, _factors in packs.factors().groups}


def added(cases: Sequence[Light]) -> list[Light]:
    """The cases with the groups of their confirmed causes; a case has each group once."""
    group_of = {one.id: group for group, _title, factors in packs.factors().groups for one in factors}
    with neutral.nobody():
        analysed = list(AnalysedIncident.objects.values_list("analysis_id", "incident__code"))
        nodes = CauseNode.objects.filter(status=CauseNode.Status.CONFIRMED).exclude(factor="")
        factors = list(nodes.values_list("analysis_id", "factor"))
    of_analysis: dict[int, set[str]] = defaultdict(set)
    for analysis, factor in factors:
        of_analysis[analysis].add(group_of.get(factor, factor))
    of_case: dict[str, set[str]] = defaultdict(set)
    for analysis, code in analysed:
        of_case[code] |= of_analysis[analysis]
    return [replace(one, causes=tuple(sorted(of_case.get(one.code, ())))) for one in cases]
