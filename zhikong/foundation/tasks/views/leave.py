"""请假代理: who has my tasks while I am away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.tasks import actions, queries
from zhikong.foundation.tasks.forms import HandOverForm
from zhikong.foundation.tasks.models import HandOver
from zhikong.foundation.tasks.views.showing import colleagues


@login_required
@require_http_methods(["GET", "POST"])
def leave(request):
    today, user = timezone.localdate(), request.user
    for_others = can(user, Permission.MANAGE_ACCOUNTS, whole_hospital=True)
    form = HandOverForm(
        request.POST or None, people=colleagues(user), for_others=for_others, initial={"from_on": today}
    )
    if request.method == "POST" and form.is_valid() and _made(request, form):
        return redirect("tasks:leave")
    all_of_them = queries.hand_overs_in_force(on=today) if for_others else ()
    context = {
        "form": form,
        "leaves": queries.hand_overs_of(user=user, on=today),
        "others": [one for one in all_of_them if user.pk not in (one.user_id, one.deputy_id)],
        "away": list(queries.away_tasks(user=user)),
    }  # fmt: skip
    return render(request, "tasks/leave.html", context)


def _made(request, form: HandOverForm) -> bool:
    given = {**form.cleaned_data, "user": form.cleaned_data.get("user") or request.user}
    try:
        made, passed = actions.hand_over(by=request.user, now=timezone.now(), **given)
    except (ValidationError, PermissionDenied) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        return False
    begun = _("已转交 %(n)d 项待办。") % {"n": passed.moved} if made.covers(timezone.localdate()) else ""
    messages.success(
        request, _("已设好：%(who)s 代理到 %(day)s。") % {"who": made.deputy, "day": made.to_on} + begun
    )
    if passed.stayed:
        text = _("%(n)d 项仍在本人名下，因为代理人看不到那个科室：%(titles)s")
        titles = "；".join(passed.stayed[:5])
        messages.warning(request, text % {"n": len(passed.stayed), "titles": titles})
    return True


@login_required
@require_POST
def end_leave(request, pk: int):
    made = get_object_or_404(HandOver.objects.select_related("user", "deputy"), pk=pk, ended_at=None)
    number = actions.end_hand_over(made, by=request.user, now=timezone.now())
    messages.success(
        request, _("代理已结束，%(n)d 项待办回到 %(who)s 名下。") % {"n": number, "who": made.user}
    )
    return redirect("tasks:leave")
