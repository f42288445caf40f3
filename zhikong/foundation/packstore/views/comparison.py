"""The three-way comparison after a new package changed what a version is based on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.packstore import actions, kinds, listing, queries, shelf
from zhikong.foundation.packstore.models import Upgrade


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def compare(request, pk: int):
    """Choose field by field; the result is a draft that goes through review."""
    upgrade = get_object_or_404(Upgrade.objects.select_related("version", "settled_by", "draft"), pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                return _settle(request, upgrade)
        except ValidationError as error:
            refusal = "；".join(error.messages)
            upgrade = get_object_or_404(Upgrade, pk=pk)
    return render(request, "packstore/compare.html", _context(request, upgrade, refusal))


def _settle(request, upgrade: Upgrade):
    now = timezone.now()
    if not upgrade.new_hash:
        keep = request.POST.get("gone") == "keep"
        actions.settle_gone(upgrade, by=request.user, now=now, keep_ours=keep)
        messages.success(request, _("已处理：%(outcome)s。") % {"outcome": upgrade.outcome})
        return redirect("packstore:version", upgrade.version_id)
    choices = {
        name.removeprefix("field:"): side for name, side in request.POST.items() if name.startswith("field:")
    }
    draft = actions.settle_upgrade(upgrade, by=request.user, now=now, choices=choices)
    messages.success(request, _("已形成新的草稿，请核对后送审。"))
    return redirect("packstore:version", draft.pk)


def _context(request, upgrade: Upgrade, refusal: str) -> dict:
    version = upgrade.version
    there = bool(upgrade.new_hash) and queries.new_base(upgrade) is not None
    rows = listing.three_way(upgrade) if there and upgrade.settled_at is None else []
    typed = {name: side for name, side in request.POST.items() if name.startswith("field:")}
    return {
        "upgrade": upgrade,
        "version": version,
        "kind": kinds.get(version.kind),
        "pack": shelf.pack_name(upgrade.new_pack or version.base_pack),
        "rows": [(row, typed.get(f"field:{row.name}", row.default)) for row in rows],
        "conflicts": sum(row.conflict for row in rows),
        "there": there,
        "open": queries.open_version(version.kind, version.definition_id),
        "refusal": refusal,
    }
