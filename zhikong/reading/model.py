"""Further proposals by a language model inside the hospital: off unless an address is given, marked, never in a rule's place.

The model is asked by one POST of {"text": …} and answers {"items": [{"kind", "start", "end", …}]} with keys as in
docs/guide/read.md. The text of a plan leaves the machine only to a private address.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
from typing import Any
from urllib.parse import urlsplit

from zhikong.reading.items import KINDS, OPERATORS, PERIODS, UNITS

SECONDS = 120
MOST_BYTES = 5_000_000
MOST_PROPOSALS = 500
CONFIDENCE = 0.3
_WITHIN = ("minute", "hour", "day", "workday", "month")
_WORDS = ("subject", "department", "level", "starts_on", "ends_on")


class NotAsked(Exception):
    """Why the model was not asked or its answer not used, as a Chinese sentence."""


def proposals(text: str, known: list[dict[str, Any]], address: str) -> list[dict[str, Any]]:
    """What a model adds to the items known by rules, in their form, with `source: "model"` and to be reviewed.

    A proposal whose place touches a known item is left out: rules are never replaced. Raises NotAsked.
    """
    answer = _ask(address, text)
    found = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise NotAsked("模型的回答不是约定的格式，没有采用。")
    taken = [(one["start"], one["end"]) for one in known]
    made = (_proposal(one, text) for one in found[:MOST_PROPOSALS])
    return [one for one in made if one and not any(a < one["end"] and one["start"] < b for a, b in taken)]


def _proposal(said: Any, text: str) -> dict[str, Any] | None:
    """One proposal in the form of the reader; None when it is not well formed. Only known keys are taken."""
    if not isinstance(said, dict) or said.get("kind") not in KINDS:
        return None
    start, end = said.get("start"), said.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= min(len(text), start + 400):
        return None
    made: dict[str, Any] = {"kind": said["kind"], "start": start, "end": end, "text": text[start:end]}
    made |= {name: str(said[name])[:200] if said.get(name) else None for name in _WORDS}
    made["subject"] = made["subject"] or ""
    made["operator"] = said.get("operator") if said.get("operator") in OPERATORS else None
    made["value"] = _number(said.get("value"))
    made["unit"] = said.get("unit") if said.get("unit") in UNITS else None
    made["frequency"] = _pair(said.get("frequency"), "count", "per", PERIODS)
    made["within"] = _pair(said.get("within"), "value", "unit", _WITHIN)
    return made | {
        "confidence": CONFIDENCE,
        "needs_review": True,
        "source": "model",
        "why": "由模型提出，请人工核对",
    }


def _number(value: Any) -> float | int | None:
    return value if type(value) in (int, float) and abs(value) < 1e12 else None


def _pair(said: Any, number: str, word: str, words: tuple[str, ...]) -> dict[str, Any] | None:
    if not isinstance(said, dict) or said.get(word) not in words:
        return None
    return {number: _number(said.get(number)), word: said[word]}


def _ask(address: str, text: str) -> Any:
    host, port, path, at = _inside(address)
    body = json.dumps({"text": text}).encode()
    link = http.client.HTTPConnection(
        at, port, timeout=SECONDS
    )  # the address that was checked, not looked up again
    try:
        link.request("POST", path, body, {"Content-Type": "application/json", "Host": f"{host}:{port}"})
        told = link.getresponse()
        raw = told.read(MOST_BYTES + 1)
        if told.status != 200 or len(raw) > MOST_BYTES:
            raise NotAsked(f"模型没有回答（状态 {told.status}），只用规则读出的结果。")
        return json.loads(raw)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotAsked("模型连接不上或回答无法读取，只用规则读出的结果。") from error
    finally:
        link.close()


def _inside(address: str) -> tuple[str, int, str, str]:
    """(host, port, path, its numeric address); raises NotAsked unless every address of the host is private."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError as error:
        raise NotAsked("模型地址不完整，应为 http://院内地址:端口/路径。") from error
    if parts.scheme != "http" or not host or parts.username:
        raise NotAsked("模型地址不完整，应为 http://院内地址:端口/路径。")
    try:
        found = [one[4][0] for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise NotAsked("找不到模型的地址，只用规则读出的结果。") from error
    if not found or not all(map(_private, found)):
        raise NotAsked("模型地址不在院内（不是内网地址），没有发送任何内容。")
    return host, port, parts.path or "/", found[0]


def _private(address: str) -> bool:
    one = ipaddress.ip_address(address.split("%")[0])
    return one.is_private and not (
        one.is_link_local or one.is_unspecified or one.is_multicast or one.is_reserved
    )
