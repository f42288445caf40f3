"""The virus scanner: clamd, asked over its socket with INSTREAM (the protocol is in clamd's manual, clamd(8)).

Where no scanner is configured or found, files say so. Where one is configured and does not answer, a file waits in
quarantine or is refused, as the hospital has set; it is never taken as clean.
"""

import logging
import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhikong.foundation.files.rules import Scan
from zhikong.foundation.files.storage.blobs import pieces

logger = logging.getLogger(__name__)
USUAL_SOCKETS = ("/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock", "/run/clamav/clamd.sock")
SECONDS = 60
LONGEST_ANSWER = 4096


class Unavailable(RuntimeError):
    """The scanner does not answer, or does not answer with a verdict; the message is a Chinese sentence."""


class Infected(RuntimeError):
    """The scanner found something; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Verdict:
    """What the file's row and story say."""

    scan: Scan
    sentence: str


def address() -> str:
    """Where clamd listens: a socket's path, host:port, or nothing."""
    given = settings.FILES_SCANNER
    if given == "off":
        return ""
    return given or next((path for path in USUAL_SOCKETS if Path(path).exists()), "")


def scan(path: Path) -> Verdict:
    """The verdict on a file on disk. Raises Infected; Unavailable when the hospital wants no unscanned file."""
    try:
        return scan_pieces(pieces(path))
    except Unavailable as problem:
        logger.warning("virus scanner: %s", problem)
        if settings.FILES_UNSCANNED == "refuse":
            raise Unavailable(
                "病毒扫描服务没有响应，按本院规定不能保存。请稍后再试，或联系系统管理员。"
            ) from problem
        return Verdict(Scan.WAITING, "病毒扫描服务没有响应，先隔离，扫描后才能打开")


def scan_pieces(content: Iterable[bytes]) -> Verdict:
    """Ask clamd; raises Infected or Unavailable."""
    if not (where := address()):
        return Verdict(Scan.NONE, "本院未设置病毒扫描")
    answer = _ask(where, content)
    if answer.endswith(" FOUND"):
        name = answer.removeprefix("stream:").removesuffix("FOUND").strip()[:80]
        raise Infected(f"病毒扫描发现 {name}，没有保存。请不要打开这个文件，并联系信息科检查电脑。")
    if answer != "stream: OK":
        raise Unavailable(f"clamd 没有给出结论：{answer[:120]}")
    return Verdict(Scan.CLEAN, "病毒扫描未发现问题")


def _ask(where: str, content: Iterable[bytes]) -> str:
    try:
        with closing(_connect(where)) as line:
            line.sendall(b"zINSTREAM\x00")
            for piece in content:
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            return _answer(line)
    except OSError as error:
        raise Unavailable(f"{where}: {error}") from error


def _connect(where: str) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(where)
        except BaseException:
            line.close()
            raise
        return line
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _answer(line: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\x00") and len(received) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        received += piece
    return received.rstrip(b"\x00\n").decode("utf-8", "replace").strip()
