"""One's own notices, and what one has sent. Opening one is the receipt."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.notices import actions, kinds, queries
from zhikong.foundation.notices.models import Notice


@login_required
@require_GET
def inbox(request):
    unread_only = request.GET.get("show") == "unread"
    receipts = queries.inbox(user=request.user, unread_only=unread_only)
    page = Paginator(receipts, 30).get_page(request.GET.get("page"))
    for receipt in page:
        receipt.kind_title = kinds.kind(receipt.notice.kind).title
    unread = queries.unread_count(user=request.user)
    context = {"page": page, "unread_only": unread_only, "unread": unread}
    return render(request, "notices/list.html", context)


@login_required
@require_GET
def detail(request, pk: int):
    """pk: the notice's. Those who received it and its sender may open it; both see who has read it."""
    receipt = queries.inbox(user=request.user).filter(notice_id=pk).first()
    if receipt is not None:
        actions.mark_read(receipt, by=request.user, now=timezone.now())
        notice = receipt.notice
    else:
        notice = get_object_or_404(Notice.objects.select_related("sent_by"), pk=pk, sent_by=request.user)
    count = queries.read_count(notice)
    context = {
        "notice": notice,
        "kind": kinds.kind(notice.kind),
        "count": count,
        "receipts": queries.receipts(notice),
        "may_remind": notice.sent_by_id == request.user.pk and count.read < count.sent,
    }
    return render(request, "notices/detail.html", context)


@login_required
@require_POST
def remind(request, pk: int):
    """The sender asks those who have not read it."""
    notice = get_object_or_404(Notice, pk=pk, sent_by=request.user)
    try:
        number = actions.remind_unread(notice, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已催阅 %(n)d 人。") % {"n": number})
    return redirect("notices:detail", pk)


@login_required
@require_GET
def sent(request):
    """What one has sent, and how many have read it."""
    page = Paginator(queries.sent(user=request.user), 30).get_page(request.GET.get("page"))
    return render(request, "notices/sent.html", {"page": page})


@login_required
@require_POST
def read_all(request):
    number = actions.mark_all_read(by=request.user, now=timezone.now())
    messages.success(request, _("已把 %(n)d 条通知标为已读。") % {"n": number})
    return redirect("notices:list")
