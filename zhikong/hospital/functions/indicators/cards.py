"""The cards that the indicators put on home pages: off target, what changed, alerts, the month's close."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.queries.alerts import open_alerts
from zhikong.hospital.functions.indicators.queries.board import Line
from zhikong.hospital.functions.indicators.queries.closing import analyses_by_miss, misses
from zhikong.hospital.functions.indicators.queries.figures import Frame, Place, frame
from zhikong.hospital.functions.indicators.queries.overview import Overview, overview
from zhikong.hospital.functions.indicators.queries.small_cells import restriction
from zhikong.hospital.functions.indicators.queries.targets import TargetBook, target_book
from zhikong.hospital.functions.indicators.selection import covered_departments, newest_month
from zhikong.web.panels import CardRow, HomeCard

ROWS = 6


@dataclass(frozen=True)
class Standing:
    """What the home page of a reader stands on; read once a request."""

    shown: Frame
    book: TargetBook
    month: str
    place: Place
    names: dict[int, str]
    overview: Overview

    def url(self, line: Line) -> str:
        address = f"{reverse('indicators:detail', args=[line.definition.id])}?month={line.month}"
        return address if line.place is None else f"{address}&department={line.place}"

    def name_of(self, place: Place) -> str:
        return _("全院") if place is None else self.names.get(place, f"#{place}")


def standing(request: HttpRequest) -> Standing | None:
    """None before anything is computed, and for a department's reader whose department has no figures."""
    if not hasattr(request, "_indicator_standing"):
        request._indicator_standing = _standing()
    return request._indicator_standing


def _standing() -> Standing | None:
    shown = frame()
    if shown.current is None:
        return None
    month = newest_month(shown)
    places = covered_departments(month)
    if not current_scope().whole_hospital and not places:
        return None
    place = None if current_scope().whole_hospital else places[0].id
    book = target_book()
    seen = overview(shown, book, month=month, place=place, definitions=definitions().values())
    return Standing(shown, book, month, place, {d.id: d.name for d in places}, seen)


def home_cards(request: HttpRequest) -> Iterator[HomeCard]:
    if not can(request.user, Permission.VIEW_INDICATORS):
        return
    here = standing(request)
    if here is None:
        return
    yield off_target(here)
    yield changes(here)
    if can(request.user, Permission.ANALYSE_MONTH):
        yield alerts(here)
        yield closing(here)


def off_target(here: Standing) -> HomeCard:
    missed = here.overview.missed
    return HomeCard(
        title=_("未达标指标 · %(place)s %(month)s")
        % {"place": here.name_of(here.place), "month": calendar.spoken(here.month)},
        rows=tuple(_missed_row(here, line) for line in missed[:ROWS]),
        order=20,
        url=_board(here, status="missed"),
        url_label=_("全部 %(n)s") % {"n": len(missed)},
        empty=_("这个月有目标的指标全部达标。"),
    )


def _missed_row(here: Standing, line: Line) -> CardRow:
    return CardRow(
        text=line.name,
        url=here.url(line),
        note=_("%(value)s，目标 %(target)s") % {"value": line.shown, "target": line.target_text},
        state="bad",
        word=line.word,
    )


def changes(here: Standing) -> HomeCard:
    """Newly off target, back on target, new signals to the bad side."""
    seen = here.overview
    groups = (
        ("bad", _("新增未达标"), seen.newly_missed),
        ("info", _("新信号"), seen.new_signals),
        ("ok", _("恢复达标"), seen.recovered),
    )
    rows = [
        CardRow(
            text=line.name,
            url=here.url(line),
            note=f"{line.change_text} {rules.change_unit(line.unit)}",
            state=state,
            word=word,
            detail=line.found[0].sentence if state == "info" and line.found else "",
        )
        for state, word, found in groups
        for line in found
    ]
    return HomeCard(
        title=_("与上月相比有变化"),
        rows=tuple(rows[:ROWS]),
        order=30,
        url=_board(here),
        url_label=_("全部指标"),
        empty=_("与上月相比没有新的未达标、恢复或信号。"),
    )


