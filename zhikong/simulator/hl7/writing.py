"""The stream as a file: framed as it goes over the line, or as plain text with the faults left in their frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from zhikong.simulator.hl7.faults import Planted, Planter
from zhikong.simulator.hl7.stream import Message, messages


@dataclass
class Export:
    """The file, how many messages are in it, and the faults planted."""

    file: Path
    messages: int = 0
    faults: list[Planted] = field(default_factory=list)


def write(
    tables: Mapping[str, pa.Table],
    file: Path,
    *,
    encoding: str = "utf-8",
    seed: int = 1,
    faults: dict[str, int] | None = None,
) -> Export:
    """Write the contract's tables (with `identities`) as HL7 v2 messages in the order of events, each in its frame."""
    made: list[Message] = list(messages(tables, encoding=encoding))
    planter = Planter(seed, len(made), faults or {})
    done = Export(file, faults=planter.found)
    with file.open("wb") as target:
        for one in planter.sent(made, encoding):
            target.write(one.wire)
            done.messages += 1
    return done
