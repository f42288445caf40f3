"""One call to a service: JSON over HTTP, short patience, no redirect followed, nothing secret in an error."""

import json
import urllib.error
import urllib.request
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from zhikong.foundation.notices.adapters.base import SendFailed

PATIENCE = 10  # seconds
LONGEST_ANSWER = 64 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def call(url: str, payload: dict[str, Any] | None = None, *, key: str = "") -> dict[str, Any]:
    """POST the payload (or GET without one) and give the answer's JSON object; raises SendFailed."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if key:
        headers["Idempotency-Key"] = key
    body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
    if not url.startswith(("https://", "http://")):
        raise SendFailed("网关地址应以 https:// 开头。")
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            return _object(answer.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:  # it holds the connection
            raise SendFailed(f"对方返回 HTTP {error.code}。", _asked_pause(error)) from None
    except (OSError, ValueError) as error:  # no network, no name, time out, no JSON
        raise SendFailed(f"连接不上对方（{type(error).__name__}），请检查网关地址和网络。") from None


def _asked_pause(error: urllib.error.HTTPError) -> timedelta | None:
    if error.code != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    said = error.headers.get("Retry-After") or ""
    return timedelta(seconds=int(said)) if said.isdecimal() and len(said) < 6 else timedelta(minutes=10)


def _object(body: bytes) -> dict[str, Any]:
    answer = json.loads(body)
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return answer
