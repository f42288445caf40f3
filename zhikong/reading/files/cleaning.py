"""What no database keeps and nobody sees: control characters, halves of characters, turned writing direction."""

from __future__ import annotations

import re

_LINES = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """The text with lines ended by \\n; a character that cannot be shown or stored becomes a blank, so that places stay."""
    return _UNSEEN.sub(" ", _LINES.sub("\n", text))
