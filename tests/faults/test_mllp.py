"""HL7 over real sockets into a real database: hostile senders, cut lines, a listener that is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest

from tests.apart import run_apart
from tests.faults.conftest import eventually
from tests.loads import NOW, loading_hospital  # noqa: F401
from zhikong.hospital.functions.datasources.mllp.framing import Framer, frame
from zhikong.simulator.hl7 import Message, Planter, send


@pytest.fixture
def feed(loading):
    """A committed HL7 feed on a free port."""
    from zhikong.hospital.functions.datasources.models import Feed

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with loading.scoped():
        return Feed.objects.create(
            institution_id=loading.id,
            code="his",
            title="HIS",
            kind="hl7",
            mapping="hl7_v2",
            settings={"port": port, "message_mb": 1},
            created_at=NOW,
        )


@contextmanager
def listening(feed):
    """`zhikong mllp` in a process of its own, as the supervisor starts it."""
    environment = os.environ | {"ZHIKONG_ROLE": "worker"}
    command = [sys.executable, "-m", "zhikong", "mllp", "--supervised"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: _answers(feed.settings["port"]), 60)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


def _answers(port) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def receipts(loading, feed):
    from zhikong.hospital.functions.datasources.models import Receipt

    with loading.scoped():
        return list(Receipt.objects.filter(feed=feed).order_by("seq").values_list("identity", "state"))


def text(control, kind="ADT^A08", *segments, at="20260901080000") -> bytes:
    msh = f"MSH|^~\\&|HIS|H|ZK|H|{at}||{kind}|{control}|P|2.5.1|||||CHN|UNICODE UTF-8"
    return "\r".join([msh, *(segments or (f"PID|1||{control}",))]).encode() + b"\r"


async def exchange(port, contents, *, until=None, acknowledged=None):
    """Send messages, keep 20 unanswered; gives the control ids that were acknowledged, also when the line breaks."""
    done = [] if acknowledged is None else acknowledged
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    framer, waiting = Framer(1 << 20), 0
    with suppress(OSError, EOFError):
        for content in contents:
            writer.write(frame(content))
            waiting += 1
            while waiting > 20:
                waiting -= await _read(reader, framer, done)
        while waiting > 0:
            waiting -= await _read(reader, framer, done)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return done


async def _read(reader, framer, done) -> int:
    data = await asyncio.wait_for(reader.read(65536), 30)
    if not data:
        raise EOFError
    answers = framer.feed(data)
    for one in answers:
        msa = next(line for line in one.content.split(b"\r") if line[:3] == b"MSA").split(b"|")
        assert msa[1] == b"AA", one.content
        done.append(msa[2].decode())
    return len(answers)


def test_hostile_senders_do_not_keep_a_good_one_from_being_stored(loading, feed):
    port = feed.settings["port"]

    async def hostile(data: bytes, rounds: int, pause: float = 0.0) -> None:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            for _ in range(rounds):
                writer.write(data)
                await writer.drain()
                await asyncio.sleep(pause)
            writer.transport.abort()

    async def scene():
        garbage = hostile(bytes(range(256)) * 64, 50)
        endless = hostile(b"\x0bMSH|^~\\&|" + b"x" * 65536, 40)
        slow = hostile(b"\x0b", 30, 0.05)
        cut = hostile(b"\x0b" + text("CUT")[:40], 1)
        flood = [hostile(b"", 1, 0.5) for _ in range(30)]
        good = exchange(port, [text(n) for n in range(200)])
        return (await asyncio.gather(good, garbage, endless, slow, cut, *flood))[0]

    with listening(feed):
        done = run_apart(scene())
    assert done == [str(n) for n in range(200)]
    found = receipts(loading, feed)
    assert [state for _, state in found] == ["waiting"] * 200
    assert {identity.split("|")[2] for identity, _ in found} == {str(n) for n in range(200)}


def test_a_killed_listener_has_stored_all_that_it_acknowledged_and_repetition_completes_the_rest(
    loading, feed
):
    port = feed.settings["port"]
    senders = {name: [text(f"{name}{n}") for n in range(500)] for name in "AB"}
    acknowledged: dict[str, list[str]] = {name: [] for name in senders}

    async def until_killed(process):
        async def kill():
            while sum(map(len, acknowledged.values())) < 300:
                await asyncio.sleep(0.002)
            os.kill(process.pid, signal.SIGKILL)

        tasks = [
            exchange(port, content, acknowledged=acknowledged[name]) for name, content in senders.items()
        ]
        await asyncio.gather(kill(), *tasks)

    with listening(feed) as process:
        run_apart(until_killed(process))
        assert process.wait(30) == -signal.SIGKILL
    told = {one for done in acknowledged.values() for one in done}
    assert 300 <= len(told) < 1000
    stored = {identity.split("|")[2] for identity, _ in receipts(loading, feed)}
    assert told <= stored

    with listening(feed):
        for name, content in senders.items():
            rest = content[len(acknowledged[name]) :]
            assert len(run_apart(exchange(port, rest))) == len(rest)
    found = [identity.split("|")[2] for identity, state in receipts(loading, feed) if state != "duplicate"]
    assert sorted(found) == sorted(f"{name}{n}" for name in senders for n in range(500))
    for name in senders:  # and each sender's messages in its order, as without the interruption
        assert [one for one in found if one[0] == name] == [f"{name}{n}" for n in range(500)]


PATIENT = ("PID|1||P1^^^H^MR||甲||19600101|M",)
STAY = "PV1|1|I|{place}^W1^{bed}|||{before}|D1|||||||1|||D2|N|1^^^H^VN|1||||||||||||||||{way}||||||||20260901080000|{left}"


def adt(control, event, at, place="CARD", bed="01", before="", way="", left="", happened=None) -> bytes:
    evn = f"EVN|{event}|{at}||||{happened or at}"
    pv1 = STAY.format(place=place, bed=bed, before=before, way=way, left=left)
    return text(control, f"ADT^{event}", evn, *PATIENT, pv1, at=at)


def test_admission_transfer_discharge_and_their_cancellations_reach_the_live_store(loading, feed):
    from zhikong.foundation.patients import live
    from zhikong.hospital.functions.datasources.receiving import process

    messages = [
        adt("1", "A01", "20260901080000"),
        adt("2", "A02", "20260902090000", place="GSUR", before="CARD"),
        adt("3", "A03", "20260905100000", place="GSUR", way="1", left="20260905100000"),
        adt("4", "A13", "20260905110000", place="GSUR", happened="20260905100000"),
        adt("5", "A02", "20260906090000", place="CARD", before="GSUR"),
        adt("6", "A12", "20260906093000", place="GSUR", before="CARD", happened="20260906090000"),
        text("7", "ORU^R01", *PATIENT, STAY.format(place="GSUR", bed="02", before="", way="", left=""),
             "OBR|1|O1||K^血钾|||20260906080000|||||||||||||||20260906081000||LAB|F",
             "OBX|1|NM|K^血钾||7.1|mmol/L||HH|||F",
             "NTE|1|L|已通报|CVN||20260906081500"),
    ]  # fmt: skip

    async def scene():
        stream = [Message(datetime(2026, 9, 1), str(n), one.decode()) for n, one in enumerate(messages)]  # noqa: DTZ001
        return await send(Planter(1, len(stream), {}).sent(stream), "127.0.0.1", feed.settings["port"])

    with listening(feed):
        told = run_apart(scene())
    assert (told.answers, told.given_up) == ({"AA": len(messages)}, 0)
    loads = process(feed=feed, now=NOW)
    assert [load.state for load in loads] == ["published"], [load.message for load in loads]
    with loading.scoped():
        [stay] = live.rows("stays")
        transfers = live.rows("transfers")
        [result] = live.rows("results")
    assert stay.get("discharged_at") is None
    assert stay["admission_department"] == "CARD"
    assert [(one["from_department"], one["to_department"]) for one in transfers] == [("CARD", "GSUR")]
    assert (result["value"], result["critical"], result["abnormal"]) == (7.1, True, "HH")
    assert str(result["notified_at"]).startswith("2026-09-06")
