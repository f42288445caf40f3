"""What forms show of themselves elsewhere."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms import queries
from zhikong.web.panels import MenuEntry, Panel, SearchHit

MOST_HITS = 8


def _search(request, query: str) -> list[SearchHit]:
    """Forms by title, sheets by number; answers are searched in the register of their form."""
    today = timezone.localdate()
    forms = [
        SearchHit(form.title, reverse("forms:register", args=[form.id]), _("表单"), note=form.obj.purpose)
        for form in queries.forms_to_see(request.user, on=today)
        if query.casefold() in form.title.casefold()
    ]
    sheets = [
        SearchHit(
            str(sheet),
            reverse("forms:view", args=[sheet.pk]),
            _("已填的表"),
            sheet.department_name,
            sheet.opened_at,
        )
        for sheet in queries.numbered(query)[:MOST_HITS]
    ]
    return [*forms[:MOST_HITS], *sheets]


PANEL = Panel(
    search=_search,
    menu=(MenuEntry(_("表单填写"), "forms:list", "clipboard-list", order=45),),
)
