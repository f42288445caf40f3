"""Files on their way in and out. Out: as a download, sandboxed; only pictures that we wrote ourselves in a page."""

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.files import actions, attaching, queries, uploads
from zhikong.foundation.files.actions.reading import Unreadable
from zhikong.foundation.files.models import File
from zhikong.foundation.files.rules import KINDS

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
EXPIRED = "页面打开得太久，或上传地址不对。请刷新页面后再上传。"


@csrf_exempt  # the token stands in the body, which must not be read before the limit is set: checked below
@login_required
@require_POST
def upload(request):
    """Take the files of one attach component; answers with a list item for each, stored or refused."""
    uploads.limit(request)
    return _upload(request)


@csrf_protect
def _upload(request):
    try:
        note = attaching.unsign(request.POST.get("token", ""))
    except signing.BadSignature:
        return render(request, "files/refused.html", {"problems": [_(EXPIRED)]}, status=422)
    stored, problems = [], [uploads.too_large_sentence(name) for name in uploads.dropped(request)]
    given = request.FILES.getlist("file")
    if len(given) > uploads.MOST_FILES:
        given, problems = [], [_("一次最多上传 %(n)d 个文件。") % {"n": uploads.MOST_FILES}]
    for one in given:
        try:
            stored.append(_store(request, note, one))
        except ValidationError as error:
            problems += error.messages
    if not stored and not problems:
        problems = [_("没有收到文件。请选择文件后再上传。")]
    context = {"name": note.name, "files": stored, "problems": problems}
    return render(request, "files/uploaded.html", context, status=200 if stored else 422)


def _store(request, note: attaching.Note, one) -> File:
    return actions.store(
        by=request.user,
        now=timezone.now(),
        upload=one,
        department_id=note.department_id,
        purpose=note.purpose,
        retention=note.retention,
    )


@login_required
@require_GET
def download(request, pk: int):
    """The content as a download under its own name."""
    return _serve(request, pk, inline=False)


@login_required
@require_GET
def picture(request, pk: int):
    """A picture in full size in the page; anything else is downloaded."""
    return _serve(request, pk, inline=True)


@login_required
@require_GET
def thumbnail(request, pk: int):
    """The small picture of a picture."""
    file = find(pk)
    try:
        content = actions.thumbnail(file, by=request.user, now=timezone.now())
    except (Unreadable, ValidationError):
        return HttpResponse(status=404)
    if content is None:
        raise Http404
    return _answer(file, content, None, inline=True)


def _serve(request, pk: int, *, inline: bool):
    file = find(pk)
    try:
        content = actions.read(file, by=request.user, now=timezone.now(), purpose=file.purpose)
    except ValidationError as error:
        return _unavailable(request, file, error.messages[0], status=403)
    except Unreadable as problem:
        return _unavailable(request, file, str(problem), status=404)
    return _answer(file, content, file.size, inline=inline and file.is_image)


def find(pk: int) -> File:
    """The file, or 404 when it is not in scope."""
    file = queries.file(pk)
    if file is None:
        raise Http404
    return file


def _answer(file: File, content, size: int | None, *, inline: bool) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(content, content_type=_media_type(file))
    if size is not None:
        answer["Content-Length"] = str(size)
    answer["Content-Disposition"] = content_disposition_header(not inline, file.name)
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _media_type(file: File) -> str:
    """Text never says that it is a page, whatever stands in it; it is read as UTF-8 or as the reader decides."""
    return KINDS[file.kind].types[0]


def _unavailable(request, file: File, why: str, *, status: int):
    context = {
        "what": _("文件“%(name)s”没有打开。") % {"name": file.name},
        "why": why,
        "remedy": _("可以请上传人重新上传；系统管理员在“文件存储”页能看到这个问题。"),
    }
    return render(request, "files/unavailable.html", context, status=status)
