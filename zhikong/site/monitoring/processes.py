"""Processor time and memory of our processes, found from the supervisor downwards."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from zhikong.site.monitoring.numbers import Number

WORDS = (("zhikong.site.webserver", "web"), ("worker", "worker"), ("mllp", "mllp"), ("backup", "backup"))


def numbers(home: Path) -> Iterator[Number]:
    """Seconds and bytes by kind of process; nothing when no supervisor runs this data folder."""
    seconds: defaultdict[str, float] = defaultdict(float)
    memory: defaultdict[str, int] = defaultdict(int)
    files: defaultdict[str, int] = defaultdict(int)
    for kind, process in family(home):
        with suppress(psutil.Error):  # it ended while we looked
            times = process.cpu_times()
            seconds[kind] += times.user + times.system
            memory[kind] += process.memory_info().rss
            files[kind] += process.num_fds()
    for kind in sorted(seconds):
        labels = {"process": kind}
        yield Number("zhikong_process_cpu_seconds", "各类进程自启动以来的处理器时间", seconds[kind], labels)
        yield Number("zhikong_process_memory_bytes", "各类进程占用的内存", memory[kind], labels)
        yield Number("zhikong_process_files", "各类进程打开的文件", files[kind], labels)


def family(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Kind and process of the supervisor of this data folder and of everything that it started."""
    with suppress(psutil.Error, OSError, ValueError):
        supervisor = psutil.Process(int((home / ".running").read_text(encoding="utf-8")))
        yield "supervisor", supervisor
        for child in supervisor.children():
            kind = kind_of(child.cmdline(), child.name())
            yield kind, child
            yield from ((kind, one) for one in child.children(recursive=True))


def kind_of(command: list[str], name: str) -> str:
    """What a process of ours does, from the words of its command."""
    if name == "postgres" or any(part.endswith("guardian.py") for part in command):
        return "database"
    return next((kind for word, kind in WORDS if word in command), "other")
