"""What later data say of closed months, beside what was published."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import MonthRevision, RevisedValue
from zhikong.hospital.functions.indicators.queries.figures import Place
from zhikong.hospital.functions.indicators.queries.small_cells import restriction


@dataclass(frozen=True)
class Revised:
    """One figure of a revision with its definition and the sentence that says why."""

    definition: Definition
    row: RevisedValue

    @property
    def place(self) -> Place:
        return self.row.department_id

    @property
    def name(self) -> str:
        return self.definition.title()

    @property
    def sentence(self) -> str:
        """“已发布 92.31%，按 2026-11-20 补录 3 份首页重新计算为 92.40%。”"""
        row, before, after = self.row, self.before, self.after
        if not self.differs:  # the same value of other cases: then the cases tell what is different
            before += f"（{row.numerator} / {row.denominator}）"
            after += f"（{row.new_numerator} / {row.new_denominator}）"
        said = {"before": before, "causes": causes(row.revision), "after": after}
        return _("已发布 %(before)s，按%(causes)s重新计算为 %(after)s。") % said

    @property
    def before(self) -> str:
        return shown(self.row.value, self.definition.unit, whole=self.row.denominator is None)

    @property
    def after(self) -> str:
        return shown(self.row.new_value, self.definition.unit, whole=self.row.new_denominator is None)

    @property
    def differs(self) -> bool:
        """Whether a reader sees another value; otherwise only the cases behind it are others."""
        return self.before != self.after


def shown(value: Decimal | None, unit: str, *, whole: bool = False) -> str:
    """A figure with its unit: a count as a whole number, all others with two decimals."""
    if value is None:
        return _("无法计算")
    said = f"{value:,.0f}" if whole and value == int(value) else f"{value:,.2f}"
    return f"{said}{unit}" if unit in ("%", "‰") else f"{said} {unit}".strip()


def causes(revision: MonthRevision) -> str:
    """What came between: “ 2026-11-20 补录 3 份首页、更正 1 份首页（文件名）”."""
    parts = [_cause(one) for one in revision.causes]
    return "；".join(parts[:3]) + (
        _("等 %(n)d 次数据更新") % {"n": len(parts)} if len(parts) > 3 else ""
    ) or _("后来的数据")


def _cause(one: dict) -> str:
    day = timezone.localtime(datetime.fromisoformat(one["at"])).strftime("%Y-%m-%d")
    late = _("补录 %(n)d 次住院") if one["feeds"] else _("补录 %(n)d 份首页")
    corrected = _("更正 %(n)d 次住院") if one["feeds"] else _("更正 %(n)d 份首页")
    said = [late % {"n": one["new"]}] if one["new"] else []
    said += [corrected % {"n": one["changed"]}] if one["changed"] else []
    words = "、".join(said) or _("更新数据")
    return f" {day} {words}（{one['source']}）"


def open_revision(month: str) -> MonthRevision | None:
    """The revision of a closed month that nobody has decided on yet."""
    return MonthRevision.objects.filter(month=month, state=MonthRevision.State.OPEN).first()


def decided(month: str) -> QuerySet[MonthRevision]:
    """Accepted revisions of a month, the newest first."""
    return MonthRevision.objects.filter(month=month, state=MonthRevision.State.ACCEPTED).select_related(
        "decided_by"
    )


def latest_revision(month: str) -> MonthRevision | None:
    """The newest revision of a month that is open or was accepted: what a brief of the month does not say."""
    kept = (MonthRevision.State.OPEN, MonthRevision.State.ACCEPTED)
    return MonthRevision.objects.filter(month=month, state__in=kept).first()


def revised_values(revision: MonthRevision | None, *, indicator: str | None = None) -> list[Revised]:
    """The revision's figures in scope: other values before equal ones of other cases, hospital before departments."""
    if revision is None:
        return []
    known = definitions()
    rule = restriction()
    rows = revision.values.select_related("revision", "department")
    if indicator is not None:
        rows = rows.filter(indicator_id=indicator)
    found = [
        Revised(known[row.indicator_id], row)
        for row in rows
        if row.indicator_id in known and not (rule and rule.covers(row.indicator_id))
    ]
    order = {name: number for number, name in enumerate(known)}
    return sorted(
        found, key=lambda r: (not r.differs, r.place is not None, order[r.definition.id], r.place or 0)
    )


def revision_of(indicator: str, place: Place, month: str) -> Revised | None:
    """What later data say of one published figure; None when they say the same."""
    found = revised_values(open_revision(month), indicator=indicator)
    return next((one for one in found if one.place == place), None)
