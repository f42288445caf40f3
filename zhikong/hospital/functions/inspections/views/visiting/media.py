"""Photos and voice notes of a phone: pieces in, the picture out."""

from __future__ import annotations

import json
from urllib.parse import unquote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from zhikong.foundation.files import actions as files
from zhikong.foundation.files.actions.reading import Unreadable
from zhikong.foundation.files.images.guarded import LARGEST_SIDE
from zhikong.foundation.files.rules import KINDS, Kind
from zhikong.hospital.functions.inspections.actions.visiting import blurring, uploading
from zhikong.hospital.functions.inspections.models.visiting import Media
from zhikong.hospital.functions.inspections.queries.visiting import media as queries
from zhikong.hospital.functions.inspections.rules_sync import PIECE, Malformed, uuid
from zhikong.hospital.functions.inspections.views.visiting.answering import (
    Refused,
    api,
    body_of,
    refusal,
    said,
    visit_of,
)

PURPOSE = "在手机上查看检查照片"


@api("PUT", "POST", "GET")
def piece(request: HttpRequest, media_id: str) -> HttpResponse:
    """PUT takes a piece; GET says how much stands here."""
    wanted = uuid(str(media_id), "id")
    if request.method == "GET":
        return said(_standing(_found(request, wanted)))
    try:
        row = _receive(request, wanted)
    except uploading.TooLarge as refused:
        most, why = uploading.most_bytes(request.headers["X-Kind"]), " ".join(refused.messages)
        return refusal(413, "too_large", why, max_bytes=most, max_side=LARGEST_SIDE)
    except uploading.OutOfStep as where:
        return refusal(409, "offset", "请从已收到的地方继续。", received=where.received)
    return refusal(422, "refused", row.why) if row.why else said(_standing(row))


def _receive(request: HttpRequest, media_id: str) -> Media:
    announced = uploading.Announced(
        media_id=media_id,
        kind=request.headers.get("X-Kind", ""),
        total=_whole(request, "X-Total"),
        name=_name(request),
        type=request.headers.get("X-Type", "")[:80],
        device_id=_device(request),
        wish=_wish(request),
    )
    return uploading.receive(
        visit_of(request, _whole(request, "X-Visit")),
        announced,
        by=request.user,
        now=timezone.now(),
        offset=_whole(request, "X-Offset"),
        content=body_of(request, PIECE),
    )


def _standing(row: Media) -> dict:
    done = row.file_id is not None
    received = row.total if done else row.received
    return {"received": received, "total": row.total, "done": done, "file": row.file_id, "why": row.why}


def _found(request: HttpRequest, media_id: str) -> Media:
    row = queries.one(media_id)
    if row is None or not queries.inspected_by(request.user, row.visit_id):
        raise Refused(refusal(404, "unknown_media", "服务器上没有这张照片或录音。"))
    return row


def _whole(request: HttpRequest, name: str) -> int:
    said_there = request.headers.get(name, "")
    if not said_there.isdecimal() or len(said_there) > 15:
        raise Malformed(f"{name} 应当是不小于 0 的整数。")
    return int(said_there)


def _name(request: HttpRequest) -> str:
    """Headers are Latin-1; a Chinese file name comes percent-encoded, or is left out."""
    return unquote(request.headers.get("X-Name", ""))[:120]


def _device(request: HttpRequest) -> str | None:
    given = request.headers.get("X-Device", "")
    return uuid(given, "X-Device") if given else None


def _wish(request: HttpRequest):
    given = request.headers.get("X-Blur", "")
    if not given:
        return None
    try:
        wish = json.loads(given[:8000])
    except ValueError:
        raise Malformed("X-Blur 不是 JSON。") from None
    blurring.regions_of(wish)
    return wish


@api("GET")
def picture(request: HttpRequest, media_id: str) -> HttpResponse:
    """The picture or sound as it stands, for the visit's inspectors; each look leaves a trace."""
    row = _found(request, uuid(str(media_id), "id"))
    if row.file is None:
        raise Refused(refusal(404, "unknown_media", "还没有传完。"))
    now, small = timezone.now(), bool(request.GET.get("small"))
    try:
        content = files.thumbnail(row.file, by=request.user, now=now) if small else None
        content = content or files.read(row.file, by=request.user, now=now, purpose=PURPOSE)
    except (Unreadable, PermissionDenied) as problem:
        raise Refused(refusal(404, "unreadable", str(problem))) from problem
    answer = StreamingHttpResponse(content, content_type=KINDS[Kind(row.file.kind)].types[0])
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
