"""One call to the service: JSON over HTTP, patience as set, no redirect followed, nothing secret in an error."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from typing import Any

from zhikong.foundation.suggestions.rules import refusal

LONGEST_ANSWER = 512 * 1024


class NoAnswer(Exception):
    """The service gave no answer; the message is a sentence for the person who asked."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def resolve(host: str) -> list[str]:
    """The IP addresses of a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def complete(address: str, body: dict[str, Any], *, key: str, hosts: Iterable[str], seconds: float) -> Any:
    """The service's answer as JSON. Raises NoAnswer; the address is checked again, for names may move."""
    if told := refusal(address, hosts, resolve):
        raise NoAnswer(told)
    headers = {"Content-Type": "application/json; charset=utf-8"} | (
        {"Authorization": f"Bearer {key}"} if key else {}
    )
    url = address.rstrip("/") + "/chat/completions"
    request = urllib.request.Request(url, json.dumps(body, ensure_ascii=False).encode(), headers)
    try:
        with _opener.open(request, timeout=seconds) as answer:
            return json.loads(answer.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:  # it holds the connection
            raise NoAnswer(f"建议服务返回 HTTP {error.code}，请管理员检查地址、模型名称和密钥。") from None
    except TimeoutError:
        raise NoAnswer(f"建议服务在 {seconds:g} 秒内没有回答，请稍后再试。") from None
    except (OSError, ValueError) as error:
        raise NoAnswer(f"连接不上建议服务（{type(error).__name__}），请管理员检查地址和网络。") from None
