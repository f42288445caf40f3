"""What may stand on a ward's wall: two sentences in which nobody can be recognised. Pure: no ORM."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

SAID, CHANGED = 200, 300  # characters
BED = re.compile(r"\d{1,3}\s*(?:床|号床|病床|房)")
AGE = re.compile(r"\d{1,3}\s*岁")
TITLED = re.compile(
    r"[\u4e00-\u9fff]{1,2}(?:主任|护士长|医生|医师|护士|老师|技师|药师)(?![\u4e00-\u9fff]{0,2}(?:站|组|排班|班|岗))"
)
SURNAMED = re.compile(r"[\u4e00-\u9fff](?:某某|某|XX|xx|××)")
NUMBERS = re.compile(r"(?<!\d)\d{5,}(?!\d)")
CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])\s*[:：点时]\s*[0-5]?\d?")
DAY = re.compile(r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}")


def named(text: str, names: Iterable[str]) -> list[str]:
    """Full names of people of the hospital that stand in a text; a text with one is never released."""
    return sorted({name for name in names if len(name) >= 2 and name in text})


def telling(text: str) -> list[str]:
    """What may let people recognise somebody, as sentences for the person who releases it."""
    kinds = (
        (BED, _("写了床号或房号：“%s”。")), (AGE, _("写了年龄：“%s”。")), (SURNAMED, _("写了姓：“%s”。")),
        (NUMBERS, _("有一串号码：“%s”。")), (CLOCK, _("写了钟点：“%s”。")), (DAY, _("写了日期：“%s”。")),
        (TITLED, _("可能指到具体的人：“%s”。")),
    )  # fmt: skip
    found = []
    for pattern, sentence in kinds:
        words = sorted({match.group().strip() for match in pattern.finditer(text)})
        if words:
            found.append(sentence % "”“".join(words))
    return found
