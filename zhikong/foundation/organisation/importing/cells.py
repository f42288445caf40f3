"""Cells as hospitals write them: full-width digits, padded names, dates in ten forms. Pure."""

import re
import unicodedata
from datetime import date, timedelta

BLANKS = re.compile(r"[\s\u3000\u200b\ufeff]+")
BRACKETS = re.compile(r"[（(\[【〔].*?[）)\]】〕]")
MARKS = re.compile(r"[*＊:：#/\\·.,，、_\-]")
HAN = r"[\u3400-\u9fff]"
BETWEEN_HAN = re.compile(rf"(?<={HAN})\s+(?={HAN})")
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?$")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
IDENTITY = re.compile(r"\d{17}[\dXx]$|\d{15}$")
NAME = re.compile(r"[A-Za-z\u3400-\u9fff\U00020000-\U0003ffff][A-Za-z\d·•.'\-\s\u3400-\u9fff\U00020000-\U0003ffff]*$")  # fmt: skip
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*$")
SERIALS = range(20_000, 80_000)  # days since 1899-12-30: how Excel keeps a date that lost its format
SERIAL_ZERO = date(1899, 12, 30)
EARLIEST = 1930


class Unclear(ValueError):
    """A cell that cannot be taken; the message is the reason in Chinese."""


def text(value: str) -> str:
    """A cell in plain forms: full-width letters and digits become ordinary ones, blanks at the ends go."""
    return BLANKS.sub(" ", unicodedata.normalize("NFKC", value)).strip()


def plain(heading: str) -> str:
    """A heading for comparing: without blanks, brackets with what they hold, stars and marks."""
    return MARKS.sub("", BLANKS.sub("", BRACKETS.sub("", unicodedata.normalize("NFKC", heading))))


def name(value: str) -> str:
    """A person's name; 王　敏 becomes 王敏. Raises Unclear."""
    found = BETWEEN_HAN.sub("", text(value))
    if not found:
        raise Unclear("姓名为空（若是公式，请先在 Excel 里粘贴为数值）")
    if len(found) > 40 or not NAME.match(found):
        raise Unclear(f"姓名“{found[:20]}”不像人名")
    return found


def number(value: str) -> str:
    """A staff number. Raises Unclear, also for what is an identity card's number: that is never kept."""
    found = text(value).replace(" ", "")
    if not found:
        raise Unclear("工号为空（若是公式，请先在 Excel 里粘贴为数值）")
    if IDENTITY.match(found):
        raise Unclear("工号一栏像身份证号，系统不保存身份证号")
    if len(found) > 32 or not NUMBER.match(found):
        raise Unclear(f"工号“{found[:20]}”应为 32 位以内的字母和数字")
    return found


def phone(value: str) -> str:
    """A telephone number, or '' for what is none: it is not worth refusing a person."""
    found = re.sub(r"[^\d+-]", "", text(value))
    return found if 3 <= len(found) <= 20 and not IDENTITY.match(found) else ""


def day(value: str, what: str) -> date | None:
    """A date; None when the cell is empty. what: the column, for the reason. Raises Unclear."""
    found = text(value).replace("年 ", "年").replace("月 ", "月")
    if not found or found in {"-", "—", "/", "无", "至今", "长期"}:
        return None
    try:
        return _date(found)
    except ValueError as error:
        raise Unclear(f"{what}“{found[:20]}”不是日期，请写成 2026-01-31") from error


def _date(found: str) -> date:
    if match := DATE.match(found) or COMPACT.match(found):
        year, month, day_ = (int(part or 1) for part in match.groups())
    elif found.isdigit() and int(found) in SERIALS:
        return SERIAL_ZERO + timedelta(days=int(found))
    else:
        raise ValueError(found)
    if year < EARLIEST:
        raise ValueError(found)
    return date(year, month, day_)


def whole(value: str, what: str) -> int:
    """A count such as beds; 0 when empty. Raises Unclear."""
    found = re.sub(r"[张个月,]", "", text(value))
    if not found or found in {"-", "—", "/"}:
        return 0
    if not re.fullmatch(r"\d{1,5}(\.0+)?", found):
        raise Unclear(f"{what}“{found[:20]}”不是整数")
    return int(float(found))


def names(value: str) -> list[str]:
    """Several names in one cell: 心内科、心内；CCU."""
    parts = re.split(r"[、，,;；/|\n]+", value)
    return list(dict.fromkeys(filter(None, (text(part).replace(" ", "") for part in parts))))
