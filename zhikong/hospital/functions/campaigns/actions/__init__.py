"""All writes of campaigns."""

from zhikong.hospital.functions.campaigns.actions.closing import commend, inspect, keep, summarise
from zhikong.hospital.functions.campaigns.actions.starting import (
    add_item,
    launch,
    place,
    start,
    start_from_plan,
    start_preset,
    withdraw,
)
from zhikong.hospital.functions.campaigns.actions.working import (
    add_contest,
    add_money,
    add_quota,
    answer,
    hand_in,
    join,
    move_item,
    record_result,
    report_count,
)

__all__ = [
    "add_contest",
    "add_item",
    "add_money",
    "add_quota",
    "answer",
    "commend",
    "hand_in",
    "inspect",
    "join",
    "keep",
    "launch",
    "move_item",
    "place",
    "record_result",
    "report_count",
    "start",
    "start_from_plan",
    "start_preset",
    "summarise",
    "withdraw",
]
