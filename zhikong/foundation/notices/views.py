"""One's own notices. Opening one is the receipt."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.notices import actions, queries


@login_required
@require_GET
def inbox(request):
    unread_only = request.GET.get("show") == "unread"
    receipts = queries.inbox(user=request.user, unread_only=unread_only)
    page = Paginator(receipts, 30).get_page(request.GET.get("page"))
    unread = queries.unread_count(user=request.user)
    context = {"page": page, "unread_only": unread_only, "unread": unread}
    return render(request, "notices/list.html", context)


@login_required
@require_GET
def detail(request, pk: int):
    """pk: the notice's. Only those who received it may open it; the sender sees who has read it."""
    receipt = get_object_or_404(queries.inbox(user=request.user), notice_id=pk)
    actions.mark_read(receipt, by=request.user, now=timezone.now())
    notice = receipt.notice
    context = {"notice": notice, "count": queries.read_count(notice), "receipts": queries.receipts(notice)}
    return render(request, "notices/detail.html", context)


@login_required
@require_POST
def read_all(request):
    number = actions.mark_all_read(by=request.user, now=timezone.now())
    messages.success(request, _("已把 %(n)d 条通知标为已读。") % {"n": number})
    return redirect("notices:list")
