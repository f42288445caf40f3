"""How the installer speaks: sentences for the person in front of the screen."""

import sys


class Refused(Exception):
    """What was asked is not done; the message says why and what to do next."""


def say(text: str) -> None:
    """One line on the screen, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line of what went wrong."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def spoken(size: float) -> str:
    """A number of bytes as people read it."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"
