"""The wizard's door sign: in the menu and on the home page until the first brief stands."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.hospital.overviews.starting.queries import standing
from zhikong.hospital.overviews.starting.rules.steps import State
from zhikong.hospital.overviews.starting.views import may_open
from zhikong.web.panels import CardRow, HomeCard, Panel


def home_cards(request) -> list[HomeCard]:
    """The steps that are not over, for those who set the house up; nothing once the first brief stands."""
    if not may_open(request.user) or standing.finished():
        return []
    steps = standing.steps(now=timezone.now())
    left = [one for one in steps if one.state in (State.NOT_BEGUN, State.UNDER_WAY)]
    title = _("启用向导：%(done)d/%(all)d 步") % {"done": len(steps) - len(left), "all": len(steps)}
    return [
        HomeCard(
            title,
            tuple(_row(one) for one in left[:5]),
            order=1,
            url=reverse("starting:index"),
            url_label=_("打开向导"),
            empty=_("各步都已完成，可以生成首月简报。"),
        )
    ]


def _row(one: standing.StepShown) -> CardRow:
    trouble = next((t.text for t in one.troubles if t.blocks), "")
    return CardRow(one.title, f"{reverse('starting:index')}#{one.key}", state=one.tone, word=one.word, detail=trouble)  # fmt: skip


PANEL = Panel(home_cards=home_cards)
