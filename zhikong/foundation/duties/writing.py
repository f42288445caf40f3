"""The text of a duty that a plan asks for, and in words what it changes. Pure."""

import hashlib
from datetime import date

import yaml

from zhikong.foundation.duties.definition.checks.due import WORKING_DAYS
from zhikong.foundation.duties.definition.fields import COMMITTEES
from zhikong.foundation.duties.definition.model import BODY_WORDS, Body, Duty
from zhikong.foundation.duties.descriptions import Description, PlanSource
from zhikong.foundation.duties.dues import rule_words
from zhikong.foundation.duties.periods import Every
from zhikong.foundation.packstore.comparing import data_of
from zhikong.foundation.packstore.queries import Resolved

LAST = {
    Every.WEEK: {"weekday": 5},
    Every.MONTH: {"working_day": -1},
    Every.QUARTER: {"working_day": -1},
    Every.HALF_YEAR: {"working_day": -1},
    Every.YEAR: {"day": 31, "month": 12, "shift": "earlier"},
}
"""When the plan names no date: the last working day of the period."""
MOST_TIMES = 60
LONGEST = 120


def cannot(description: Description) -> str:
    """Why a description cannot be a recurring duty, as a sentence; '' when it can."""
    if description.body not in tuple(Body):
        return "没有写明是科室、委员会还是全院的职责，请先指定。"
    if description.per not in tuple(Every):
        return (
            "每天或每次发生时都要做的事由日常记录体现，不建周期职责；请改为每周、每月、每季度、每半年或每年。"
        )
    if not 1 <= description.count <= MOST_TIMES:
        return f"次数 {description.count} 不对，应为 1 到 {MOST_TIMES}。"
    if description.body == Body.COMMITTEE and description.committee not in COMMITTEES:
        return "没有写明是哪个委员会，请先指定；不在委员会名录里的小组，可作为全院职责由主管科室负责。"
    return "" if description.title.strip() else "没有写明做什么。"


def name_of(description: Description) -> str:
    """The id of a new duty: the same sentence adopted again is the same duty."""
    said = "|".join((description.title.strip(), description.body, description.committee, *description.codes))
    return f"plan_{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def text_of(
    description: Description, source: PlanSource, *, on: date, duty_id: str, base: Resolved | None
) -> str:
    """The duty's file: a new one, or the existing one with what the plan says differently."""
    data = dict(data_of(base.text)) if base else _new(description, on, duty_id)
    data.pop("preset", None)
    asked = Every(description.per)
    if base is None or asked.value != data["every"] or description.within or description.due_on:
        data["due"] = due_of(description)
    data["every"] = asked.value
    if description.count > 1 or "times" in data:
        data["times"] = description.count
    if description.codes:
        data["who"] = {**data["who"], "codes": list(description.codes)}
    data["source"] = {"document": source.document[:120], "clause": source.clause[:200], "mark": "verified"}
    data["says"] = _says(description, source)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000)


def _says(description: Description, source: PlanSource) -> str:
    said = (description.says or description.title).strip().rstrip("。；;")
    return f"{said[:160]}（{source.document[:80]}）"


def _new(description: Description, on: date, duty_id: str) -> dict:
    who = {"role": description.person}
    if description.body == Body.DEPARTMENT:
        who["department_kinds"] = list(description.department_kinds)
    if description.body == Body.COMMITTEE:
        who["committee"] = description.committee
    return {
        "id": duty_id,
        "version": 1,
        "title": {"zh": description.title.strip()[:LONGEST]},
        "purpose": "本院计划规定的职责",
        "source": {},
        "owner": "quality_office",
        "checker": "medical_affairs",
        "next_review": date(on.year + 1, 12, 31),
        "body": description.body,
        "who": who,
        "every": description.per,
        "due": {},
        "evidence": {"hand": list(description.hands)},
        "says": "",
        "order": 120,
    }


def due_of(description: Description) -> dict:
    """The rule of the date: one date of the year, so many days into the period, or its last working day."""
    every = Every(description.per)
    if description.due_on is not None and every is Every.YEAR:
        return {"day": description.due_on.day, "month": description.due_on.month, "shift": "earlier"}
    rule = _within(description, every) or dict(LAST[every])
    return {**rule, "of": "following"} if description.following else rule


def _within(description: Description, every: Every) -> dict:
    if description.within is None:
        return {}
    number, unit = int(description.within[0]), description.within[1]
    if unit == "workday" and 1 <= number <= WORKING_DAYS[every]:
        return {"working_day": number}
    if unit == "day" and every is Every.WEEK and 1 <= number <= 7:
        return {"weekday": number}
    return {"day": number} if unit == "day" and every is not Every.WEEK and 1 <= number <= 31 else {}


def rule(duty: Duty) -> str:
    """科室职责，每月至少 2 次，当月最后一个工作日前."""
    often = f"{duty.every.word}{'' if duty.times == 1 else f'至少 {duty.times} 次'}"
    return f"{BODY_WORDS[duty.body]}职责，{often}，{rule_words(duty.due, duty.every)}"


def changes(before: Duty, after: Duty) -> list[str]:
    """What is asked for differently, in words; empty when only the source differs."""
    said = []
    if before.every is not after.every:
        said.append(f"{before.every.word}改为{after.every.word}")
    if before.times != after.times:
        said.append(f"每期至少 {before.times} 次改为 {after.times} 次")
    if (before.due, before.every) != (after.due, after.every):
        old, new = rule_words(before.due, before.every), rule_words(after.due, after.every)
        said += [f"期限由{old}改为{new}"] if old != new else []
    if before.who != after.who:
        said.append("只限" + "、".join(after.who.codes) if after.who.codes else "负责的岗位或科室有变化")
    return said
