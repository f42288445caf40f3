"""What a short report says, as codes, and what follows from them. No ORM.

Sources: EVT-01, EVT-28; levels and NCC MERP groups: domain reference e1 (letters C to I verified, A, B and the map
from letter to level from memory; the map is data, see packs/national/incident_levels).
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import models
from django.utils.translation import gettext_lazy as _


class Privacy(models.TextChoices):
    """Who may know who reported. Chosen once, never changed."""

    NAMED = "named", _("实名")
    CONFIDENTIAL = "confidential", _("保密")
    ANONYMOUS = "anonymous", _("匿名")


class State(models.TextChoices):
    """Where an incident stands. Only handling moves it on; sending it again after a return is the reporter's."""

    REPORTED = "reported", _("已报告，等待受理")
    RETURNED = "returned", _("退回补充")
    ACCEPTED = "accepted", _("已受理")
    INVESTIGATING = "investigating", _("调查中")
    ANALYSING = "analysing", _("分析中")
    MEASURES = "measures", _("整改中")
    CHECKING = "checking", _("核实效果")
    CLOSED = "closed", _("已办结")
    MERGED = "merged", _("已并入另一件")


class Shift(models.TextChoices):
    """When on the day, coarsely: an exact minute would name who stood there."""

    MORNING = "morning", _("上午（8–12 点）")
    AFTERNOON = "afternoon", _("下午（12–18 点）")
    EVENING = "evening", _("晚上（18–24 点）")
    NIGHT = "night", _("夜里（0–8 点）")
    UNKNOWN = "unknown", _("说不清")


class Place(models.TextChoices):
    """Where in the department, as far as statistics need it; more goes into the text."""

    WARD_ROOM = "ward_room", _("病房")
    BATHROOM = "bathroom", _("卫生间、浴室")
    CORRIDOR = "corridor", _("走廊、楼梯、电梯")
    TREATMENT = "treatment", _("治疗室、换药室")
    NURSE_STATION = "nurse_station", _("护士站、办公室")
    THEATRE = "theatre", _("手术室、介入室")
    RECOVERY = "recovery", _("麻醉复苏室")
    ICU = "icu", _("监护室")
    EMERGENCY = "emergency", _("急诊、抢救室")
    OUTPATIENT = "outpatient", _("门诊诊室、候诊区")
    LABORATORY = "laboratory", _("检验、病理、输血科")
    IMAGING = "imaging", _("影像、功能检查室")
    PHARMACY = "pharmacy", _("药房、静配中心")
    TRANSPORT = "transport", _("转运途中")
    OUTSIDE = "outside", _("院区室外")
    OTHER = "other", _("其他地方")


class Outcome(models.TextChoices):
    """What became of the patient, in plain words; the value is the letter of NCC MERP."""

    A = "A", _("还没出错，但这里迟早会出事")
    B = "B", _("差点出事，在碰到患者之前发现了")
    C = "C", _("碰到了患者，没有伤害")
    D = "D", _("碰到了患者，要观察或检查才放心")
    E = "E", _("有轻的、暂时的伤害，需要处理")
    F = "F", _("有暂时的伤害，要住院或延长住院")
    G = "G", _("留下了永久的伤害")
    H = "H", _("做了抢救")
    I = "I", _("患者死亡")  # noqa: E741  the letter of the scale


UNSURE = ""  # "not sure" is an answer: the office that handles it decides

LEVELS = ("I", "II", "III", "IV")
SHOWN_LEVELS = {"I": "Ⅰ级", "II": "Ⅱ级", "III": "Ⅲ级", "IV": "Ⅳ级"}
_BY_LETTER = {
    "A": "IV",
    "B": "IV",
    "C": "III",
    "D": "III",
    "E": "II",
    "F": "II",
    "G": "I",
    "H": "I",
    "I": "I",
}


def suggested_level(harm: str) -> str:
    """The level that a letter suggests, '' when it is not known; the office that handles the incident confirms it."""
    return _BY_LETTER.get(harm, "")


def is_near_miss(harm: str) -> bool:
    """Nothing reached a patient: a hazard or an error that was caught (EVT-28)."""
    return harm in ("A", "B")


def shift_of(at: time) -> str:
    """The part of the day of a wall time."""
    if at.hour < 8:
        return Shift.NIGHT
    if at.hour < 12:
        return Shift.MORNING
    return Shift.AFTERNOON if at.hour < 18 else Shift.EVENING


def in_the_future(occurred_on: date, shift: str, now: datetime) -> bool:
    """True when what is said to have happened cannot have happened yet. now: local wall time of the hospital."""
    if occurred_on != now.date():
        return occurred_on > now.date()
    begins = {Shift.NIGHT: 0, Shift.MORNING: 8, Shift.AFTERNOON: 12, Shift.EVENING: 18}
    return begins.get(shift, 0) > now.hour
