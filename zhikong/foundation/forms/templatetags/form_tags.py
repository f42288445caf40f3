"""Small helps of the pages of forms."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from zhikong.foundation.files import attaching
from zhikong.foundation.forms import presenting
from zhikong.foundation.forms.answers import FILES
from zhikong.foundation.forms.building.words import LOOKS
from zhikong.foundation.forms.definition.model import ItemType
from zhikong.foundation.forms.views.items import FILE_PURPOSE

register = template.Library()
PICTURES = "jpg,png,webp"


@register.filter
def points(value: Decimal | None) -> str:
    """12.5 and 12, never 12.50; — for nothing."""
    return presenting.points(value)


@register.filter
def look(check: str | None) -> str:
    """看现场, 查记录: how the inspector comes to the answer; nothing where the form does not say."""
    return str(LOOKS[check]) if check else ""


@register.filter
def clock(moment: datetime) -> str:
    """14:03 today, else 11-21 14:03, in the hospital's time."""
    local = timezone.localtime(moment)
    return local.strftime("%H:%M" if local.date() == timezone.localdate() else "%m-%d %H:%M")


@register.simple_tag
def control(view, sheet) -> SafeString:
    """The control of an item; disabled in a preview."""
    described = mark_safe(
        f' aria-describedby="status-{view.id}"' + (' aria-invalid="true"' if view.error else "")
    )
    locked = "" if sheet else mark_safe(" disabled")
    context = {"field": view.field, "described": described, "locked": locked, "label": ""}
    return render_to_string("forms/_control.html", context)


@register.simple_tag
def cell_control(field) -> SafeString:
    """The control of one cell of a table; its label stands before it."""
    return render_to_string(
        "forms/_control.html", {"field": field, "described": "", "locked": "", "label": ""}
    )


@register.simple_tag
def sheet_files(view, sheet) -> SafeString:
    """The upload component of an item."""
    is_photo = view.item.type is ItemType.PHOTO
    return attaching.render(
        name=view.id if is_photo else view.id + FILES,
        label=view.item.text,
        purpose=FILE_PURPOSE,
        department_id=sheet.department_id,
        files=view.files,
        accept=PICTURES if is_photo else "",
    )


@register.filter
def at(items, index: int):
    """The text of the item at a place: the heads of a register's columns."""
    return items[index].text
