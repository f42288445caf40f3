"""What kinds of files there are, how large they may be, and how long they are kept. No ORM."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MB = 1024 * 1024


class Kind(StrEnum):
    """The kinds of files that are taken, by what the content is. A code is also the usual extension."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    CSV = "csv"
    TXT = "txt"
    MP3 = "mp3"
    M4A = "m4a"
    WEBM = "webm"


@dataclass(frozen=True)
class KindFacts:
    """What belongs to a kind. types: media types that browsers declare for it, our own first; bytes: the largest size."""

    types: tuple[str, ...]
    extensions: tuple[str, ...]
    max_bytes: int


OOXML = "application/vnd.openxmlformats-officedocument."
ANYTHING = ("", "application/octet-stream")  # what a browser declares when it does not know
KINDS: dict[Kind, KindFacts] = {
    Kind.JPG: KindFacts(("image/jpeg", "image/jpg", "image/pjpeg"), ("jpg", "jpeg"), 20 * MB),
    Kind.PNG: KindFacts(("image/png", "image/x-png"), ("png",), 20 * MB),
    Kind.WEBP: KindFacts(("image/webp",), ("webp",), 20 * MB),
    Kind.PDF: KindFacts(("application/pdf", "application/x-pdf"), ("pdf",), 50 * MB),
    Kind.DOCX: KindFacts((OOXML + "wordprocessingml.document", "application/zip"), ("docx",), 20 * MB),
    Kind.XLSX: KindFacts((OOXML + "spreadsheetml.sheet", "application/zip"), ("xlsx",), 20 * MB),
    Kind.PPTX: KindFacts((OOXML + "presentationml.presentation", "application/zip"), ("pptx",), 50 * MB),
    Kind.CSV: KindFacts(
        ("text/csv", "text/plain", "application/vnd.ms-excel", "application/csv"), ("csv",), 10 * MB
    ),
    Kind.TXT: KindFacts(("text/plain",), ("txt",), 10 * MB),
    Kind.MP3: KindFacts(("audio/mpeg", "audio/mp3"), ("mp3",), 30 * MB),
    Kind.M4A: KindFacts(
        ("audio/mp4", "audio/x-m4a", "audio/m4a", "audio/aac", "video/mp4"), ("m4a",), 30 * MB
    ),
    Kind.WEBM: KindFacts(("audio/webm", "video/webm"), ("webm",), 30 * MB),  # what Android phones record
}
IMAGES = (Kind.JPG, Kind.PNG, Kind.WEBP)
UNUSED_DAYS = 30  # an upload that nothing has used for so long may be destroyed by a person's decision
LARGEST = max(
    facts.max_bytes for facts in KINDS.values()
)  # an institution may narrow the limits, not widen them


class Scan(TextChoices):
    """What the virus scanner said."""

    NONE = "none", gettext_lazy("未设置病毒扫描")
    CLEAN = "clean", gettext_lazy("未发现病毒")
    WAITING = "waiting", gettext_lazy("隔离中，等待扫描")
    INFECTED = "infected", gettext_lazy("发现病毒，已隔离")


class Act(TextChoices):
    """What can happen to a file."""

    STORED = "stored", gettext_lazy("上传")
    USED = "used", gettext_lazy("引用")
    SCANNED = "scanned", gettext_lazy("病毒扫描")
    HELD = "held", gettext_lazy("封存")
    RELEASED = "released", gettext_lazy("解封")
    RETENTION = "retention", gettext_lazy("更改保存类别")
    MISSING = "missing", gettext_lazy("内容缺失")
    DELETED = "deleted", gettext_lazy("销毁")


@dataclass(frozen=True)
class RetentionClass:
    """How long files of a class are kept. years: None is permanent; approval: destruction needs a person's decision."""

    code: str
    title: str
    years: int | None
    approval: bool
    document: str
    mark: str

    def until(self, stored_on: date) -> date | None:
        """The last day on which a file must be kept; the end of the year, so that destruction is a yearly job."""
        return None if self.years is None else date(stored_on.year + self.years, 12, 31)


@cache
def retention_classes() -> dict[str, RetentionClass]:
    """The classes in retention.yaml by code; raises KeyError or TypeError at start-up when the file is wrong."""
    rows = yaml.safe_load((Path(__file__).parent / "retention.yaml").read_text(encoding="utf-8"))
    return {row["code"]: RetentionClass(**row) for row in rows}


def readable_size(count: int) -> str:
    """2.4 MB, 318 KB: for people."""
    if count >= MB:
        return f"{count / MB:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(count / 1024))} KB" if count else _("0 字节")
