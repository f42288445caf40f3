"""The front-page rules that came with the installation, and what their verdicts say of departments and records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zhikong import packs
from zhikong.engine.definitions.model import CodeList
from zhikong.engine.definitions.shelves import read_codes
from zhikong.engine.record_rules import RecordRule, RuleKind, Verdict, load_rules

PACK = Path(next(iter(packs.__path__))) / "national"
OF_PAGE = "fp"
"""How the ids of rules on the front page begin."""
VERDICTS = tuple(verdict.word for verdict in Verdict)


@cache
def rules() -> dict[str, RecordRule]:
    """Published rules by id, in the order of their ids. Problems of the pack are its checks' business, not a page's."""
    lists = (read_codes(file) for file in sorted((PACK / "codes").glob("*.yaml")))
    codes = {found.id: found.ranges for found in lists if isinstance(found, CodeList)}
    found, _problems = load_rules(PACK, codes, {}, kinds=[RuleKind.ROW])
    of_page = [rule for rule in found if rule.id.startswith(OF_PAGE) and rule.status == "published"]
    return {rule.id: rule for rule in sorted(of_page, key=lambda rule: rule.id)}


@dataclass(frozen=True)
class Tally:
    """Records by verdict. The rate is of those that could be judged: what is unknown is neither right nor wrong."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    not_assessable: int = 0
    error: int = 0

    @property
    def judged(self) -> int:
        return self.passed + self.failed

    @property
    def rate(self) -> Decimal | None:
        """Per cent that passed; None when nothing could be judged."""
        if not self.judged:
            return None
        return (Decimal(100 * self.passed) / self.judged).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def tone(self) -> str:
        """An error is red whatever else was found: it may hide anything."""
        if self.error:
            return "bad"
        if self.rate is None:
            return "none"
        return "ok" if not self.failed else "warn" if self.rate >= 95 else "bad"


_NAMES = {"pass": "passed", "fail": "failed"}


def tallies(counts: pa.Table, *, by: str, department: str | None = None) -> dict[str, Tally]:
    """Verdicts summed by a column of the counts, ``rule`` or ``department``."""
    if department is not None:
        counts = counts.filter(pc.equal(counts["department"], department))
    sums = counts.group_by([by], use_threads=False).aggregate([(word, "sum") for word in VERDICTS])
    return {
        row[by] or "": Tally(**{_NAMES.get(word, word): row[f"{word}_sum"] or 0 for word in VERDICTS})
        for row in sums.to_pylist()
    }


def mean_scores(scores: pa.Table) -> dict[str, tuple[Decimal, int]]:
    """Department -> mean score of its records, one decimal, and how many there are. Scores are whole tenths."""
    tenths = pc.cast(pc.round(pc.multiply(scores["score"], 10.0)), pa.int64())
    table = pa.table({"department": scores["department"], "tenths": tenths})
    sums = table.group_by(["department"], use_threads=False).aggregate(
        [("tenths", "sum"), ("tenths", "count")]
    )
    return {
        row["department"] or "": (
            _one_decimal(Decimal(row["tenths_sum"]) / 10 / row["tenths_count"]),
            row["tenths_count"],
        )
        for row in sums.to_pylist()
        if row["tenths_count"]
    }


def mean(pairs: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """The mean over departments, weighted by their records."""
    known = list(pairs)
    n = sum(count for _, count in known)
    return _one_decimal(sum((s * c for s, c in known), Decimal(0)) / n) if n else None


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
