"""Pages of feeds: one feed with what came by it, setting it up, stopping it, reading again, raw input."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import raw, raw_keys, raw_retention
from zhikong.hospital.functions.datasources import feed_actions, feed_queries, feeds, replaying, rules
from zhikong.hospital.functions.datasources.feed_forms import (
    FeedForm,
    HoldForm,
    KindForm,
    PurposeForm,
    ReceiptFilter,
    ReplayForm,
)
from zhikong.hospital.functions.datasources.mappings import mappings
from zhikong.hospital.functions.datasources.models import Feed, Receipt

ACTS = {"pause": feed_actions.pause, "resume": feed_actions.resume, "run": feed_actions.run_now}


@require_GET
@needs(Permission.MANAGE_DATA)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One feed: how it fares, what came by it, its loads."""
    feed = get_object_or_404(Feed, code=code)
    form = ReceiptFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = feed_queries.receipts(feed, state=chosen.get("state", ""), text=chosen.get("q", ""))
    loads = feed_queries.recent_loads(feed)
    mapping = mappings().get(feed.mapping)
    context = {
        "feed": feed,
        "standing": feed_queries.standing(feed, timezone.now()),
        "mapping": mapping.mapping.name if mapping else feed.mapping,
        "schedule": rules.schedule_words(feed.schedule),
        "counts": feed_queries.receipt_counts(feed),
        "kept": feed_queries.kept(feed),
        "form": form,
        "filtered": any(chosen.values()),
        "page": Paginator(found, 30).get_page(request.GET.get("page")),
        "loads": loads,
        "in_progress": any(load.state in feed_queries.IN_PROGRESS for load in loads),
        "replay_form": ReplayForm(),
    }
    return render(request, "datasources/feed.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def create(request: HttpRequest) -> HttpResponse:
    """Set up a feed: first its kind, then what the kind needs."""
    kind = feeds.kinds().get(request.GET.get("kind", ""))
    if kind is None or kind.code == Feed.Kind.FILE:
        return render(request, "datasources/feed_kind.html", {"form": KindForm(initial=_first_kind())})
    return _edit(request, kind, None)


def _first_kind() -> dict:
    known = feeds.kinds()
    return {"kind": next((code for code in Feed.Kind.values if code in known and code != "file"), None)}


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a feed's name, mapping, schedule, retention and the settings of its kind."""
    feed = get_object_or_404(Feed, code=code)
    return _edit(request, feeds.kind_of(feed), feed)


def _edit(request: HttpRequest, kind: feeds.Kind, feed: Feed | None) -> HttpResponse:
    form = FeedForm(request.POST or None, kind=kind, feed=feed)
    own = _settings_form(request, kind, feed)
    valid = request.method == "POST" and all([form.is_valid(), own is None or own.is_valid()])
    if valid:
        try:
            saved = _save(request, kind, feed, form, own)
        except ValidationError as error:
            form.add_error(None if "code" not in getattr(error, "error_dict", {}) else "code", error.messages)
        else:
            messages.success(request, _("已保存 %(title)s。") % {"title": saved.title})
            return redirect("datasources:feed", code=saved.code)
    context = {"form": form, "own": own, "kind": kind, "feed": feed}
    status = 422 if request.method == "POST" else 200
    return render(request, "datasources/feed_edit.html", context, status=status)


def _settings_form(request: HttpRequest, kind: feeds.Kind, feed: Feed | None):
    if kind.settings_form is None:
        return None
    initial = dict(feed.settings) if feed else {}
    return kind.settings_form(request.POST or None, initial=initial, prefix="own")


def _save(request: HttpRequest, kind: feeds.Kind, feed: Feed | None, form: FeedForm, own) -> Feed:
    given = dict(own.cleaned_data) if own else {}
    secrets = {name: given.pop(name) for name in getattr(own, "secrets", ()) if name in given}
    found = form.cleaned_data
    values = {
        "by": request.user,
        "now": timezone.now(),
        "title": found["title"],
        "mapping": found.get("mapping", ""),
        "settings": {**given, **form.common_settings()},
        "secrets": {name: value for name, value in secrets.items() if value},
        "schedule": form.schedule(),
        "retention_days": found["retention_days"],
    }
    if feed is None:
        return feed_actions.create(code=found["code"], kind=kind.code, **values)
    return feed_actions.change(feed, **values)


@require_POST
@needs(Permission.MANAGE_DATA)
def act(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """Pause, go on, run now."""
    feed = get_object_or_404(Feed, code=code)
    try:
        ACTS[what](feed, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        said = {
            "pause": _("%(title)s 已暂停，期间收到的内容会留着等待处理。"),
            "resume": _("%(title)s 已恢复。"),
            "run": _("%(title)s 即将运行，本页会自动更新。"),
        }
        messages.success(request, said[what] % {"title": feed.title})
    return redirect(_back(request, feed))


def _back(request: HttpRequest, feed: Feed) -> str:
    """To the page that the button stands on."""
    at_list = request.POST.get("from") == "list"
    return reverse("datasources:list") if at_list else reverse("datasources:feed", args=[feed.code])


@require_POST
@needs(Permission.MANAGE_DATA)
def replay(request: HttpRequest, code: str) -> HttpResponse:
    """Read again from raw input: one receipt (?receipt=), or a period."""
    feed = get_object_or_404(Feed, code=code)
    form, number = ReplayForm(request.POST), request.POST.get("receipt", "")
    receipt = get_object_or_404(Receipt, feed=feed, pk=number) if number.isdecimal() else None
    try:
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        period = {} if receipt else form.period()
        count = replaying.replay(feed, by=request.user, now=timezone.now(), receipt=receipt, **period)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, _("%(n)d 份原始数据将按当前映射重新读入。") % {"n": count})
    return redirect("datasources:feed", code=feed.code)


# ---- raw input -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_DATA)
def raw_input(request: HttpRequest, pk: int) -> HttpResponse:
    """What is kept of a receipt; the content itself for whom may read it and says what for."""
    receipt = get_object_or_404(Receipt.objects.select_related("feed", "raw"), pk=pk)
    form, problem = PurposeForm(request.POST or None), ""
    if request.method == "POST":
        require(request.user, Permission.READ_RAW)
    if request.method == "POST" and form.is_valid():
        try:
            raw.verify(receipt.raw)  # what is damaged is said on a page, not in the middle of a file
            opened = raw.open_raw(
                receipt.raw, by=request.user, now=timezone.now(), purpose=form.cleaned_data["purpose"]
            )
        except (raw.RawProblem, raw_keys.KeyMissing) as found:
            problem = str(found)
        else:
            return _download(receipt, opened)
    context = {"receipt": receipt, "form": form, "problem": problem, "holds": _holds(receipt)}
    context |= {"hold_form": HoldForm(), "may_hold": can(request.user, Permission.HOLD_FILES)}
    context["may_read_raw"] = can(request.user, Permission.READ_RAW)
    status = 422 if form.errors or problem else 200
    return render(request, "datasources/raw.html", context, status=status)


def _holds(receipt: Receipt) -> list:
    return list(receipt.raw.holds.filter(released_at=None).select_related("placed_by"))


def _download(receipt: Receipt, opened) -> HttpResponse:
    answer = StreamingHttpResponse(
        iter(lambda: opened.read(64 * 1024), b""), content_type="application/octet-stream"
    )
    name = receipt.name or f"{receipt.feed.code}-{receipt.seq}"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Content-Length"] = receipt.size
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@needs(Permission.HOLD_FILES)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """封存 of the raw input behind a receipt, or its end."""
    receipt = get_object_or_404(Receipt.objects.select_related("feed", "raw"), pk=pk)
    now = timezone.now()
    try:
        if "release" in request.POST:
            raw_retention.release(receipt.raw, by=request.user, now=now)
        else:
            raw_retention.hold(receipt.raw, by=request.user, now=now, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("datasources:raw", pk=receipt.pk)
