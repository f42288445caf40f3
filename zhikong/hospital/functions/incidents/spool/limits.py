"""Bounds on everybody together, never on one address: kept in memory, forgotten with the process."""

import threading
import time


class Bucket:
    """At most ``burst`` at once, then ``rate`` a second."""

    def __init__(self, burst: float, rate: float):
        self.burst, self.rate = burst, rate
        self._left, self._at = burst, time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.burst, self._left + (now - self._at) * self.rate)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


SENDING = Bucket(burst=300, rate=0.5)
OPENING = Bucket(burst=30, rate=3)  # each try costs a scrypt
