"""The machine's clock: deadlines, seals and certificates all hang on it."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

from zhikong.site.doctor.finding import Finding, fine, warning

NAME = "时钟"
NOT_SYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
ROOM = 512  # bytes; struct timex needs about 208


def synchronised() -> Iterator[Finding]:
    """Whether the kernel is being kept in time by a time service; nothing where it does not tell."""
    state = kernel_state()
    if state is None or state < 0:
        return
    if state == NOT_SYNCHRONISED:
        yield warning(
            NAME,
            "没有与时间服务器同步，时限会慢慢算错。",
            "请启用 chronyd 或 systemd-timesyncd，指向医院的时间服务器。",
        )
    else:
        yield fine(NAME, "与时间服务器同步。")


def kernel_state() -> int | None:
    """What adjtimex answers when nothing is changed (5: not synchronised); None on other systems."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(ROOM))
    except (OSError, AttributeError):
        return None
