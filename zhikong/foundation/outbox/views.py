"""What one part of the product told another and could not deliver: try again, or decide that it is not needed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.outbox import actions, queries, registry
from zhikong.foundation.outbox.forms import PassOverForm

RETRYING = 20  # shown; they need nobody


@needs(Permission.MANAGE_MESSAGES)
def index(request):
    page = Paginator(queries.given_up(), 30).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(delivery) for delivery in page],
        "retrying": [_row(delivery) for delivery in queries.retrying()[:RETRYING]],
        "waiting": queries.waiting(),
    }
    return render(request, "outbox/list.html", context)


def _row(delivery):
    name = delivery.announcement.fact
    return {
        "delivery": delivery,
        "fact": registry.title_of(name),
        "taker": registry.taker_of(name, delivery.subscriber),
        "ids": "，".join(f"{key} = {value}" for key, value in delivery.announcement.payload.items())[:160],
        "behind": queries.behind(delivery),
    }


@needs(Permission.MANAGE_MESSAGES)
@require_POST
def retry(request, pk: int):
    delivery = get_object_or_404(queries.undelivered(), pk=pk)
    try:
        actions.retry(by=request.user, now=timezone.now(), delivery=delivery)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已放回队列，一分钟内重新送达。"))
    return redirect("outbox:list")


@needs(Permission.MANAGE_MESSAGES)
@require_http_methods(["GET", "POST"])
def pass_over(request, pk: int):
    delivery = get_object_or_404(queries.given_up(), pk=pk)
    form = PassOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.pass_over(by=request.user, now=timezone.now(), delivery=delivery, **form.cleaned_data)
        messages.success(request, _("已放弃送达，理由已记下。"))
        return redirect("outbox:list")
    return render(request, "outbox/pass_over.html", {"form": form, **_row(delivery)})
