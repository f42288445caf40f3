"""What this half of the function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.records.models import Defect
from zhikong.hospital.functions.records.queries.running import lists
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

WRITERS = ("physician", "nurse", "department_head", "head_nurse")
WATCHERS = (
    "department_head", "qc_officer", "head_nurse", "quality_office", "medical_affairs", "record_reviewer", "nursing",
)  # fmt: skip
MOST = 4


def home_cards(request) -> list[HomeCard]:
    """今天到期/逾期: one's own records for who writes, the scope's for who watches over them."""
    if can(request.user, Permission.REMIND_WRITERS):
        return [_scope_card(request)]
    if can(request.user, Permission.ANSWER_RECORD_CHECKS):
        return [_own_card(request)]
    return []


def _own_card(request) -> HomeCard:
    now, url = timezone.now(), reverse("records:my_records")
    own = lists.running().filter(lists.of_doctor(request.user))
    mend = Defect.objects.filter(lists.of_doctor(request.user), state__in=Defect.TO_MEND).count()
    row = _number(_("待修改的缺陷 %(n)d 条"), mend, f"{url}#defects", "info", _("缺陷"))
    return _card(_("我的病历"), own, url=url, now=now, rows=[*row, *_urgent(request, now)])


def _urgent(request, now) -> list[CardRow]:
    found = lists.obligations({"show": "due"}, now=now).filter(lists.of_doctor(request.user))[:MOST]
    lines = lists.lines(found, by=request.user, now=now, purpose=_("首页 我的病历"))
    return [
        CardRow(
            text=line.row.title,
            url=reverse("records:obligation", args=[line.row.pk]),
            note=f"{line.bed} · {timezone.localtime(line.row.due_at):%m-%d %H:%M}".strip(" ·"),
            state=line.tone,
            word=_("逾期") if line.state == "overdue" else _("今天到期"),
        )
        for line in lines
    ]


def _scope_card(request) -> HomeCard:
    now, url = timezone.now(), reverse("records:running_list")
    alive = Defect.objects.filter(state__in=Defect.ALIVE).count()
    row = _number(_("缺陷未结 %(n)d 条"), alive, reverse("records:running_defects"), "info", _("缺陷"))
    return _card(_("运行病历"), lists.running(), url=url, now=now, rows=row)


def _number(text: str, n: int, url: str, state: str, word: str) -> list[CardRow]:
    """One line with a number that leads to its list; none for nothing."""
    return [CardRow(text % {"n": n}, url, state=state, word=word)] if n else []


def _card(title: str, found, *, url: str, now, rows: list[CardRow]) -> HomeCard:
    """The numbers first, each leading to its list; then what is most urgent."""
    counts = lists.counts(found, now=now)
    numbers = [
        *_number(_("逾期 %(n)d 项"), counts["overdue"], f"{url}?show=overdue", "bad", _("逾期")),
        *_number(_("今天到期 %(n)d 项"), counts["today"], f"{url}?show=today", "warn", _("今天到期")),
    ]
    return HomeCard(
        title=title,
        rows=(*numbers, *rows),
        order=8,
        url=url,
        url_label=_("全部 %(n)d") % {"n": counts["open"]},
        empty=_("今天没有逾期和到期的病历，也没有待修改的缺陷。"),
    )


def _own_badge(request) -> int:
    """Overdue and due today of one's own: one indexed count."""
    now = timezone.now()
    return (
        lists.obligations({"show": "due"}, now=now).filter(lists.of_doctor(request.user)).order_by().count()
    )


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("我的病历"),
            "records:my_records",
            "notebook-pen",
            order=14,
            permission=Permission.ANSWER_RECORD_CHECKS,
            roles=WRITERS,
            badge=_own_badge,
        ),
        MenuEntry(
            gettext_lazy("运行病历"),
            "records:running_list",
            "alarm-clock",
            order=45,
            permission=Permission.VIEW_RECORD_CHECKS,
            roles=WATCHERS,
        ),
    ),
    home_cards=home_cards,
)
