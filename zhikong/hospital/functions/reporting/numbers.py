"""Numbers as people type and paste them, and how they are written back. Whole numbers of the smallest unit inside."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

LARGEST = 10**15
_SHAPE = re.compile(r"-?\d+(\.\d+)?")


class NotANumber(ValueError):
    """What was typed is not a number of this item; the text is for the screen."""


def read(text: str, *, decimals: int = 0) -> int | None:
    """'1,200' or '１２００' -> 1200; with decimals=2 '12.5' -> 1250 (fen). Nothing typed -> None, which is not 0.

    Raises NotANumber with a sentence.
    """
    plain = unicodedata.normalize("NFKC", text or "").replace(",", "").replace(" ", "").strip()
    if plain in ("", "-", "—", "/", "\\"):
        return None
    if plain.endswith("%"):
        raise NotANumber(_("“%(text)s”是百分率，请填例数（分子和分母）。") % {"text": text.strip()})
    if not _SHAPE.fullmatch(plain):
        raise NotANumber(_("“%(text)s”不是数目。") % {"text": text.strip()[:20]})
    value = Decimal(plain).scaleb(decimals)
    if value < 0:
        raise NotANumber(_("不能是负数。"))
    if value != value.to_integral_value():
        raise NotANumber(_fraction(text, decimals))
    if value > LARGEST:
        raise NotANumber(_("数目过大，请核对单位。"))
    return int(value)


def _fraction(text: str, decimals: int) -> str:
    if decimals:
        return _("“%(text)s”的小数过多，最多 %(n)d 位。") % {"text": text.strip(), "n": decimals}
    return _("“%(text)s”不是整数，请填例数。") % {"text": text.strip()}


def written(value: int | None, *, decimals: int = 0) -> str:
    """As a person would type it again: no thousands marks, no needless zeros."""
    if value is None:
        return ""
    if not decimals:
        return str(value)
    return f"{Decimal(value).scaleb(-decimals):f}"
