"""Voice notes: frames and boxes must really be there, not only a signature in front of something else."""

from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused

BROKEN = "录音文件的结构不完整，不能上传。请重新录制或导出。"
MOST_BOXES = 10_000
BITRATES = {  # kbit/s by version and the frame's index, layer III (ISO/IEC 11172-3 and 13818-3)
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
TOP_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"udta", b"meta", b"sidx", b"moof", b"mfra", b"styp", b"beam"}  # fmt: skip


def check_mp3(path: Path) -> str:
    """Three frames must follow each other behind the ID3 tag."""
    with open(path, "rb") as file:
        data = file.read(1024 * 1024 * 2)
    position = _after_tag(data)
    for _number in range(3):
        length = _frame_length(data[position : position + 4])
        if not length:
            raise Refused(BROKEN)
        position += length
    return ""


def _after_tag(data: bytes) -> int:
    if not data.startswith(b"ID3"):
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    position = 10 + size
    while data[position : position + 1] == b"\x00":  # padding that the tag does not count
        position += 1
    return position


def _frame_length(head: bytes) -> int:
    """Bytes of an MPEG audio frame of layer III, or 0 when this is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0
    per_frame = 144_000 if version == 3 else 72_000
    kbits = BITRATES[3 if version == 3 else 2][bitrate]
    return per_frame * kbits // RATES[version][rate] + (head[2] >> 1 & 1)


def check_m4a(path: Path) -> str:
    """The boxes must follow each other to the very end of the file, and one of them must describe the sound."""
    size, position, boxes, seen = path.stat().st_size, 0, 0, set()
    with open(path, "rb") as file:
        while position < size:
            file.seek(position)
            length, kind = _box(file.read(16), size - position)
            if kind not in TOP_BOXES or length < 8 or position + length > size or boxes > MOST_BOXES:
                raise Refused(BROKEN)
            seen.add(kind)
            boxes += 1
            position += length
    if b"moov" not in seen:
        raise Refused(BROKEN)
    return ""


def _box(head: bytes, left: int) -> tuple[int, bytes]:
    length = int.from_bytes(head[:4], "big")
    if length == 1:
        length = int.from_bytes(head[8:16], "big")
    return (left if length == 0 else length), head[4:8]
