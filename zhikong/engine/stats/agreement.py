"""Do reviewers who see the same record say the same? Kappa with its interval, and what to make of a low one.

Cohen J. Educ Psychol Meas 1960;20:37 and Psychol Bull 1968;70:213 (weights). Standard error: Fleiss JL, Cohen J,
Everitt BS. Psychol Bull 1969;72:323. Several reviewers: Fleiss JL. Psychol Bull 1971;76:378; Light RJ. Psychol Bull
1971;76:365. The paradox (much agreement, low kappa, since nearly all records are alike): Feinstein AR, Cicchetti DV.
J Clin Epidemiol 1990;43:543; prevalence, bias and PABAK: Byrt T, Bishop J, Carlin JB. ibid. 1993;46:423.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from zhikong.engine.stats.intervals import Z_95
from zhikong.engine.stats.series import Floats

FEW = 20
"""Below so many pairs an interval is printed, and a word is not."""
MUCH, LOW = 0.8, 0.6


@dataclass(frozen=True)
class Agreement:
    """How far two readings agree beyond chance.

    value: kappa, None when it cannot be computed (no pairs, or both say one and the same always). low, high: 95 %.
    observed, expected: (weighted) agreement, and that of chance. prevalence: |difference of the two diagonal shares|
    for two categories, else the largest category's share. bias: half the sum of absolute differences of the margins.
    pabak: (k·observed − 1) / (k − 1), kappa if all categories were equally common and used equally by both.
    """

    pairs: int
    categories: tuple[Hashable, ...]
    table: tuple[tuple[int, ...], ...]
    value: float | None
    low: float | None
    high: float | None
    observed: float | None
    expected: float | None
    prevalence: float | None
    bias: float | None
    pabak: float | None

    @property
    def same(self) -> float | None:
        """The plain share of pairs with one and the same category, whatever the weights."""
        return sum(row[i] for i, row in enumerate(self.table)) / self.pairs if self.pairs else None

    @property
    def paradox(self) -> bool:
        """Much agreement and yet a low kappa: chance alone would agree nearly as often."""
        return (
            self.observed is not None and self.observed >= MUCH and (self.value is None or self.value < LOW)
        )


def weights(size: int, kind: str = "none") -> Floats:
    """Credit for each pair of categories: 1 on the diagonal; `linear` and `quadratic` fall with the distance."""
    if kind not in ("none", "linear", "quadratic"):
        raise ValueError(f"不认识的加权方式 {kind!r}：可用 none、linear、quadratic。")
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    return np.eye(size) if kind == "none" else 1 - distance ** (1 if kind == "linear" else 2)


def kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    *,
    categories: Sequence[Hashable] | None = None,
    weighted: str = "none",
) -> Agreement:
    """Cohen's kappa of two readings of the same records, in the same order.

    categories: in their order (it matters when weighted); by default those that occur, sorted. Raises ValueError for
    readings of unequal length or a reading outside the categories.
    """
    if len(first) != len(second):
        raise ValueError("两次评审的病历数不同，不能比较。")
    names = tuple(categories if categories is not None else sorted({*first, *second}, key=str))
    place = {name: index for index, name in enumerate(names)}
    if unknown := {*first, *second} - place.keys():
        raise ValueError(f"评审结果 {sorted(map(str, unknown))} 不在等级 {list(names)} 之中。")
    table = np.zeros((len(names), len(names)), int)
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    return kappa_of_table(table, weights(len(names), weighted), names)


def kappa_of_table(table: np.ndarray, credit: Floats, names: Sequence[Hashable] = ()) -> Agreement:
    """Kappa of a square table of counts (rows: first reading) with `credit` for each pair of categories."""
    pairs, size = int(table.sum()), len(table)
    names = tuple(names) or tuple(range(size))
    if pairs == 0:
        return Agreement(0, names, _plain(table), *[None] * 8)
    share = table / pairs
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float((credit * share).sum()), float((credit * np.outer(rows, columns)).sum())
    value, low, high = _value(share, credit, observed, expected, pairs)
    exact = float(np.trace(share))
    return Agreement(
        pairs, names, _plain(table), value, low, high, observed, expected,
        _prevalence(share, rows, columns), float(np.abs(rows - columns).sum() / 2),
        (size * exact - 1) / (size - 1) if size > 1 else None,
    )  # fmt: skip


def _plain(table: np.ndarray) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(n) for n in row) for row in table)


def _prevalence(share: Floats, rows: Floats, columns: Floats) -> float:
    if len(share) == 2:
        return float(abs(share[0, 0] - share[1, 1]))
    return float(((rows + columns) / 2).max())


def _value(share: Floats, credit: Floats, observed: float, expected: float, pairs: int):
    """(kappa, low, high); all None when chance alone agrees always. No limits where the formula finds no error at all:

    that happens with few or all-alike pairs, and an interval of one point would claim a certainty that nobody has.
    """
    if 1 - expected < 1e-12:
        return None, None, None
    value = (observed - expected) / (1 - expected)
    error = _standard_error(share, credit, value, expected, pairs)
    if error < 1e-9:
        return value, None, None
    return value, max(-1.0, value - Z_95 * error), min(1.0, value + Z_95 * error)


def _standard_error(share: Floats, credit: Floats, value: float, expected: float, pairs: int) -> float:
    """Fleiss, Cohen and Everitt's large-sample formula, of which the unweighted one is a case."""
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    mean = np.add.outer(credit @ columns, rows @ credit)
    inner = (share * (credit - mean * (1 - value)) ** 2).sum()
    variance = (inner - (value - expected * (1 - value)) ** 2) / (pairs * (1 - expected) ** 2)
    return float(np.sqrt(max(variance, 0.0)))


