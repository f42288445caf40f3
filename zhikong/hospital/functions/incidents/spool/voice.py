"""Voice is refused unless this machine itself can turn it into text; then the text is kept and the sound is not.

``site.json``: "speak_recogniser": ["program", "argument", …], which reads the sound from its input and prints text.
"""

import subprocess
from collections.abc import Sequence

from django.conf import settings

SECONDS = 60
LONGEST = 4000
HEADS = (b"OggS", b"ID3", b"fLaC", b"\x1aE\xdf\xa3", b"#!AMR")


class NotUnderstood(RuntimeError):
    """The recogniser failed or heard nothing."""


def is_sound(content: bytes) -> bool:
    """Whether these bytes look like a recording."""
    mpeg = content[:1] == b"\xff" and content[1:2] in (b"\xfb", b"\xf3", b"\xf2", b"\xf1", b"\xf9")
    return content.startswith(HEADS) or content[4:8] == b"ftyp" or content[8:12] == b"WAVE" or mpeg


def recogniser() -> Sequence[str]:
    """The command of a recogniser on this machine; empty: none, and voice is refused."""
    return tuple(getattr(settings, "SPEAK_RECOGNISER", ()) or ())


def text_of(content: bytes) -> str:
    """What was said. The sound goes through a pipe and is written nowhere. Raises NotUnderstood."""
    try:
        done = subprocess.run(
            list(recogniser()), input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        raise NotUnderstood from None
    text = done.stdout.decode("utf-8", "replace").strip()[:LONGEST]
    if done.returncode != 0 or not text:
        raise NotUnderstood
    return text
