"""What is the same in every month of a source, found once: what rules ask of texts, and what of their data is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector.evaluate import Keys, question
from zhikong.engine.plan.needs import walk
from zhikong.engine.record_rules.clock import needs
from zhikong.engine.record_rules.clock.model import ClockRule, Selection
from zhikong.engine.results import Reason


class Prepared:
    """Of some rules over a source. keys: the canonical texts of their conditions."""

    def __init__(self, rules: Sequence[ClockRule], source: Source, undelivered: frozenset[str]) -> None:
        self._rules, self._source, self._undelivered = rules, source, undelivered
        self.keys = Keys()
        self._lacks: dict[int, tuple[ClockRule, Reason | None, dict[int, Reason]]] = {}
        self._selections: dict[int, tuple[Selection, str]] = {}

    def missing(self, rule: ClockRule) -> tuple[Reason | None, dict[int, Reason]]:
        """What the rule lacks, and which of its excuses cannot be known and why. Raises what reading the rule raises."""
        if id(rule) not in self._lacks:
            lack = needs.missing(rule, self._source, self._undelivered)
            found = {i: needs.blind(s, self._source, self._undelivered) for i, s in enumerate(rule.unless)}
            blind = {i: reason for i, reason in found.items() if reason is not None}
            self._lacks[id(rule)] = (rule, lack, blind)  # the rule is held, so that its id stays its own
        return self._lacks[id(rule)][1:]

    def name(self, selection: Selection) -> str:
        """Equal for selections of the same rows."""
        if id(selection) not in self._selections:
            self._selections[id(selection)] = selection, selection.key
        return self._selections[id(selection)][1]

    @cached_property
    def questions(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What the conditions of all rules ask of each column of text, so that it is sorted into classes once."""
        found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        for node in (each for rule in self._rules for e in rule.expressions() for each in walk(e)):
            asked = question(node)
            if asked is not None:
                found[asked[0].table, asked[0].column][self.keys.of(node)] = asked[1]
        return found
