"""What in a report may still tell who wrote it. No ORM; each hint is a sentence for the writer, who decides."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

FEW = 5  # people of a department below which "somebody of this department" says a name
SELF = re.compile(r"(我(当班|值班|在班|负责|管床|主管|发现|给|去|当时|一个人)|本人|我是|我们组|我带)")
TITLED = re.compile(r"[\u4e00-\u9fff]{1,2}(主任|护士长|医生|医师|护士|老师|院长|技师|药师)")
NUMBERS = re.compile(r"(?<!\d)\d{6,}(?!\d)")
CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])\s*[:：点时]\s*([0-5]\d)(?!\d)")


def of_text(text: str) -> list[str]:
    """Hints about the words."""
    found = []
    if told := _found(SELF, text):
        found.append(_("文字里写了自己：“%(words)s”。可以改成“护士”“医生”这样的说法。") % {"words": told})
    if told := _found(TITLED, text):
        found.append(_("文字里提到了具体的人：“%(words)s”。写岗位就够了。") % {"words": told})
    if told := _found(NUMBERS, text):
        found.append(
            _("文字里有一串号码：“%(words)s”。电话、工号、住院号都可能让人查到谁看过这位患者。")
            % {"words": told}
        )
    if told := _found(CLOCK, text):
        found.append(
            _("文字里有准确的时刻：“%(words)s”。准确的时刻能和排班、监控对上，写上午、夜里就够了。")
            % {"words": told}
        )
    return found


def of_place(name: str, people: int | None, shift: str) -> list[str]:
    """Hints about how few people it can have been. people: registered in the department; None: not known."""
    if people is None or people <= 0:
        return []
    if people <= FEW:
        return [
            _(
                "%(name)s登记在册的只有 %(count)s 人，别人容易猜到是谁。可以把科室选成“医院其他地方”，在文字里只写事情。"
            )
            % {"name": name, "count": people}
        ]
    if shift == "night":
        return [
            _("%(name)s共有 %(count)s 人，夜里当班的往往只有两三人。时段可以选“说不清”。")
            % {"name": name, "count": people}
        ]
    return []


def of_photos(count: int) -> list[str]:
    """Hints about pictures."""
    if not count:
        return []
    return [_("照片里的拍摄时间、地点和手机型号已经去掉；但角度、手、倒影、手写字、床头卡仍可能让人认出来。")]


def all_hints(text: Iterable[str], name: str, people: int | None, shift: str, photos: int) -> list[str]:
    """Everything that can be computed, the gravest first."""
    return [*of_place(name, people, shift), *of_text("\n".join(text)), *of_photos(photos)]


def _found(pattern: re.Pattern[str], text: str) -> str:
    """The first few matches, each once."""
    return "”“".join(list(dict.fromkeys(match.group(0) for match in pattern.finditer(text)))[:3])
