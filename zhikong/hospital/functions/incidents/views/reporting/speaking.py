"""Where the page without an account is, and what leads there."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Institution

SPEAK = "/speak/"


def speak_url(request: HttpRequest, department: str = "") -> str:
    """The anonymous page of this hospital, for a department's code when there is one.

    The address names a place and never a person; it stands outside Django, so that nothing of the visit is logged.
    """
    institution = Institution.objects.get(pk=current_scope().institution_id)
    said = {"h": institution.code} | ({"d": department} if department and department != "-" else {})
    return f"{SPEAK}?{urlencode(said)}"
