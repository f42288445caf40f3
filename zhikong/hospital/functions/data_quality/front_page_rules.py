"""The front-page rules that came with the installation, and what their verdicts say of departments and records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import pyarrow as pa

from zhikong.engine.definitions.model import CodeList
from zhikong.engine.definitions.shelves import read_codes
from zhikong.engine.record_rules import RecordRule, Verdict, load_rules
from zhikong.hospital.functions.data_quality.library import FILE

PACK = FILE.parent.parent
VERDICTS = tuple(verdict.word for verdict in Verdict)


@cache
def rules() -> dict[str, RecordRule]:
    """Published rules by id, in the order of their ids. Problems of the pack are its checks' business, not a page's."""
    lists = (read_codes(file) for file in sorted((PACK / "codes").glob("*.yaml")))
    codes = {found.id: found.ranges for found in lists if isinstance(found, CodeList)}
    found, _problems = load_rules(PACK, codes)
    return {rule.id: rule for rule in sorted(found, key=lambda rule: rule.id) if rule.status == "published"}


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
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(VERDICTS, 0))
    for row in counts.to_pylist():
        if department is None or row["department"] == department:
            for word in VERDICTS:
                sums[row[by] or ""][word] += row[word]
    return {
        key: Tally(**{_NAMES.get(word, word): count for word, count in words.items()})
        for key, words in sums.items()
    }


def mean_scores(scores: pa.Table) -> dict[str, tuple[Decimal, int]]:
    """Department -> mean score of its records, one decimal, and how many there are."""
    sums: dict[str, list] = defaultdict(lambda: [Decimal(0), 0])
    departments, values = scores.column("department").to_pylist(), scores.column("score").to_pylist()
    for department, score in zip(departments, values, strict=True):
        if score is not None:
            total = sums[department or ""]
            total[0], total[1] = total[0] + Decimal(str(score)), total[1] + 1
    return {
        name: ((total / n).quantize(Decimal("0.1"), ROUND_HALF_UP), n)
        for name, (total, n) in sums.items()
        if n
    }


def mean(pairs: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """The mean over departments, weighted by their records."""
    known = list(pairs)
    n = sum(count for _, count in known)
    return (sum(s * c for s, c in known) / n).quantize(Decimal("0.1"), ROUND_HALF_UP) if n else None
