"""A supervised process ends with its supervisor, also when something in it waits for a database that is gone too."""

import os
import threading
import time

LOOK_EVERY = 0.5  # seconds


def end_with_parent(*, within: float) -> None:
    """From now on: once the process that started this one is gone, this one ends after so many seconds at the latest.

    The kernel asks it to end in order at once (``guardian.tie_to_parent``). That can take minutes when its last
    steps ask a database that ended together with the supervisor.
    """
    threading.Thread(target=_follow, args=(os.getppid(), within), name="end-with-parent", daemon=True).start()


def _follow(parent: int, within: float) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    time.sleep(within)
    os._exit(1)
