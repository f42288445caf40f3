"""Signing with the password, a few tries a minute: a session left open must not be a place to guess it."""

from __future__ import annotations

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms import actions
from zhikong.foundation.forms.models import Sheet

TOO_OFTEN = "密码试得太多次了，请过几分钟再签。"


def attempt(request, sheet: Sheet, item_id: str) -> dict[str, str]:
    """Sign the item with the posted password; gives the error by item, or nothing when it is signed."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return {item_id: _(TOO_OFTEN)}
    password = request.POST.get(f"password__{item_id}", "")
    try:
        with transaction.atomic():
            actions.sign(sheet, by=request.user, now=timezone.now(), item=item_id, password=password)
    except ValidationError as refused:
        return {item_id: refused.messages[0]}
    return {}
