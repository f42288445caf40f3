"""The listener over real sockets with a store in memory: answers come after storing, in order, to everybody."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager, suppress

import hl7

from tests.apart import run_apart
from zhikong.hospital.functions.datasources.mllp.answers import ACCEPTED
from zhikong.hospital.functions.datasources.mllp.framing import Framer, frame
from zhikong.hospital.functions.datasources.mllp.listener import Limits, Listener


class Memory:
    """A store that remembers; `gate` holds it back, `fault` makes it fail."""

    def __init__(self):
        self.kept, self.commits, self.gate, self.fault = [], 0, threading.Event(), None
        self.gate.set()

    def save(self, messages):
        assert self.gate.wait(10)
        if self.fault is not None:
            raise self.fault
        self.kept += messages
        self.commits += 1
        return [ACCEPTED] * len(messages)

    def close(self):
        self.kept.append("closed")


class Sender:
    def __init__(self, reader, writer):
        self.reader, self.writer, self.framer, self.found = reader, writer, Framer(1 << 20), []

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[str, str]:
        """(code, control id) of the next answer."""
        return self.code(await self.raw())

    def code(self, content: bytes) -> tuple[str, str]:
        msa = hl7.parse(content.decode()).segment("MSA")
        return str(msa[1]), str(msa[2])

    async def raw(self) -> bytes:
        while not self.found:
            data = await asyncio.wait_for(self.reader.read(65536), 10)
            if not data:
                raise EOFError
            self.found += [one.content for one in self.framer.feed(data)]
        return self.found.pop(0)

    async def ended(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(100), 10) == b""
        except ConnectionError:  # something of ours was still on its way
            return True


def message(number, extra="") -> bytes:
    return f"MSH|^~\\&|HIS|H|ZK|H|20260101||ADT^A08|{number}|P|2.5.1\rPID|1||{number}{extra}".encode()


OPENED: list[Sender] = []


async def connected(listener) -> Sender:
    sender = Sender(*await asyncio.open_connection("127.0.0.1", listener.port))
    OPENED.append(sender)
    return sender


async def hang_up() -> None:
    while OPENED:
        writer = OPENED.pop().writer
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def listening(store, **options):
    listener = Listener(store, **options)
    await listener.start()
    try:
        yield listener
    finally:
        await hang_up()
        await listener.stop()


def run(scene, **options):
    store = Memory()

    async def played():
        async with listening(store, **options) as listener:
            await scene(listener, store)

    run_apart(played())
    return store


def test_nothing_is_acknowledged_before_it_is_stored():
    async def scene(listener, store):
        store.gate.clear()
        sender = await connected(listener)
        sender.send(frame(message(1)))
        await asyncio.sleep(0.2)
        assert sender.reader._buffer == b""
        store.gate.set()
        assert await sender.answer() == ("AA", "1")
        assert [one.content for one in store.kept] == [message(1)]

    assert run(scene).kept[-1] == "closed"


def test_many_messages_share_a_commit_and_are_answered_in_order():
    async def scene(listener, store):
        sender = await connected(listener)
        store.gate.clear()
        sender.send(b"".join(frame(message(n)) for n in range(300)))
        await asyncio.sleep(0.2)
        store.gate.set()
        assert [await sender.answer() for _ in range(300)] == [("AA", str(n)) for n in range(300)]
        assert store.commits <= 4

    run(scene)


def test_two_senders_get_their_own_answers():
    async def scene(listener, store):
        one, two = await connected(listener), await connected(listener)
        for n in range(50):
            one.send(frame(message(f"a{n}")))
            two.send(frame(message(f"b{n}")))
        assert [await one.answer() for _ in range(50)] == [("AA", f"a{n}") for n in range(50)]
        assert [await two.answer() for _ in range(50)] == [("AA", f"b{n}") for n in range(50)]

    run(scene)


def test_what_cannot_be_stored_now_is_an_error_and_later_welcome():
    async def scene(listener, store):
        sender = await connected(listener)
        store.fault = RuntimeError("database is down")
        sender.send(frame(message(1)))
        assert await sender.answer() == ("AE", "1")
        store.fault = None
        sender.send(frame(message(1)))
        assert await sender.answer() == ("AA", "1")
        assert listener.counts.errors == 1

    run(scene)


def test_a_rejected_message_keeps_its_place_among_the_answers():
    async def scene(listener, store):
        sender = await connected(listener)
        store.gate.clear()
        sender.send(frame(message(1)) + frame(b"garbage") + frame(message(3)))
        await asyncio.sleep(0.2)
        store.gate.set()
        assert [await sender.answer() for _ in range(3)] == [("AA", "1"), ("AR", ""), ("AA", "3")]
        assert len(store.kept) == 2

    run(scene)


def test_a_message_without_control_id_is_stored_and_noted():
    async def scene(listener, store):
        sender = await connected(listener)
        sender.send(frame(message("")))
        assert await sender.answer() == ("AA", "")
        assert "MSH-10" in store.kept[0].note
        assert store.kept[0].header.identity == ""

    run(scene)


def test_a_batch_is_answered_by_a_batch():
    async def scene(listener, store):
        sender = await connected(listener)
        batch = b"BHS|^~\\&|HIS||||20260101||||B1\r" + message(1) + b"\r" + message(2) + b"\rBTS|2\r"
        sender.send(frame(batch) + frame(message(3)))
        answer = (await sender.raw()).decode()
        assert [line.split("|")[:3] for line in answer.splitlines() if line[:3] == "MSA"] == [
            ["MSA", "AA", "1"],
            ["MSA", "AA", "2"],
        ]
        assert await sender.answer() == ("AA", "3")

    run(scene)


def test_a_message_without_a_frame_start_is_told_so():
    async def scene(listener, store):
        sender = await connected(listener)
        sender.send(message(7) + b"\x1c\r" + frame(message(8)))
        raw = await sender.raw()
        assert sender.code(raw) == ("AR", "7")
        assert "0x0B" in raw.decode()
        assert await sender.answer() == ("AA", "8")

    run(scene)


def test_a_frame_without_end_is_not_answered_and_the_next_one_is_read():
    async def scene(listener, store):
        sender = await connected(listener)
        sender.send(b"\x0b" + message(1) + frame(message(2)))
        assert await sender.answer() == ("AA", "2")
        assert len(store.kept) == 1

    run(scene)


def test_a_frame_that_never_ends_is_refused_and_the_connection_closed():
    async def scene(listener, store):
        sender = await connected(listener)
        sender.send(b"\x0b" + message(1, "x" * 100_000))
        assert await sender.answer() == ("AR", "1")
        assert await sender.ended()
        assert not listener.open

    run(scene, limits=Limits(message_bytes=50_000))


def test_a_slow_frame_is_cut_off_and_an_idle_connection_too():
    async def scene(listener, store):
        slow, idle, good = [await connected(listener) for _ in range(3)]
        for byte in b"\x0bMSH|":
            slow.send(bytes([byte]))
            good.send(frame(message(byte)))
            await asyncio.sleep(0.15)
        assert await slow.ended()
        assert await good.answer() == ("AA", "11")
        good.send(frame(message(99)))
        assert await idle.ended()
        assert not good.reader.at_eof()

    run(scene, limits=Limits(frame_seconds=0.4, idle_seconds=0.9))


def test_noise_ends_the_connection_after_a_while():
    async def scene(listener, store):
        sender = await connected(listener)
        for _ in range(30):
            sender.send(b"\x00\xff\x0b\x00")
        assert await sender.ended()
        assert store.kept == []

    run(scene)


def test_a_sender_that_never_reads_its_answers_is_not_read_without_end():
    async def scene(listener, store):
        store.gate.clear()
        sender = await connected(listener)
        sender.send(b"".join(frame(message(n)) for n in range(5000)))
        await asyncio.sleep(0.3)
        (connection,) = listener.open
        assert connection.paused
        store.gate.set()
        assert [(await sender.answer())[1] for _ in range(5000)] == [str(n) for n in range(5000)]

    run(scene, limits=Limits(unanswered=100))


def test_strangers_and_too_many_connections_are_turned_away():
    async def strangers(listener, store):
        assert await turned_away(listener)
        assert listener.counts.refused_connections == 1

    async def too_many(listener, store):
        senders = [await connected(listener) for _ in range(2)]
        senders[0].send(frame(message(1)))
        assert await senders[0].answer() == ("AA", "1")
        assert await turned_away(listener)
        senders[1].writer.close()
        await senders[1].writer.wait_closed()
        await asyncio.sleep(0.05)
        sender = await connected(listener)
        sender.send(frame(message(2)))
        assert await sender.answer() == ("AA", "2")

    async def turned_away(listener) -> bool:
        return await (await connected(listener)).ended()

    run(strangers, addresses=["10.1.0.0/16", "192.168.7.7"])
    run(too_many, limits=Limits(connections=2), addresses=["127.0.0.0/8"])


def test_stopping_stores_and_answers_what_has_arrived():
    store = Memory()

    async def played():
        listener = Listener(store)
        await listener.start()
        sender = await connected(listener)
        store.gate.clear()
        sender.send(frame(message(1)) + frame(message(2)))
        await asyncio.sleep(0.2)
        stopping = asyncio.create_task(listener.stop())
        await asyncio.sleep(0.1)
        store.gate.set()
        assert [await sender.answer(), await sender.answer()] == [("AA", "1"), ("AA", "2")]
        assert await sender.ended()
        await hang_up()
        await stopping

    run_apart(played())
    assert len(store.kept) == 3


def test_a_sender_that_hangs_up_at_once_has_its_message_stored():
    async def scene(listener, store):
        sender = await connected(listener)
        sender.send(frame(message(1)))
        sender.writer.write_eof()
        assert await sender.answer() == ("AA", "1")
        assert await sender.ended()

    run(scene)
