"""Coroutines in a thread of their own: the browser's driver keeps a loop in the main thread once its tests ran."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run_apart(coroutine):
    """What ``asyncio.run`` gives, from a thread that has no loop yet."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
