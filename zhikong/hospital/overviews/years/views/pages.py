"""The front door, and what the pages share."""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.overviews.years.queries.letters import keeps


@require_GET
@needs(Permission.VIEW_PLANS)
def index(request: HttpRequest) -> HttpResponse:
    """To what the reader has to do with: the roll-over, letters to sign, or the summaries."""
    if keeps(request.user):
        return redirect("years:roll_overs")
    return redirect("years:letters" if can(request.user, Permission.SIGN_LETTERS) else "years:summaries")


def tabs(request: HttpRequest, here: str) -> dict:
    """The tabs that a reader has, for the templates."""
    found = [
        ("roll_overs", _("年度结转"), keeps(request.user)),
        ("letters", _("责任状"), True),
        ("summaries", _("工作总结"), True),
        ("books", _("记录本"), True),
    ]
    return {
        "tabs": [(f"years:{name}", title, name == here) for name, title, open_ in found if open_],
        "keeps": keeps(request.user),
    }


def tried(request: HttpRequest, done: str, what: Callable):
    """What an action gives, or None when it refuses; either is told on the next page."""
    try:
        made = what()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    messages.success(request, done % {"n": made} if isinstance(made, int) else done)
    return made if made is not None else True


def file(data: bytes, content_type: str, name: str, plain: str) -> HttpResponse:
    """A download. name: as people read it; plain: in ASCII for old clients."""
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return answer
