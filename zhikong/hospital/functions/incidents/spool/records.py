"""What a record says: a kind, fields as JSON, and pictures; one string of bytes, and back.

kinds: ``report`` (fields of the form), ``told`` (thread, text), ``claim`` (thread, a blinded code).
"""

import json
import struct
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Record:
    """One thing that a writer sent. due: the full hour (seconds since 1970) from which it may be taken over."""

    id: uuid.UUID
    institution: int
    kind: str
    due: int
    fields: Mapping[str, Any]
    photos: Sequence[bytes] = field(default_factory=tuple)


def packed(record: Record) -> bytes:
    """The record as bytes, ready to be sealed."""
    said = {
        "id": record.id.hex,
        "institution": record.institution,
        "kind": record.kind,
        "due": record.due,
        "fields": dict(record.fields),
        "photos": [len(photo) for photo in record.photos],
    }
    text = json.dumps(said, ensure_ascii=False).encode()
    return LENGTH.pack(len(text)) + text + b"".join(record.photos)


def unpacked(content: bytes) -> Record:
    """The record again."""
    (length,) = LENGTH.unpack(content[: LENGTH.size])
    start = LENGTH.size + length
    said = json.loads(content[LENGTH.size : start])
    photos = []
    for size in said["photos"]:
        photos.append(content[start : start + size])
        start += size
    return Record(
        uuid.UUID(said["id"]), said["institution"], said["kind"], said["due"], said["fields"], tuple(photos)
    )
