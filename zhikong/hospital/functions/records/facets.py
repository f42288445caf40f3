"""What a rule belongs to, in words: stage of care, aspect of quality, core systems, kind, whose duty. Pure.

Front-page rules are older than these words: they belong to the discharge, and to completeness or truth by their kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhikong.engine.record_rules.belonging import is_front_page as is_front_page
from zhikong.engine.record_rules.belonging import kind_of as kind_of
from zhikong.engine.record_rules.belonging import rows_of as rows_of
from zhikong.engine.record_rules.belonging import stage_of as stage_of
from zhikong.engine.record_rules.belonging import systems_of as systems_of

STAGES = {
    "outpatient": _("门诊"),
    "emergency": _("急诊"),
    "ward": _("病房"),
    "surgery": _("手术"),
    "discharge": _("出院"),
    "follow_up": _("院外随访"),
}
"""CLN-17: from seeing a doctor to leaving the hospital, and care outside it."""
ASPECTS = {
    "timely": _("及时性"),
    "accurate": _("准确性"),
    "true": _("真实性"),
    "complete": _("完整性"),
    "standard": _("规范性"),
    "effective": _("实效性"),
}
"""REC-30: the six aspects of a medical document's quality."""
KINDS = {
    "clock": _("时限"),
    "complete": _("完整性"),
    "text": _("内涵"),
    "row": _("逻辑"),
}
PRESETS = {"national": _("国家规范"), "seeds": _("从严")}
RESPONSIBLE = {
    "resident": _("住院医师"),
    "attending": _("主治医师"),
    "author": _("书写者"),
    "operator": _("术者"),
    "anaesthetist": _("麻醉医师"),
    "nurse": _("护士"),
    "consultant": _("会诊医师"),
    "coder": _("编码员"),
}
SENTENCES = {
    "within": _("%(when)s起 %(limit)s内，应有%(then)s。"),
    "before": _("%(when)s之前，应已有%(then)s（至少提前 %(limit)s）。"),
    "every": _("%(when)s起，每 %(limit)s至少有一次%(then)s。"),
    "required": _("有%(when)s的，应有%(then)s。"),
    "never": _("%(when)s之后，不得有%(then)s。"),
}
"""A clock rule's demand as a sentence."""
MARKS = {
    "verified": _("已核对原文"),
    "verbatim": _("原文"),
    "paraphrased": _("转述"),
    "memory": _("凭记忆，待核对"),
    "seed": _("本院制度"),
}


def aspect_of(rule: Any) -> str:
    """The aspect of quality; empty where the rule names none."""
    said = str(getattr(rule, "aspect", "") or "")
    return said or {"clock": "timely", "complete": "complete"}.get(kind_of(rule), "")


def presets_of(rule: Any) -> tuple[str, ...]:
    """The sets that the rule belongs to; one that names none belongs to all."""
    return tuple(str(one) for one in getattr(rule, "presets", ()) or ()) or tuple(PRESETS)


def sentence_of(rule: Any, limit: str = "") -> str:
    """What a clock rule demands, in one sentence; the title of any other rule. limit: the hospital's own, in words."""
    demand = str(getattr(rule, "demand", ""))
    if demand not in SENTENCES:
        return rule.title
    words = limit or (rule.limit.words if rule.limit is not None else str(_("（待本院设定的时限）")))
    said = {"when": rule.when.title, "then": rule.then.title, "limit": words}
    text = str(SENTENCES[demand]) % said
    excuses = "、".join(one.title for one in rule.unless)
    if demand == "before" and rule.limit is not None and not rule.limit.amount and not limit:
        text = str(_("%(when)s之前，应已有%(then)s。")) % said
    return text + (str(_("有%(what)s的除外。")) % {"what": excuses} if excuses else "")


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
        """Per cent that passed, one decimal rounded down so that 99.97 is not a hundred; None: nothing was judged."""
        if not self.judged:
            return None
        return (Decimal(1000 * self.passed // self.judged) / 10).quantize(Decimal("0.1"))

    @property
    def tone(self) -> str:
        """An error is red whatever else was found: it may hide anything."""
        if self.error:
            return "bad"
        if self.rate is None:
            return "none"
        return "ok" if self.rate >= 95 else "warn" if self.rate >= 80 else "bad"

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.not_applicable + other.not_applicable,
            self.not_assessable + other.not_assessable,
            self.error + other.error,
        )


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several."""
    return sum(tallies, Tally())


def pareto(counts: Sequence[tuple[str, int]], *, most: int = 10) -> list[tuple[str, int, Decimal]]:
    """(name, count, cumulative per cent of all) of the most frequent; the rest counts in the whole."""
    whole = sum(n for _, n in counts)
    ordered = sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:most]
    found, reached = [], 0
    for name, n in ordered:
        reached += n
        found.append((name, n, (Decimal(100 * reached) / whole).quantize(Decimal("0.1"))))
    return found
