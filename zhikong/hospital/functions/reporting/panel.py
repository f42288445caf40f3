"""What reporting shows on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.reporting import queries, record_queries
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

SHOWN = 5


def home_cards(request) -> list[HomeCard]:
    """For a department what it has still to send; for the office who is late."""
    if can(request.user, Permission.ACCEPT_FIGURES, whole_hospital=True):
        return [_late_card()]
    return [_own_card()] if can(request.user, Permission.REPORT_FIGURES) else []


def _record_row(record, today) -> CardRow:
    late = record.is_late(today)
    return CardRow(
        text=_("%(department)s 质控活动记录") % {"department": record.department_name},
        url=reverse("reporting:record", args=[record.pk]),
        note=f"{record.month} · {record.due_on:%m-%d}",
        state="bad" if late else "none",
        word=_("逾期") if late else _("填写中"),
    )


def _late_card() -> HomeCard:
    today = timezone.localdate()
    sheets = [_row(sheet, today) for sheet in queries.waiting() if sheet.due_on < today]
    records = [_record_row(record, today) for record in record_queries.owed() if record.due_on < today]
    late = [*sheets, *records]
    return HomeCard(
        title=_("逾期未报"),
        rows=tuple(late[:SHOWN]),
        order=45,
        url=reverse("reporting:list"),
        url_label=_("全部 %(n)d") % {"n": len(late)},
        empty=_("没有逾期的填报单。"),
    )


def _own_card() -> HomeCard:
    today = timezone.localdate()
    figures = [_row(sheet, today) for sheet in queries.waiting()[:SHOWN]]
    records = [_record_row(record, today) for record in record_queries.owed()[:SHOWN]]
    rows = tuple([*figures, *records][:SHOWN])
    return HomeCard(
        title=_("待填报"),
        rows=rows,
        order=45,
        url=reverse("reporting:list"),
        url_label=_("科室填报"),
        empty=_("本月的数都已报出。"),
    )


def _row(sheet, today) -> CardRow:
    late = sheet.is_late(today)
    return CardRow(
        text=f"{sheet.department_name} {queries.set_of(sheet).title}",
        url=reverse("reporting:sheet", args=[sheet.pk]),
        note=f"{sheet.month} · {sheet.due_on:%m-%d}",
        state="bad" if late else "warn" if sheet.state == "returned" else "none",
        word=_("逾期") if late else sheet.get_state_display(),
    )


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("科室填报"),
            "reporting:list",
            "table-properties",
            order=45,
            permission=Permission.VIEW_INDICATORS,
        ),
        MenuEntry(
            gettext_lazy("质控活动记录"),
            "reporting:records",
            "book-open-check",
            order=46,
            permission=Permission.VIEW_INDICATORS,
        ),
    ),
    home_cards=home_cards,
)
