"""The simulated hospital speaks HL7 v2: messages in the order of events, as a file or live, with planted faults."""

from zhikong.simulator.hl7.carrying import carried
from zhikong.simulator.hl7.faults import KINDS, STREAM_KINDS, Planted, Planter, Sent
from zhikong.simulator.hl7.sending import Told, send
from zhikong.simulator.hl7.stream import Message, everything, messages
from zhikong.simulator.hl7.writing import Export, write

__all__ = [
    "KINDS",
    "STREAM_KINDS",
    "Export",
    "Message",
    "Planted",
    "Planter",
    "Sent",
    "Told",
    "carried",
    "everything",
    "messages",
    "send",
    "write",
]
