"""The sentences of plans and what became of each: of the hospital's adopted plans, and of the packaged documents."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.duties import queries as duties
from zhikong.foundation.duties.definition.model import Duty
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem, PlanSentence
from zhikong.hospital.functions.plans.rules_coverage import Document, Ending, Sentence

CODE = re.compile(r"\d{3}-[A-Z0-9]+")
PLACE = re.compile(r"(?:(?P<part>P\d+|F)\s*)?(?P<place>L\d+(?:[-–]L?\d+)?)\s*(?P<words>.*)", re.DOTALL)
OWN_DOCUMENT = "plan-"
IN_FORCE = (PlanDocument.State.ADOPTED, PlanDocument.State.REPLACED)
KINDS = {
    "target": gettext_lazy("指标目标值"),
    "limit": gettext_lazy("病历时限"),
    "body": gettext_lazy("组织"),
    "theme": gettext_lazy("每月主题"),
    "campaign": gettext_lazy("专项活动"),
    "note": gettext_lazy("备查事项"),
}
"""What else a sentence can become, by the kind that adopting notes."""


def packaged(*, on: date) -> list[Sentence]:
    """The sentences of the packaged documents that ask for something recurring, in the order of the documents."""
    known = duties.packaged()
    running = {one.id for one in duties.duties(on=on)}
    names = _full_names(known)
    found = [sentence for duty in known for sentence in _of_duty(duty, names, duty.id in running)]
    return sorted(found, key=lambda one: (one.document.key, _line(one.place), one.key))


def _full_names(known: list[Duty]) -> dict[str, list[str]]:
    """Code of a document -> its titles with the code, as they are written out; one code may stand for several papers."""
    found: dict[str, list[str]] = {}
    for duty in known:
        for name in re.split(r"[；;]", duty.source.document):
            code = CODE.match(name.strip())
            if code and name.strip() != code[0] and name.strip() not in found.setdefault(code[0], []):
                found[code[0]].append(name.strip())
    return found


def _of_duty(duty: Duty, names: dict[str, list[str]], running: bool) -> Iterator[Sentence]:
    """A duty that stands in two documents is a sentence in both."""
    first = CODE.match(duty.source.document)
    code = first[0] if first else duty.source.document
    for part in re.split(r"[；;](?=\s*(?:P\d+\s*)?L\d)", duty.source.clause):
        said = PLACE.fullmatch(part.strip())
        place, words = (said["place"], said["words"]) if said else ("", part.strip())
        own = _code_of(said["part"], duty, code) if said and said["part"] else code
        document = _document(own, duty, names)
        yield Sentence(
            f"{document.key}-{duty.id}", document, place, words or duty.says, Ending.DUTY, (duty.id,),
            url=reverse("duties:history", args=[duty.id]), assigned=running,
        )  # fmt: skip


def _code_of(part: str, duty: Duty, first: str) -> str:
    """P3 is 001-P3 where the duty names that paper, else the part of its first one."""
    named = [code for code in CODE.findall(duty.source.document) if code.endswith(f"-{part}")]
    return named[0] if named else f"{first[:4]}{part}"


def _document(code: str, duty: Duty, names: dict[str, list[str]]) -> Document:
    """The paper of a code; where it stands for several, the one that the duty names."""
    titles = names.get(code, [code])
    named = [title for title in titles if title in duty.source.document]
    title = named[0] if named else titles[0]
    return Document(_key(code) if len(titles) == 1 else f"{_key(code)}-{_key(title)[:6]}", title)


def _key(name: str) -> str:
    return (
        re.sub(r"[^a-z0-9]", "-", name.lower())
        if name.isascii()
        else hashlib.sha256(name.encode()).hexdigest()[:10]
    )


def _line(place: str) -> int:
    found = re.search(r"\d+", place)
    return int(found[0]) if found else 0


def sentences(*, on: date) -> list[Sentence]:
    """Every sentence whose keeping can be asked for on a day: the hospital's own plans first."""
    return [*own(on=on), *packaged(on=on)]


def own(*, on: date) -> list[Sentence]:
    """The sentences of the hospital's plans that were adopted by a day, in the order of the text."""
    plans = PlanDocument.objects.filter(state__in=IN_FORCE, reviewed_at__isnull=False).order_by("-year", "pk")
    running = {one.id for one in duties.duties(on=on)}
    found = []
    for plan in plans:
        if timezone.localdate(plan.reviewed_at) <= on:
            found += _of_plan(plan, running)
    return found


def _of_plan(plan: PlanDocument, running: set[str]) -> Iterator[Sentence]:
    document = Document(f"{OWN_DOCUMENT}{plan.pk}", str(plan), True, reverse("plans:review", args=[plan.pk]))
    items: dict[int | None, list[PlanItem]] = {}
    for item in plan.items.exclude(adopted_kind=""):
        items.setdefault(item.sentence_id, []).append(item)
    for number, row in enumerate(plan.sentences.all(), 1):
        adopted = items.get(row.pk, [])
        duty_ids = tuple(dict.fromkeys(one.adopted_key for one in adopted if one.adopted_kind == "duty"))
        text = " ".join(plan.text[row.start : row.end].split())
        yield Sentence(
            f"{document.key}-{row.pk}", document, _("第 %(n)d 句") % {"n": number}, text,
            _ending(row, bool(duty_ids)), duty_ids, _became(adopted), f"{document.url}#s{row.pk}",
            assigned=bool(set(duty_ids) & running),
        )  # fmt: skip


def _ending(row: PlanSentence, has_duty: bool) -> Ending:
    if has_duty:
        return Ending.DUTY
    return {"adopted": Ending.OTHER, "informational": Ending.INFORMATIONAL}.get(row.ending, Ending.OPEN)


def _became(adopted: list[PlanItem]) -> str:
    """指标目标、专项活动: what else came of a sentence."""
    kinds = dict.fromkeys(one.adopted_kind for one in adopted if one.adopted_kind != "duty")
    return "、".join(str(KINDS.get(kind, _("其他"))) for kind in kinds)
