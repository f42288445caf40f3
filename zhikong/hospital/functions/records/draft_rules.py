"""What a record system may send to the check of a draft: form and bounds, and who may send it. No ORM."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhikong.engine.tables import TABLES

MOST_BYTES = 2 << 20
MOST_SECTIONS = 200
MOST_TEXT = 200_000
PREFIX = "zc_"
TIMES = ("written_at", "signed_at", "occurred_at", "created_at", "cosigned_at")
WORDS = (
    "document_id",
    "title",
    "author",
    "author_level",
    "department",
    "about",
    "cosigned_by",
    "cosigner_level",
)
STAY = ("stay_id", "record_number", "admission_number")
KNOWN = frozenset({*STAY, "type", "sections", *TIMES, *WORDS})
StayOf = Callable[[str, str], str]
"""Record number and number of admission -> the stay's pseudonym, as feeds' rows get it."""


class Refused(Exception):
    """A call that is not taken: status, a stable code, a Chinese and an English sentence, and details."""

    def __init__(self, status: int, code: str, chinese: str, english: str, **details: Any):
        super().__init__(chinese)
        self.status, self.code, self.chinese, self.english = status, code, chinese, english
        self.details = details


@dataclass(frozen=True)
class Draft:
    """A document that is being written. document: a row of `documents`; sections: rows of `document_sections`."""

    stay_id: str
    document: dict[str, Any]
    sections: list[dict[str, Any]] = field(default_factory=list)


def new_token() -> str:
    """256 random bits; nothing of it is kept but its hash and its first characters."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """SHA-256 in hex: a token of 256 bits cannot be guessed, and is asked for at each call."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer(header: str) -> str:
    """The token of an Authorization header; raises Refused 401 without one."""
    scheme, _, token = header.strip().partition(" ")
    if scheme.casefold() != "bearer" or not token.strip() or len(token) > 200:
        raise unauthorised()
    return token.strip()


def unauthorised() -> Refused:
    """One answer for no token, a wrong and a revoked one: nobody learns which."""
    return Refused(401, "unauthorised", "令牌缺失、无效或已吊销。", "Missing, invalid or revoked token.")


def body_of(content: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object of a call. Raises Refused."""
    if content_type.partition(";")[0].strip().casefold() != "application/json":
        raise Refused(415, "media_type", "请用 application/json。", "Use application/json.")
    if len(content) > MOST_BYTES:
        raise too_large()
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(400, "json", f"不是有效的 JSON（UTF-8）：{error}", f"No valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused(400, "not_an_object", "内容应是一个 JSON 对象。", "The body must be one JSON object.")
    return value


def too_large() -> Refused:
    said = f"{MOST_BYTES >> 20} MB"
    return Refused(413, "too_large", f"内容过大：最多 {said}。", f"Too large: at most {said}.")


def stay_of(value: dict[str, Any], stay_of_numbers: StayOf) -> str:
    """Which stay a call speaks of: by its pseudonym, or by record number and number of admission. Raises Refused."""
    if value.get("stay_id"):
        return words(value, "stay_id", 64, required=True)
    times = value.get("admission_number")
    if (
        not value.get("record_number")
        or isinstance(times, bool)
        or not isinstance(times, int | str)
        or times == ""
    ):
        raise Refused(
            400, "missing_field", "请给出 record_number（病案号）和 admission_number（住院次数），或 stay_id。",
            "Give record_number and admission_number, or stay_id.", field="record_number",
        )  # fmt: skip
    return stay_of_numbers(words(value, "record_number", 64, required=True), str(times).strip())


def draft_of(value: dict[str, Any], stay_of_numbers: StayOf) -> Draft:
    """A draft document. Raises Refused with the field that is wrong and what to do."""
    unknown = sorted(set(value) - KNOWN)
    if unknown:
        known = "、".join(sorted(KNOWN))
        raise Refused(
            400, "unknown_field", f"不认识的字段：{'、'.join(unknown)}。可用的字段：{known}。",
            f"Unknown fields: {', '.join(unknown)}.", fields=unknown,
        )  # fmt: skip
    stay = stay_of(value, stay_of_numbers)
    document = {name: words(value, name, 200) for name in WORDS if value.get(name) is not None}
    document |= {name: moment(value, name) for name in TIMES if value.get(name) is not None}
    document["type"] = _type(words(value, "type", 40, required=True))
    document["stay_id"] = stay
    document.setdefault("document_id", "draft")
    return Draft(stay, document, _sections(value.get("sections"), stay, document["document_id"]))


def _type(said: str) -> str:
    """A code of the document type, or its Chinese name."""
    domain = TABLES["documents"].column("type").domain
    names = {title: code for code, title in domain.values}
    if said in domain.codes:
        return said
    if said in names:
        return names[said]
    raise Refused(
        400, "unknown_type", f"不认识的文书类别“{said}”，请用 WS/T 500 编号或名称，见数据契约 documents.type。",
        f"Unknown document type {said!r}.", field="type",
    )  # fmt: skip


def words(value: dict[str, Any], name: str, most: int, *, required: bool = False) -> str:
    """A text field within its length. Raises Refused."""
    said = value.get(name)
    if said is None or said == "":
        if required:
            raise Refused(400, "missing_field", f"缺少字段 {name}。", f"Field {name} is missing.", field=name)
        return ""
    if not isinstance(said, str):
        raise Refused(400, "not_text", f"字段 {name} 应是文字。", f"Field {name} must be text.", field=name)
    if len(said) > most:
        raise Refused(
            400, "too_long", f"字段 {name} 最多 {most} 字。", f"Field {name}: at most {most}.", field=name
        )
    return said.strip()


def moment(value: dict[str, Any], name: str) -> datetime:
    """A local wall time without zone, as everywhere in the contract. Raises Refused."""
    said = value.get(name)
    try:
        found = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise Refused(
            400, "not_a_time", f"字段 {name} 应是当地时间，如 2026-11-22T08:30，不带时区。",
            f"Field {name} must be a local time such as 2026-11-22T08:30, without a zone.", field=name,
        )  # fmt: skip
    return found


def _sections(value: Any, stay: str, document: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST_SECTIONS:
        raise Refused(
            400, "sections", f"sections 应是数组，最多 {MOST_SECTIONS} 个部分，每个是 {{\"section\", \"text\"}}。",
            f"sections must be a list of at most {MOST_SECTIONS} objects.", field="sections",
        )  # fmt: skip
    rows, length = [], 0
    for number, one in enumerate(value, start=1):
        if not isinstance(one, dict) or set(one) - {"section", "text"}:
            raise Refused(
                400, "section", f"第 {number} 个部分应是 {{\"section\", \"text\"}}。",
                f"Section {number} must be an object of section and text.", field="sections", number=number,
            )  # fmt: skip
        text = words(one, "text", MOST_TEXT)
        length += len(text)
        name = words(one, "section", 80, required=True)
        rows.append({"stay_id": stay, "document_id": document, "seq": number, "section": name, "text": text})
    if length > MOST_TEXT:
        raise Refused(413, "too_long", f"文字总长最多 {MOST_TEXT} 字。", f"At most {MOST_TEXT} characters.")
    return rows
