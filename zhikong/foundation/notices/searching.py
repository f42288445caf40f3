"""What the search finds among one's own notices."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.notices import queries
from zhikong.foundation.search.rules import holding
from zhikong.web.panels import SearchHit


def hits(request, q: str) -> Iterable[SearchHit]:
    """One's own notices by title, the newest first; a text may name a patient and is not searched."""
    found = queries.inbox(user=request.user).filter(**holding("notice__title", q))
    for receipt in found.order_by("-notice_id")[:6]:
        notice = receipt.notice
        yield SearchHit(
            notice.title,
            reverse("notices:detail", args=[notice.pk]),
            _("通知"),
            note=str(notice.sent_by or _("系统")),
            at=notice.sent_at,
        )
