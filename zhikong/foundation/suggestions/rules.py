"""Which addresses may be asked, what is sent, and what of an answer can stand: pure logic."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from zhikong.intake.deidentifying import deidentify

MOST_CHARACTERS = 12_000
MOST_SUGGESTIONS = 20
SHORTEST_QUOTE = 4
ASKED_FOR = ("34", "37", "39", "40", "44", "46", "47", "48", "49", "50", "51", "38")
"""Types of documents (WS/T 500) in the order in which they are sent until the characters are used up."""
TASK = (
    "你是医院病历质控员的助手。请阅读去标识的病历，指出内涵方面值得人复核的问题：诊断依据不足、鉴别诊断缺漏、"
    "诊疗计划与病情不符、检查结果没有分析、前后矛盾、疑似复制。不评价时限和签名，不编造。"
    '只输出 JSON 数组，每项为 {"document": 文书编号, "section": 部分名称, "quote": 原文中连续的一段, "advice": 建议}，'
    "没有问题输出 []。"
)
_FENCE = re.compile(r"\[.*\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """A section that is sent: `number` stands for the document, whose own id does not leave the house."""

    number: str
    document: str
    document_name: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark whose quote stands in the record: characters start to end of the section's own text."""

    part: Part
    start: int
    end: int
    quote: str
    advice: str


def refusal(address: str, hosts: Iterable[str], resolve: Callable[[str], Iterable[str]]) -> str:
    """Why an address may not be asked, a sentence; empty when it may.

    resolve: host -> its IP addresses (raises OSError). hosts: hosts outside that the administrator allows by name.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        return "服务地址要写成 http://主机:端口/v1 或 https://…，不带账号和参数。"
    if host in set(hosts):
        return "" if parts.scheme == "https" else "院外主机只能用 https。"
    try:
        found = [ipaddress.ip_address(one.partition("%")[0]) for one in resolve(host)]
    except (OSError, ValueError):
        return f"找不到主机 {host}，请检查地址。"
    inside = bool(found) and all((one.is_private or one.is_loopback) and not _special(one) for one in found)
    return "" if inside else f"主机 {host} 不在院内。确需使用的，请由管理员写入“允许的院外主机”。"


def _special(one: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Link-local addresses serve a machine's own keeper and no service of the hospital."""
    return one.is_link_local or one.is_multicast or one.is_unspecified


def parts_of(documents: Sequence[Any], most: int = MOST_CHARACTERS) -> list[Part]:
    """Sections of a chart's documents that are sent, cleared of identities once more, at most `most` characters."""
    order = {kind: place for place, kind in enumerate(ASKED_FOR)}
    chosen = sorted((d for d in documents if d.type in order), key=lambda d: order[d.type])
    made: list[Part] = []
    for number, document in enumerate(chosen, start=1):
        for section in document.sections:
            text = deidentify(section.text).text
            if not text.strip() or most < len(text):
                continue
            most -= len(text)
            made.append(Part(f"D{number}", document.id, document.type_name, section.name, text))
    return made


def question(parts: Sequence[Part], model: str) -> dict[str, Any]:
    """The body of the call."""
    told = "\n\n".join(f"[{p.number}]《{p.document_name}》{p.section}：\n{p.text}" for p in parts)
    messages = [{"role": "system", "content": TASK}, {"role": "user", "content": told}]
    return {"model": model, "temperature": 0, "stream": False, "messages": messages}


def content_of(answer: Any) -> str:
    """The text of an answer. Raises ValueError when it is none."""
    try:
        return str(answer["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError):
        raise ValueError("the answer holds no message") from None


def remarks(content: str, parts: Sequence[Part], texts: Callable[[Part], str]) -> tuple[list[Remark], int]:
    """The remarks that can stand, and how many were dropped: without advice, or quoting what the record does not say.

    texts: the section's own text, in which the quote is looked up. Raises ValueError when the content is no list.
    """
    found = _FENCE.search(content)
    listed = json.loads(found.group()) if found else None
    if not isinstance(listed, list):
        raise ValueError("the answer is no list")
    made, seen = [], set()
    for one in listed[: 5 * MOST_SUGGESTIONS]:
        remark = _remark(one, parts, texts)
        if remark is not None and (key := (remark.part, remark.start, remark.advice)) not in seen:
            seen.add(key)
            made.append(remark)
    return made[:MOST_SUGGESTIONS], len(listed) - len(made[:MOST_SUGGESTIONS])


def _remark(one: Any, parts: Sequence[Part], texts: Callable[[Part], str]) -> Remark | None:
    if not isinstance(one, dict):
        return None
    quote, advice = str(one.get("quote") or "").strip(), str(one.get("advice") or "").strip()
    if len(quote) < SHORTEST_QUOTE or len(quote) > 200 or not advice:
        return None
    for part in parts:
        if part.number == str(one.get("document")).strip("[]") and part.section == one.get("section"):
            start = texts(part).find(quote)
            return None if start < 0 else Remark(part, start, start + len(quote), quote, advice[:400])
    return None