@dataclass(frozen=True)
class Several:
    """Agreement of more than two reviewers: value with a 95 % interval by leaving out one record at a time."""

    records: int
    reviewers: int
    value: float | None
    low: float | None
    high: float | None
    observed: float | None


def fleiss(readings: Sequence[Sequence[Hashable]]) -> Several:
    """Fleiss' kappa: one row per record, as many readings in each (reviewers may differ between records).

    Raises ValueError when rows have unequal numbers of readings, or fewer than two.
    """
    counts = _counts(readings)
    if not counts.size:
        return Several(0, 0, None, None, None, None)
    value, low, high = _jackknifed(_fleiss, counts)
    return Several(len(counts), int(counts[0].sum()), value, low, high, _agreeing(counts))


def _counts(readings: Sequence[Sequence[Hashable]]) -> Floats:
    if not readings:
        return np.zeros((0, 0))
    sizes = {len(row) for row in readings}
    if len(sizes) > 1 or min(sizes) < 2:
        raise ValueError("每份病历的评审人数必须相同，且至少两人。")
    names = sorted({one for row in readings for one in row}, key=str)
    return np.array([[row.count(name) for name in names] for row in map(list, readings)], float)


def _agreeing(counts: Floats) -> float:
    raters = counts[0].sum()
    return float((((counts**2).sum(axis=1) - raters) / (raters * (raters - 1))).mean())


def _fleiss(counts: Floats) -> float | None:
    chance = float(((counts.sum(axis=0) / counts.sum()) ** 2).sum())
    return None if 1 - chance < 1e-12 else (_agreeing(counts) - chance) / (1 - chance)


def light(readings: Sequence[Sequence[Hashable]], *, weighted: str = "none", categories=None) -> Several:
    """Light's kappa: the mean of all pairs of the same reviewers, one column each; weights as in `kappa`."""
    if not readings:
        return Several(0, 0, None, None, None, None)
    names = tuple(categories or sorted({one for row in readings for one in row}, key=str))
    codes = np.array([[names.index(one) for one in row] for row in readings])
    credit = weights(len(names), weighted)
    value, low, high = _jackknifed(lambda rows: _mean_kappa(rows, credit), codes)
    pairs = list(combinations(range(codes.shape[1]), 2))
    same = float(np.mean([(codes[:, a] == codes[:, b]).mean() for a, b in pairs]))
    return Several(len(codes), codes.shape[1], value, low, high, same)


def _mean_kappa(codes: np.ndarray, credit: Floats) -> float | None:
    found = []
    for a, b in combinations(range(codes.shape[1]), 2):
        table = np.zeros(credit.shape, int)
        np.add.at(table, (codes[:, a], codes[:, b]), 1)
        found.append(kappa_of_table(table, credit).value)
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if known else None


def _jackknifed(statistic: Callable[[np.ndarray], float | None], rows: np.ndarray):
    """(value, low, high) with the jackknife's standard error (Fleiss and Davies, Psychometrika 1982)."""
    value, count = statistic(rows), len(rows)
    if value is None or count < 3:
        return value, None, None
    left = [statistic(np.delete(rows, index, axis=0)) for index in range(count)]
    known = np.array([one for one in left if one is not None])
    error = float(np.sqrt((count - 1) / count * ((known - known.mean()) ** 2).sum())) if known.size else 0.0
    return value, max(-1.0, value - Z_95 * error), min(1.0, value + Z_95 * error)


@dataclass(frozen=True)
class Differences:
    """Two readings of points: mean difference (second − first) and the limits within which 95 % of them lie."""

    pairs: int
    mean: float | None
    low: float | None
    high: float | None
    largest: float | None


def differences(first: Sequence[float], second: Sequence[float]) -> Differences:
    """Bland JM, Altman DG. Lancet 1986;i:307. Limits need three pairs."""
    gaps = np.asarray(second, float) - np.asarray(first, float)
    if not gaps.size:
        return Differences(0, None, None, None, None)
    mean, largest = float(gaps.mean()), float(np.abs(gaps).max())
    if gaps.size < 3:
        return Differences(gaps.size, mean, None, None, largest)
    half = Z_95 * float(gaps.std(ddof=1))
    return Differences(gaps.size, mean, mean - half, mean + half, largest)


def word(found: Agreement | Several, *, pairs: int | None = None) -> str:
    """A word for kappa (Landis JR, Koch GG. Biometrics 1977;33:159), or why there is none."""
    count = pairs if pairs is not None else getattr(found, "pairs", getattr(found, "records", 0))
    if count == 0:
        return "尚无双评病历"
    if found.value is None:
        return "无法计算：所有病历都判为同一结果"
    if count < FEW:
        return f"双评仅 {count} 份，只供参考"
    steps = (
        (0.8, "几乎完全一致"),
        (0.6, "高度一致"),
        (0.4, "中等一致"),
        (0.2, "一致性一般"),
        (0.0, "一致性差"),
    )
    return next((name for least, name in steps if found.value >= least), "还不如偶然一致")


def explained(found: Agreement) -> str:
    """The paradox in a sentence where it occurs, else an empty string."""
    if not found.paradox:
        return ""
    same = f"两人对 {found.pairs} 份病历的判断一致程度 {found.observed:.0%}"
    if found.value is None:
        return f"{same}，但结果都集中在一个等级，kappa 无法计算；这不等于不一致，请多抽一些可能有缺陷的病历再评。"
    return (
        f"{same}，但由于绝大多数病历属于同一等级，随机猜也会达到 {found.expected:.0%}，因此 kappa 只有 {found.value:.2f}；"
        f"若各等级一样多，调整后（PABAK）为 {found.pabak:.2f}。两个数要一起看，不能只凭 kappa 低就说评审人不认真。"
    )
