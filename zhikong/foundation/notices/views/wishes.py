"""通知设置: how one wants to be told, at once or in the daily digest, and when not."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.notices import actions, queries
from zhikong.foundation.notices.forms import WishesForm
from zhikong.foundation.notices.policies import policies


@login_required
@require_http_methods(["GET", "POST"])
def wishes(request):
    form = WishesForm(
        request.POST or None,
        channel_kinds=queries.personal_kinds(),
        policies=policies(),
        rules=queries.person_rules(user=request.user),
        wishes=queries.wishes_of(user=request.user),
    )
    if request.method == "POST" and form.is_valid() and _saved(form, request.user):
        messages.success(request, _("通知设置已保存。"))
        return redirect("notices:wishes")
    return render(request, "notices/wishes.html", {"form": form, "house": queries.house_rules()})


def _saved(form: WishesForm, user) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():
            actions.save_person_rules(by=user, now=now, **form.person_values())
            actions.save_preferences(by=user, now=now, wishes=form.wish_values())
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