TONES = {Alert.Tier.RED: "bad", Alert.Tier.AMBER: "warn", Alert.Tier.NOTE: "info"}


def alerts(here: Standing) -> HomeCard:
    """Open alerts in scope, the loudest first."""
    found = list(open_alerts()[: ROWS + 1])
    return HomeCard(
        title=_("预警"),
        rows=tuple(_alert_row(here, alert) for alert in found[:ROWS]),
        order=40,
        url=reverse("indicators:alerts"),
        url_label=_("全部预警"),
        empty=_("没有未关闭的预警。"),
    )


def _alert_row(here: Standing, alert: Alert) -> CardRow:
    definition, rule = definitions().get(alert.indicator_id), restriction()
    name = definition.title() if definition else alert.indicator_id
    place = "" if alert.department_id is None else f"&department={alert.department_id}"
    return CardRow(
        text=f"{name} · {here.name_of(alert.department_id)}",
        url=f"{reverse('indicators:detail', args=[alert.indicator_id])}?month={alert.last_month}{place}#alert",
        note=_("自 %(month)s") % {"month": alert.first_month},
        state=TONES[Alert.Tier(alert.tier)],
        word=alert.get_tier_display(),
        detail="" if rule is not None and rule.covers(alert.indicator_id) else alert.sentence[:120],
    )


def closing(here: Standing) -> HomeCard:
    """The month that waits for its close: what is still missing."""
    month, shown = here.month, here.shown
    missed = _missed(here)
    missing = len(missed - set(analyses_by_miss(month)))
    closed = month in shown.closed
    ready = _("可结账") if here.place is None else _("已写分析")  # a department does not close the month
    word = _("已结账") if closed else (_("缺分析") if missing else ready)
    row = CardRow(
        text=_("%(month)s：未达标 %(all)s 项，尚缺分析 %(missing)s 项")
        % {"month": calendar.spoken(month), "all": len(missed), "missing": missing},
        url=reverse("indicators:month", args=[month]),
        state="ok" if closed or not missing else "warn",
        word=word,
    )
    return HomeCard(
        title=_("月度结账"),
        rows=(row, *_unclosed_before(here)),
        order=50,
        url=reverse("indicators:months"),
        url_label=_("各月"),
    )


_misses_read: dict[tuple, frozenset[tuple[str, Place]]] = {}


def _missed(here: Standing) -> frozenset[tuple[str, Place]]:
    """The misses of the month. They hang on rows that are only added, so each process reads them once."""
    scope, run = current_scope(), here.shown.computation(here.month)
    as_of = here.shown.as_of(here.month) or here.book.newest
    key = (scope.institution_id, scope.departments, run.pk if run else 0, as_of, here.month, restriction())
    if key not in _misses_read:
        if len(_misses_read) >= 256:
            _misses_read.clear()
        _misses_read[key] = _read_missed(here)
    return _misses_read[key]


def _read_missed(here: Standing) -> frozenset[tuple[str, Place]]:
    judged = here.book.judged(definitions().values(), here.month)
    found = misses(here.shown, here.book, month=here.month, definitions=judged, places=None)
    return frozenset((line.definition.id, line.place) for line in found)


def _unclosed_before(here: Standing) -> Iterator[CardRow]:
    """The month before, when closing has begun but skipped it."""
    before = calendar.shifted(here.month, -1)
    if here.shown.closed and before not in here.shown.closed and before >= here.shown.current.first_month:
        yield CardRow(
            text=_("%(month)s还没有结账") % {"month": calendar.spoken(before)},
            url=reverse("indicators:month", args=[before]),
            state="bad",
            word=_("未结账"),
        )


def _board(here: Standing, **query: str) -> str:
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{reverse('indicators:list')}?month={here.month}{extra}"


def data_until(here: Standing) -> str:
    """When the data behind the newest figures were published."""
    run = here.shown.current
    return timezone.localtime(run.data_until or run.computed_at).strftime("%Y-%m-%d %H:%M")
