"""Tells the person in front of the screen what a long step is doing."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

EVERY = 2.0  # seconds between two notes of one step


class Progress:
    """Numbered steps, each with its time; ``note`` tells what goes on inside a step, now and then."""

    def __init__(self, steps: int = 0):
        self.steps = steps
        self.number = 0
        self._told = 0.0

    @contextmanager
    def step(self, what: str) -> Iterator["Progress"]:
        """One step: says what begins, and how long it took."""
        self.number += 1
        place = f"[{self.number}/{self.steps}] " if self.steps else ""
        say(f"{place}{what} …")
        began = self._told = time.monotonic()
        yield self
        seconds = time.monotonic() - began
        if seconds >= 1:
            say(f"      完成，用时 {seconds:.1f} 秒")

    def note(self, what: str) -> None:
        """A line inside a step; dropped when the last one is fresh, so that fast work stays fast."""
        now = time.monotonic()
        if now - self._told >= EVERY:
            self._told = now
            say(f"      {what}")


def say(text: str = "") -> None:
    """A line on the screen, shown at once."""
    print(text, flush=True)


def complain(text: str) -> None:
    """A line for errors."""
    print(text, file=sys.stderr, flush=True)
