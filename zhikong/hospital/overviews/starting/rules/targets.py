"""A hospital's list of targets: which row means which indicator, and which bound is said. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

HEADINGS = {
    "name": ("指标", "指标名称", "项目", "质控指标", "考核指标", "监测指标", "名称"),
    "id": ("编号", "指标编号", "指标代码", "代码"),
    "target": ("目标值", "目标", "指标值", "考核值", "标准值", "要求", "年度目标"),
    "at_least": ("不低于", "下限", "最低", "最小值"),
    "at_most": ("不高于", "上限", "最高", "最大值"),
    "unit": ("单位",),
    "source": ("依据", "来源", "文件", "备注"),
}
WITHIN = 20
MOST = 2000
LEAST = ("≥", ">=", "＞=", "不低于", "不少于", "不小于", "达到", "至少", "以上", ">", "大于")
MOST_WORDS = ("≤", "<=", "＜=", "不高于", "不超过", "不大于", "低于", "控制在", "以内", "以下", "<", "小于")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
LARGEST = Decimal(10) ** 9


@dataclass(frozen=True)
class Line:
    """One row of the list: the indicator it means and the bounds; or why it cannot be taken."""

    row: int
    name: str
    indicator: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    source: str = ""
    problem: str = ""
    likely: tuple[str, ...] = ()


def heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """(index of the first row below it, field → column), or None when no row near the top names an indicator and a bound."""
    for top, row in enumerate(rows[:WITHIN]):
        fields: dict[str, int] = {}
        for column, written in enumerate(row):
            said = plain(written)
            field = next((f for f, words in HEADINGS.items() if said in words), None)
            if field and field not in fields:
                fields[field] = column
        if {"name", "id"} & fields.keys() and {"target", "at_least", "at_most"} & fields.keys():
            return top + 1, fields
    return None


def plain(text: str) -> str:
    """A name for comparing: without blanks, brackets with what they hold, and marks."""
    said = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s*:：/·.,，、_\-%‰]", "", re.sub(r"[(（\[【].*?[)）\]】]", "", said))


def read(
    rows: Sequence[Sequence[str]], names: Mapping[str, str], *, downwards: Iterable[str] = (),
    like: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Line]:  # fmt: skip
    """The rows below the heading. names: title or id of an indicator → its id; downwards: ids of which less is better.

    A bare number is a largest value for those and a least value for the others. Raises LookupError without a heading.
    """
    found = heading(rows)
    if found is None:
        raise LookupError
    below, fields = found
    known = {plain(said): name for said, name in names.items()}
    lines: list[Line] = []
    for number, row in enumerate(rows[below : below + MOST], start=below + 1):
        if any(cell.strip() for cell in row) and not _unfilled(row, fields):
            lines.append(_line(number, row, fields, known, frozenset(downwards), like or {}))
    return _once(lines)


def _unfilled(row: Sequence[str], fields: Mapping[str, int]) -> bool:
    """A row of our own template that nobody filled in: it has two columns for bounds, and both are empty."""
    bounds = [fields[name] for name in ("at_least", "at_most", "target") if name in fields]
    return "target" not in fields and all(not row[c].strip() for c in bounds if c < len(row))


def _line(number, row, fields, known, downwards, like) -> Line:
    def cell(field: str) -> str:
        column = fields.get(field)
        return row[column].strip() if column is not None and column < len(row) else ""

    name = cell("name") or cell("id")
    indicator = known.get(plain(cell("id"))) or known.get(plain(cell("name"))) or ""
    if not indicator:
        return Line(number, name[:80], problem=f"没有名为“{name[:40]}”的指标", likely=like.get(name, ()))
    try:
        low, high = _bounds(cell("at_least"), cell("at_most"), cell("target"), indicator in downwards)
    except ValueError as error:
        return Line(number, name[:80], indicator, problem=str(error))
    return Line(number, name[:80], indicator, low, high, cell("source")[:200])


def _bounds(least: str, most: str, target: str, down: bool) -> tuple[Decimal | None, Decimal | None]:
    if least or most:
        low, high = _number(least), _number(most)
    else:
        low, high = bounds_said(target, down)
    if low is not None and high is not None and low > high:
        raise ValueError(f"下限 {low} 大于上限 {high}")
    return low, high


def bounds_said(text: str, down: bool) -> tuple[Decimal | None, Decimal | None]:
    """(least, largest) of “≥92%”, “不超过14天”, “80～90”, “0.95” or “仅监测” (neither). Raises ValueError with the reason."""
    written = unicodedata.normalize("NFKC", text)
    if re.search(r"\d\s+\d", written):
        raise ValueError(f"目标值“{text[:30]}”里有两个数，请分成下限和上限两列")
    said = written.replace(" ", "").replace(",", "")
    if not said or said.startswith("="):
        raise ValueError("目标值为空（若是公式，请先粘贴为数值）")
    if said in ("仅监测", "监测", "无", "/", "-", "—", "不考核"):
        return None, None
    numbers = [Decimal(one) for one in NUMBER.findall(said)]
    if not numbers or len(numbers) > 2 or "‰" in said or re.search(r"[-−]\d", said[:2]):
        raise ValueError(f"看不懂目标值“{text[:30]}”，请写成 ≥90 或 ≤14 这样的形式")
    if len(numbers) == 2:
        if not re.search(r"[~～至到\-–—]", said):
            raise ValueError(f"目标值“{text[:30]}”里有两个数，请分成下限和上限两列")
        return numbers[0], numbers[1]
    return _one(said, _within(numbers[0], text), down)


def _one(said: str, number: Decimal, down: bool) -> tuple[Decimal | None, Decimal | None]:
    most, least = any(word in said for word in MOST_WORDS), any(word in said for word in LEAST)
    if most and not ("不低于" in said or "不小于" in said):
        return None, number
    return (number, None) if least or not down else (None, number)


def _number(text: str) -> Decimal | None:
    said = unicodedata.normalize("NFKC", text).replace(" ", "").rstrip("%天例次分元")
    if not said:
        return None
    try:
        return _within(Decimal(said), text)
    except InvalidOperation as error:
        raise ValueError(f"“{text[:30]}”不是数字") from error


def _within(number: Decimal, text: str) -> Decimal:
    if not number.is_finite() or not 0 <= number < LARGEST:
        raise ValueError(f"“{text[:30]}”不是合理的目标值")
    return number


def _once(lines: list[Line]) -> list[Line]:
    """An indicator that stands twice with different bounds is taken from neither row."""
    first: dict[str, Line] = {}
    clashing = set()
    for line in lines:
        if line.problem:
            continue
        before = first.setdefault(line.indicator, line)
        if (before.at_least, before.at_most) != (line.at_least, line.at_most):
            clashing.add(line.indicator)
    found, taken = [], set()
    for line in lines:
        if line.indicator in clashing and not line.problem:
            rows = "、".join(str(o.row) for o in lines if o.indicator == line.indicator and o is not line)
            line = Line(line.row, line.name, line.indicator, problem=f"与第 {rows} 行是同一指标，目标值不同")
        elif not line.problem and line.indicator in taken:
            continue
        taken.add(line.indicator)
        found.append(line)
    return found
