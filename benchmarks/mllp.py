"""Messages over MLLP, acknowledged after they are stored, beside a bare asyncio echo of the same frames.

    python benchmarks/mllp.py [--messages 100000] [--json FILE]

Starts a database of its own in a temporary folder, one HL7 feed, the listening process as the supervisor starts it, and
a sender in a process of its own. Several connections keep a window of unanswered messages open; then one connection waits
for each answer before it sends the next. CPU is that of the listening process and of PostgreSQL, and for the echo that of
its process. Afterwards every message must be there exactly once; otherwise the benchmark fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from flows import database, database_cpu
from table import Row, show, write

CONNECTIONS, WINDOW = 4, 100
ONE_BY_ONE = 2000
MESSAGE = (
    "MSH|^~\\&|HIS|DEMO600|ZHIKONG|DEMO600|20260101080000||ADT^A08^ADT_A01|{number}|P|2.5.1|||||CHN|UNICODE UTF-8\r"
    "EVN|A08|20260101080000\rPID|1||{patient}^^^DEMO600^MR||示范^患者||19600101|M\r"
    "PV1|1|I|CARD^W1^{bed}||||1001||||||||||||1^^^DEMO600^VN\r"
)


# ---- the sender: python mllp.py send PORT COUNT CONNECTIONS WINDOW FIRST -----------------------------------------------


class Sending(asyncio.Protocol):
    """One connection with at most `window` unanswered messages; remembers how long each answer took."""

    def __init__(self, numbers: range, window: int, finished: asyncio.Future):
        self.numbers, self.window, self.finished = iter(numbers), window, finished
        self.sent: deque[float] = deque()
        self.took: list[float] = []
        self.refused = 0
        self.tail = b""

    def connection_made(self, transport):
        self.transport = transport
        self.fill()

    def fill(self) -> None:
        frames = []
        while len(self.sent) < self.window and (number := next(self.numbers, None)) is not None:
            text = MESSAGE.format(number=number, patient=10_000_000 + number % 5000, bed=number % 60)
            frames.append(b"\x0b" + text.encode() + b"\x1c\r")
            self.sent.append(time.perf_counter())
        if frames:
            self.transport.write(b"".join(frames))
        if not self.sent and not self.finished.done():
            self.finished.set_result(None)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        data, self.tail = self.tail + data, b""
        *frames, self.tail = data.split(b"\x1c\r")
        for frame in frames:
            self.took.append(now - self.sent.popleft())
            self.refused += b"MSA|" in frame and b"MSA|AA|" not in frame
        self.fill()

    def connection_lost(self, error):
        if not self.finished.done():
            self.finished.set_exception(error or EOFError("the server hung up"))


async def send(port: int, count: int, connections: int, window: int, first: int) -> None:
    loop = asyncio.get_running_loop()
    begin, senders = time.perf_counter(), []
    share = count // connections
    for n in range(connections):
        numbers = range(first + n * share, first + (n + 1) * share)
        finished = loop.create_future()
        _, sender = await loop.create_connection(
            lambda numbers=numbers, finished=finished: Sending(numbers, window, finished), "127.0.0.1", port
        )
        senders.append(sender)
    await asyncio.gather(*(sender.finished for sender in senders))
    took = sorted(one for sender in senders for one in sender.took)
    found = {"seconds": time.perf_counter() - begin, "count": len(took)}
    found |= {"p50": took[len(took) // 2], "p99": took[int(len(took) * 0.99)]}
    found["refused"] = sum(sender.refused for sender in senders)
    print(json.dumps(found))


# ---- the bare echo: python mllp.py echo --------------------------------------------------------------------------------


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


async def echo() -> None:
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# ---- measuring ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Took:
    """CPU seconds of the serving side, and what the sender saw (seconds)."""

    cpu: float
    seen: dict

    @property
    def per_cpu_second(self) -> float:
        return self.seen["count"] / max(self.cpu, 0.01)  # the kernel counts in hundredths


def sent(port: int, count: int, connections: int, window: int, first: int, cpu) -> Took:
    words = [str(n) for n in (port, count, connections, window, first)]
    before = cpu()
    done = subprocess.run(
        [sys.executable, __file__, "send", *words], capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout)
    if seen["refused"]:
        raise SystemExit(f"{seen['refused']} messages were not accepted")
    return Took(cpu() - before, seen)


def spent(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


def feed(port: int) -> tuple[int, int]:
    """(institution, feed) with an HL7 feed on the port."""
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.organisation import actions
    from zhikong.hospital.functions.datasources.models import Feed

    made = actions.create_institution(
        code="A", name="人民医院", level="tertiary", kind="general", open_beds=600
    )
    with scoped(job_scope(made.pk, job="benchmark")):
        found = Feed.objects.create(
            institution_id=made.pk,
            code="his",
            title="HIS",
            kind="hl7",
            settings={"port": port},
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    return made.pk, found.pk


def stored(institution: int) -> tuple[int, int]:
    """(receipts, distinct identities) that the database holds."""
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.hospital.functions.datasources.models import Receipt

    with scoped(job_scope(institution, job="benchmark")):
        return Receipt.objects.count(), Receipt.objects.values("identity").distinct().count()


def listening(port: int, process: subprocess.Popen) -> None:
    """Wait until the port answers."""
    import socket

    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            raise SystemExit("the listening process has ended")
        time.sleep(0.2)
    raise SystemExit("nothing listens")


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def measure(count: int, folder: Path) -> list[Row]:
    port = free_port()
    institution, _ = feed(port)
    command = [sys.executable, "-m", "zhikong", "mllp", "--supervised"]
    server = subprocess.Popen(command, env={**os.environ, "ZHIKONG_ROLE": "worker"})
    bare = subprocess.Popen([sys.executable, __file__, "echo"], stdout=subprocess.PIPE, text=True)
    try:
        listening(port, server)
        echo_port = int(bare.stdout.readline())
        ours, theirs = psutil.Process(server.pid), psutil.Process(bare.pid)

        def whole() -> float:
            return spent(ours) + database_cpu(folder)

        sent(port, 1000, CONNECTIONS, WINDOW, 0, whole)  # loads what a server has loaded long ago
        sent(echo_port, 1000, CONNECTIONS, WINDOW, 0, lambda: spent(theirs))
        first = 1000
        many = sent(port, count, CONNECTIONS, WINDOW, first, whole)
        bare_many = sent(echo_port, count, CONNECTIONS, WINDOW, first, lambda: spent(theirs))
        first += count
        single = sent(port, ONE_BY_ONE, 1, 1, first, whole)
        bare_single = sent(echo_port, ONE_BY_ONE, 1, 1, first, lambda: spent(theirs))
    finally:
        for process in (server, bare):
            process.terminate()
            process.wait(30)
        bare.stdout.close()
    wanted = 1000 + many.seen["count"] + ONE_BY_ONE
    if stored(institution) != (wanted, wanted):
        raise SystemExit(f"sent {wanted}, stored {stored(institution)}")
    return rows(many, bare_many, single, bare_single)


def rows(many: Took, bare: Took, single: Took, bare_single: Took) -> list[Row]:
    speed = many.seen["count"] / many.seen["seconds"]
    return [
        Row("mllp: stored and acknowledged", many.per_cpu_second, "msg/CPU s", None, f"{speed:.0f} msg/s by the clock"),
        Row("mllp: bare echo", bare.per_cpu_second, "msg/CPU s", None, "same frames, same sender"),
        Row("mllp: ratio", bare.per_cpu_second / many.per_cpu_second, "×", None, "CPU of a stored message to an echoed one"),
        Row("mllp: p99 under load", many.seen["p99"] * 1000, "ms", None, f"{CONNECTIONS} × {WINDOW} unanswered; echo {bare.seen['p99'] * 1000:.1f} ms"),
        Row("mllp: p99 one by one", single.seen["p99"] * 1000, "ms", None, f"median {single.seen['p50'] * 1000:.1f} ms; echo p99 {bare_single.seen['p99'] * 1000:.2f} ms"),
        Row("mllp: one by one", single.per_cpu_second, "msg/CPU s", None, f"echo {bare_single.per_cpu_second:.0f}"),
    ]  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["send"]:
        asyncio.run(send(*(int(word) for word in sys.argv[2:])))
        return
    if sys.argv[1:2] == ["echo"]:
        asyncio.run(echo())
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhikong-mllp-"))
    folder.chmod(0o755)  # as root, the database server runs under another account and must get in
    os.environ["ZHIKONG_KEYS"] = str(folder) + "-keys"
    try:
        with database(folder):
            found = measure(given.messages, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(f"{folder}-keys", ignore_errors=True)
    print(show(found))
    if given.json:
        write(given.json, found)


if __name__ == "__main__":
    main()
