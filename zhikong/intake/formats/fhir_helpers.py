"""What a path makes of a found element: one text. Helpers of the path language (README.md)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any


def plain(value: Any) -> str | None:
    """A leaf as text: numbers as they are written, flags as true and false, an object as JSON; blank is None."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


def _id(value: Any) -> str | None:
    """`Patient/p1`, `https://host/fhir/Patient/p1/_history/2` and `urn:uuid:…` → the id; a contained one has none."""
    text = plain(value)
    if text is None or text.startswith("#"):
        return None
    if text.startswith("urn:"):
        return text.rsplit(":", 1)[-1]
    return text.split("/_history/")[0].rsplit("/", 1)[-1] or None


def _type(value: Any) -> str | None:
    """The resource type that a reference names: `Patient/p1` → Patient."""
    text = plain(value)
    parts = (text or "").split("/_history/")[0].split("/")
    return parts[-2] if len(parts) > 1 and parts[-2] else None


def _name(value: Any) -> str | None:
    """A HumanName as people say it: its text, or family and given (without a blank where they are Han characters)."""
    if not isinstance(value, dict):
        return plain(value)
    if plain(value.get("text")):
        return plain(value["text"])
    given = value.get("given") or []
    parts = [value.get("family"), *(given if isinstance(given, list) else [given])]
    parts = [text for part in parts if (text := plain(part))]
    return ("" if all(ord(c) > 0x2E80 for part in parts for c in part) else " ").join(parts) or None


def _base64(value: Any) -> str | None:
    """The text of an attachment's `data`: UTF-8, as FHIR asks for text types."""
    try:
        return plain(base64.b64decode(str(value), validate=False).decode("utf-8"))
    except (binascii.Error, ValueError):
        return None


def _untagged(value: Any) -> str | None:
    """Narrative XHTML as plain text: paragraphs become lines."""
    text = re.sub(r"(?i)<(br|/p|/div|/li|/tr)\b[^>]*>", "\n", str(value))
    text = re.sub(r"<[^>]*>", "", text)
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(mark, sign)
    return plain("\n".join(line.strip() for line in text.splitlines() if line.strip()))


def _date(value: Any) -> str | None:
    """The calendar day of a date or wall time."""
    text = plain(value)
    return text[:10] if text else None


def _whole(value: Any) -> str | None:
    """A whole number; anything else is none."""
    text = plain(value)
    return text if text is not None and re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _minutes(value: Any) -> str | None:
    """A Period as whole minutes from start to end; None when one of them is open or unreadable."""
    try:
        start, end = (datetime.fromisoformat(str(value[part])) for part in ("start", "end"))
        return str(int((end - start).total_seconds() // 60))
    except (KeyError, TypeError, ValueError):
        return None


ONE: dict[str, Callable[[Any], str | None]] = {
    "id": _id,
    "type": _type,
    "name": _name,
    "base64": _base64,
    "untagged": _untagged,
    "date": _date,
    "whole": _whole,
    "minutes": _minutes,
}
ALL: dict[str, Callable[[list[str]], str | None]] = {
    "all": lambda texts: "、".join(texts) or None,
    "count": lambda texts: str(len(texts)),
    "first": lambda texts: texts[0] if texts else None,
    "last": lambda texts: texts[-1] if texts else None,
    "min": lambda texts: min(texts, default=None),
    "max": lambda texts: max(texts, default=None),
}
HELPERS = (*ONE, *ALL)
