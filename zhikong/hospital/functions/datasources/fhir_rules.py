"""What a FHIR client may send, and the answers in FHIR's own form (HL7 FHIR R4, 3.1 RESTful API). No ORM."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhikong import __version__
from zhikong.hospital.functions.datasources.push.rules import LINES_TYPES, Body, Refused, plain

DOCUMENT_TYPES = ("application/fhir+json", "application/json")
STREAM_TYPES = ("application/fhir+ndjson", *LINES_TYPES)
MOST_PLAIN_BYTES = 32 << 20
"""Of a body when it is unpacked; more is a bulk export and comes as files."""
BUNDLES = ("transaction", "batch", "collection", "searchset", "history")
_ISSUE_OF_STATUS = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
    503: "transient",
}


@dataclass(frozen=True)
class Incoming:
    """A body that can be kept. types: resource type → how many; identity: of the Bundle, empty when it has none."""

    content: bytes
    types: Counter[str] = field(default_factory=Counter)
    identity: str = ""

    @property
    def count(self) -> int:
        """How many resources it holds."""
        return sum(self.types.values())


def incoming(body: Body) -> Incoming:
    """Check a body and count its resources: a Bundle, one resource, or lines of resources. Raises Refused."""
    kind = body.content_type.partition(";")[0].strip().casefold()
    if kind not in (*DOCUMENT_TYPES, *STREAM_TYPES):
        known = "、".join((*DOCUMENT_TYPES, *STREAM_TYPES))
        raise Refused(415, "media_type", f"内容类型应为：{known}。", f"Use one of: {known}.")
    content = plain(body)
    if len(content) > MOST_PLAIN_BYTES:
        raise Refused(
            413,
            "too_large",
            f"解压后最多 {MOST_PLAIN_BYTES >> 20} MB；更多的数据请导出成 NDJSON 文件，在“数据来源”导入。",
            f"At most {MOST_PLAIN_BYTES >> 20} MB unpacked; load bulk data as NDJSON files.",
        )
    if kind in STREAM_TYPES:
        lines = [line for line in content.splitlines() if line.strip()]
        types = Counter(_type(_parsed(line, f"第 {n} 行：")) for n, line in enumerate(lines, start=1))
        return _some(Incoming(content, types))
    return _document(content)


def _some(found: Incoming) -> Incoming:
    if not found.types:
        raise Refused(400, "empty", "没有资源。", "There are no resources.")
    return found


def _document(content: bytes) -> Incoming:
    value = _parsed(content, "")
    if _type(value) != "Bundle":
        return Incoming(content, Counter([_type(value)]))
    if value.get("type") not in BUNDLES:
        known = "、".join(BUNDLES)
        raise Refused(
            400, "bundle_type", f"Bundle.type 应为：{known}。", f"Bundle.type must be one of: {known}."
        )
    entries = value.get("entry")
    if not isinstance(entries, list):
        raise Refused(400, "empty", "Bundle 没有 entry。", "The Bundle has no entry.")
    types = Counter(_type_of_entry(entry, place) for place, entry in enumerate(entries, start=1))
    return _some(Incoming(content, types, _identity(value.get("identifier"))))


def _type_of_entry(entry: Any, place: int) -> str:
    if (
        isinstance(entry, dict)
        and isinstance(entry.get("request"), dict)
        and entry["request"].get("method") == "DELETE"
    ):
        return "DELETE"
    where = f"第 {place} 项："
    if not isinstance(entry, dict) or "resource" not in entry:
        raise Refused(400, "no_resource", f"{where}没有 resource。", f"Entry {place} has no resource.")
    return _type(entry["resource"], where)


def _type(value: Any, where: str = "") -> str:
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(kind, str) or not kind.isalpha():
        raise Refused(400, "no_type", f"{where}不是 FHIR 资源（没有 resourceType）。", "Not a FHIR resource.")
    return kind


def _identity(identifier: Any) -> str:
    """`Bundle.identifier`, which the sender keeps when he sends a correction."""
    if not isinstance(identifier, dict) or not isinstance(identifier.get("value"), str):
        return ""
    return f"bundle:{identifier.get('system', '')}|{identifier['value']}"


def _parsed(content: bytes, where: str) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(
            400, "json", f"{where}不是有效的 JSON（UTF-8）。", "Not valid JSON in UTF-8."
        ) from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


# ---- several contents as one file --------------------------------------------------------------------------------


def join_resources(contents: list[Path], target: Path) -> None:
    """Several contents as NDJSON: lines stay lines, a document becomes one (a line break in JSON is only a blank)."""
    with target.open("wb") as file:
        for path in contents:
            content = path.read_bytes().removeprefix(b"\xef\xbb\xbf").strip()
            line, _, more = content.partition(b"\n")
            single = not (more.strip() and _is_object(line))
            file.write((content.replace(b"\r", b" ").replace(b"\n", b" ") if single else content) + b"\n")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


# ---- answers --------------------------------------------------------------------------------------------------------


def outcome(issues: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """An OperationOutcome of (severity, code, Chinese sentence)."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": s, "code": code, "diagnostics": text} for s, code, text in issues],
    }


def refusal(refused: Refused) -> dict[str, Any]:
    """The OperationOutcome of a request that is not taken."""
    return outcome([("error", _ISSUE_OF_STATUS.get(refused.status, "processing"), refused.chinese)])


def taken(found: Incoming, receipt: int, *, again: bool, known: Collection[str]) -> dict[str, Any]:
    """The OperationOutcome of what was kept; resources that the mapping does not take are told at once."""
    count = f"{found.count} 个资源"
    kept = (
        f"同样的内容已经收到过，回执号 {receipt}。"
        if again
        else f"已保存 {count}，回执号 {receipt}；随后处理。"
    )
    issues = [("information", "informational", kept)]
    for kind, number in sorted(found.types.items()):
        if kind not in known and kind != "DELETE":
            text = f"{kind} {number} 个：映射没有接收它的来源，只保留原始数据。"
            issues.append(("warning", "not-supported", text))
    return outcome(issues)


def capability(types: Collection[str], *, date: str, url: str) -> dict[str, Any]:
    """The CapabilityStatement: Bundles and resources in, nothing out."""
    create = [{"code": "create"}]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "质控", "version": __version__},
        "implementation": {"description": "质控数据接收接口：先保存原始内容，再处理", "url": url},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+ndjson"],
        "rest": [
            {
                "mode": "server",
                "documentation": "向 /datasources/fhir/来源代码/ 发送 Bundle、单个资源或 NDJSON；令牌写在 Authorization 头。",
                "security": {"description": "Bearer 令牌，在来源的“接口与令牌”页生成"},
                "resource": [{"type": name, "interaction": create} for name in sorted(types)],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }
