"""What this half of the function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.record_reviews.queries.sampling import exhibits, plans, themes
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel


def home_cards(request) -> list[HomeCard]:
    """What waits: samples without reviewers, exhibits without approval; and the theme of the month."""
    may_assign = can(request.user, Permission.ASSIGN_REVIEWS)
    may_judge = can(request.user, Permission.ARBITRATE_REVIEWS)
    if not may_assign and not may_judge:
        return []
    rows = [*_waiting(may_assign, may_judge), *_theme()]
    if not rows:
        return []
    url = "record_reviews:samples" if may_assign else "record_reviews:exhibits"
    return [
        HomeCard(
            title=_("病历抽样与展评"),
            rows=tuple(rows),
            order=58,
            url=reverse(url),
            url_label=_("全部"),
        )
    ]


def _waiting(may_assign: bool, may_judge: bool) -> list[CardRow]:
    rows = []
    if may_assign and (count := plans.waiting_samples()):
        rows.append(
            CardRow(
                text=_("%(n)d 个样本已抽取，等分派评审") % {"n": count},
                url=reverse("record_reviews:samples"),
                state="warn",
                word=_("待分派"),
            )
        )
    if may_judge and (count := exhibits.waiting()):
        rows.append(
            CardRow(
                text=_("%(n)d 份展品等审批") % {"n": count},
                url=reverse("record_reviews:exhibits"),
                state="warn",
                word=_("待审批"),
            )
        )
    return rows


def _theme() -> list[CardRow]:
    from django.utils import timezone

    theme = themes.of_month(timezone.localdate().month)
    if theme is None:
        return []
    text = _("本月主题：%(title)s") % {"title": theme.title}
    return [CardRow(text=text, url=reverse("record_reviews:record_themes"))]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("抽样与展评"),
            "record_reviews:samples",
            "dices",
            order=46,
            permission=Permission.ASSIGN_REVIEWS,
        ),
        MenuEntry(
            gettext_lazy("病历展示"),
            "record_reviews:exhibits",
            "presentation",
            order=47,
            permission=Permission.VIEW_RECORD_CHECKS,
            roles=("medical_affairs", "department_head", "qc_officer", "physician", "hospital_leader"),
        ),
    ),
    home_cards=home_cards,
)
