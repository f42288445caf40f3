"""Which rule on small cells binds the reader, and figures with what it hides taken out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope, current_scope_or_none, once
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import IndicatorValue, SmallCellRule
from zhikong.hospital.functions.indicators.small_cells import Counts, Hidden, hidden_cells, is_small

NO_CASES = ("sum", "values")  # a numerator of these is no number of cases
ROWS = ("rows", "count")

_everything: ContextVar[bool] = ContextVar("indicators_unmasked", default=False)


@contextmanager
def everything() -> Iterator[None]:
    """For acts that must judge by all figures, whoever starts them: what they write is not what the reader sees."""
    token = _everything.set(True)
    try:
        yield
    finally:
        _everything.reset(token)


@dataclass(frozen=True)
class Restriction:
    """The rule that binds this reader. indicators: empty means all."""

    smallest: int
    indicators: frozenset[str]

    def covers(self, indicator_id: str) -> bool:
        return not self.indicators or indicator_id in self.indicators

    @property
    def mark(self) -> str:
        return f"<{self.smallest}"

    @property
    def sentence(self) -> str:
        return _("例数少于 %(n)d 例，按规定不显示。") % {"n": self.smallest}

    @property
    def beside(self) -> str:
        return _("为避免推算出其他科室的小数，一并不显示。")


def rule_in_force() -> SmallCellRule | None:
    """The newest rule; None while nobody has set one. Asked once a request."""
    return once("indicators.small_cells", lambda: SmallCellRule.objects.order_by("-set_at", "-pk").first())


def rule_history() -> list[SmallCellRule]:
    return list(SmallCellRule.objects.select_related("set_by").order_by("-set_at", "-pk"))


def restriction() -> Restriction | None:
    """What this reader may not see; None for jobs, for readers without a restricted role, and while no rule holds."""
    scope = current_scope_or_none()
    if scope is None or scope.user_id is None or _everything.get():
        return None
    rule = rule_in_force()
    if rule is None or not rule.smallest:
        return None
    seeing = {code for code in scope.roles if _sees(code)}
    if not seeing or not seeing <= set(rule.roles):
        return None
    return Restriction(rule.smallest, frozenset(rule.indicators))


def _sees(code: str) -> bool:
    return code in ROLES and Permission.VIEW_INDICATORS in ROLES[code].permissions


def counts_of(definition: Definition, figure) -> Counts:
    """The numbers of cases in a figure: what a sum of days or a bed-day is made of names nobody."""
    top, bottom = figure.numerator, figure.denominator
    above, below = getattr(definition, "numerator", None), getattr(definition, "denominator", None)
    cases = top if above is not None and above.how not in NO_CASES else None
    among = bottom if below is None or below.how in ROWS else None
    missed = among - cases if None not in (cases, among) and among >= cases else None
    return Counts(cases, missed, among)


def masked(found: dict, rows: Callable[[], Sequence[tuple]]) -> dict:
    """Figures by (indicator, place, month) without what the reader may not see.

    rows: gives (indicator, place, month, figure) of every department and the hospital for the same months and
        indicators; asked only when a department's figure is in question.
    """
    rule = restriction()
    if rule is None:
        return found
    known, taken = definitions(), dict(found)
    ours = {key for key in found if rule.covers(key[0]) and key[0] in known}
    for key in (key for key in ours if key[1] is None):
        counts = counts_of(known[key[0]], found[key])
        if is_small(counts, rule.smallest):
            taken[key] = _without(found[key], Hidden.SMALL, counts, rule)
    if any(key[1] is not None for key in ours):
        taken |= _departments(found, ours, rows(), known, rule)
    return taken


def _departments(found: dict, ours: set, rows: Sequence[tuple], known: Mapping, rule: Restriction) -> dict:
    """The departments' figures that are hidden, month by month; who sees one department cannot subtract."""
    whole = current_scope().whole_hospital
    cells: dict[tuple, dict] = {}
    for name, place, month, figure in rows:
        if name in known:
            cells.setdefault((name, month), {})[place] = counts_of(known[name], figure)
    taken = {}
    for (name, month), of_places in cells.items():
        total = of_places.pop(None, None) if whole else None
        of_places.pop(None, None)
        for place, why in hidden_cells(of_places, total, smallest=rule.smallest).items():
            if (name, place, month) in ours:
                key = (name, place, month)
                taken[key] = _without(found[key], why, of_places[place], rule)
    return taken


def _without(figure, why: Hidden, counts: Counts, rule: Restriction):
    """The figure with its numbers taken out; hidden is what stands in their place."""
    few = counts.numerator is not None and 0 < counts.numerator < rule.smallest
    mark = rule.mark if why is Hidden.SMALL and few else _("隐藏")
    reason = rule.sentence if why is Hidden.SMALL else rule.beside
    return figure._replace(numerator=None, denominator=None, value=None, reason=reason, hidden=mark)


def at_all_places(months: Sequence[str], indicators: Sequence[str]) -> Q:
    return Q(month__in=months, indicator_id__in=indicators)


def all_places(condition: Q, fields: Sequence[str], make: Callable, found: dict) -> list[tuple]:
    """(indicator, place, month, figure) of every place for what was found. One query."""
    months, names = {key[2] for key in found}, {key[0] for key in found}
    rows = IndicatorValue.objects.filter(condition & at_all_places(list(months), list(names)))
    return [(*row[:3], make(*row[3:])) for row in rows.values_list(*fields)]
