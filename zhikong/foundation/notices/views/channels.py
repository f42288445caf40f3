"""消息通道: the administrator's page of the ways out of the house."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.notices import actions, forms, queries
from zhikong.foundation.notices.adapters import ADAPTERS
from zhikong.foundation.notices.jobs import push_soon
from zhikong.foundation.notices.limits import LIMITS
from zhikong.foundation.notices.models import Message
from zhikong.foundation.notices.policies import policies


@needs(Permission.MANAGE_MESSAGES)
@require_GET
def channel_list(request):
    rows = [
        {
            "channel": channel,
            "adapter": ADAPTERS[channel.kind],
            "messages": queries.latest_messages(channel, 3),
            "form": forms.TestForm(initial={"address": _own_address(request.user, channel.kind)}, prefix=f"c{channel.pk}"),
        }
        for channel in queries.channels()
        if channel.kind in ADAPTERS
    ]  # fmt: skip
    dead = Paginator(queries.given_up(), 20).get_page(request.GET.get("page"))
    context = {"rows": rows, "dead": dead, "adapters": ADAPTERS.values(), "house": queries.house_rules()}
    return render(request, "notices/channels.html", context)


def _own_address(user, kind: str) -> str:
    return queries.person_rules(user=user).addresses.get(kind, "")


@needs(Permission.MANAGE_MESSAGES)
@require_http_methods(["GET", "POST"])
def channel_new(request, kind: str):
    if kind not in ADAPTERS:
        raise Http404
    return _edit(request, kind, None)


@needs(Permission.MANAGE_MESSAGES)
@require_http_methods(["GET", "POST"])
def channel_edit(request, pk: int):
    channel = get_object_or_404(queries.channels(), pk=pk)
    return _edit(request, channel.kind, channel)


def _edit(request, kind: str, channel):
    adapter = ADAPTERS[kind]
    form = forms.ChannelForm(request.POST or None, adapter=adapter, channel=channel)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_channel(
                by=request.user, now=timezone.now(), channel=channel, kind=kind, **form.action_values()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("通道已保存。请发送一条测试消息确认接通。"))
            return redirect("notices:channels")
    context = {"form": form, "adapter": adapter, "channel": channel, "limits": LIMITS.get(kind, ())}
    return render(request, "notices/channel.html", context)


@needs(Permission.MANAGE_MESSAGES)
@require_POST
def channel_test(request, pk: int):
    channel = get_object_or_404(queries.channels(), pk=pk)
    address = request.POST.get(f"c{pk}-address", "")
    try:
        actions.send_test(by=request.user, now=timezone.now(), channel=channel, address=address)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        push_soon(channel.institution_id)
        messages.success(request, _("测试消息已交给后台发送，几秒后刷新本页看结果。"))
    return redirect("notices:channels")


@needs(Permission.MANAGE_MESSAGES)
@require_POST
def message_retry(request, pk: int):
    message = get_object_or_404(Message, pk=pk)
    try:
        actions.retry_message(by=request.user, now=timezone.now(), message=message)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        push_soon(message.institution_id)
        messages.success(request, _("已放回队列，马上重新发送。"))
    return redirect("notices:channels")


@needs(Permission.MANAGE_MESSAGES)
@require_http_methods(["GET", "POST"])
def house_rules(request):
    known = queries.house_rules()
    initial = {name: getattr(known, name) for name in forms.HouseRulesForm.base_fields}
    form = forms.HouseRulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_house_rules(by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("notices:channels")
    return render(request, "notices/house_rules.html", {"form": form})


@needs(Permission.MANAGE_MESSAGES)
@require_http_methods(["GET", "POST"])
def kind_list(request):
    """What is urgent, what nobody may switch off, what may be announced outside."""
    holding = policies()
    if request.method == "POST":
        for code in holding:
            flags = {name: f"{code}-{name}" in request.POST for name in ("urgent", "mandatory", "outside")}
            if flags != {name: getattr(holding[code], name) for name in flags}:
                actions.decide_kind(by=request.user, now=timezone.now(), kind=code, **flags)
        messages.success(request, _("已保存。"))
        return redirect("notices:kinds")
    return render(request, "notices/kinds.html", {"kinds": holding.values()})
