"""Which rules are broken before anything is judged: rules share passes over the data, and one must not spoil them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.clock.needs import needs_of as clock_needs
from zhikong.engine.record_rules.judging import needs_of as row_needs
from zhikong.engine.record_rules.model import Head, RecordRule
from zhikong.engine.record_rules.texts.judging import needs_of as content_needs


def broken(rules: Sequence[Head]) -> Iterator[tuple[str, Exception]]:
    """Rules of which it cannot even be told what they read, and what was raised."""
    for rule in rules:
        needs = clock_needs if isinstance(rule, ClockRule) else content_needs
        try:
            (row_needs if isinstance(rule, RecordRule) else needs)(rule)
        except Exception as error:  # noqa: BLE001  a rule that broke must be seen as broken, whatever broke it
            yield rule.id, error
