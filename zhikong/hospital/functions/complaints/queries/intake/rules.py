"""Categories, clocks and settings in force: the hospital's own before the packaged ones."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import once
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.complaints.models.intake import VoiceSetting
from zhikong.hospital.functions.complaints.rules_intake_pack import Category, Rules

CODE, STANDARD = "complaint_rules", "standard"


def in_force() -> Rules:
    """The rules of today; raises ValidationError when a hospital has withdrawn them without others."""
    found = once("complaints.rules", lambda: resolve(CODE, STANDARD, on=timezone.localdate()))
    if found is None or found.obj is None:
        raise ValidationError(
            _("没有生效的投诉类别与时限。请在内容库里发布 complaint_rules/standard，再登记投诉。")
        )
    return found.obj


def category_title(code: str) -> str:
    """The category's words; a code that is no longer in force goes by itself."""
    found: Category | None = in_force().category(code)
    return found.title if found else code


def categories() -> list[tuple[str, str]]:
    return [(one.id, one.title) for one in in_force().categories]


def setting() -> VoiceSetting:
    """The hospital's setting; an unsaved one with the house's values when nothing was set."""
    return VoiceSetting.objects.first() or VoiceSetting()
