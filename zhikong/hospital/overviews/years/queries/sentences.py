"""The adopted plan's sentences, chapter by chapter, with what shows that they were kept: the turns of a duty with their
proofs, a committee's meetings, what a campaign did, an indicator's result. What has none of it is named instead."""

from collections.abc import Iterator, Mapping

from django.db.models import Q
from django.utils.translation import gettext as _

from zhikong.foundation.duties.models import Occurrence
from zhikong.hospital.functions.campaigns.models import Item
from zhikong.hospital.functions.meetings.models import Meeting
from zhikong.hospital.overviews.adopting.models import AdoptedThing, Adoption
from zhikong.hospital.overviews.years.queries import records
from zhikong.hospital.overviews.years.queries.records import KEPT, RULES_VERSION, Counted, Window

STANDS = ("new", "changed", "same")
PLAIN = str.maketrans("〔〕“”", "[]‘’")  # a plan's own brackets are no marks of figures
LONGEST = 120  # characters of a sentence that are quoted


def adoption_of(window: Window) -> Adoption | None:
    """The hospital's plan of the period's year as it was adopted at the moment; the newest when there are several."""
    standing = Q(undone_at=None) | Q(undone_at__gte=window.moment) | Q(state=Adoption.State.PARTLY)
    rows = Adoption.objects.filter(
        standing, year=window.last.year, adopted_at__lt=window.moment, document__level="hospital"
    )
    return rows.select_related("document").order_by("-adopted_at", "-pk").first()


def chapters(window: Window, indicators: Mapping[str, dict]) -> list[dict]:
    """[{title, sentences: [{text, kept, why, number | figure}]}] by the plan's headings, in the order of the text.

    indicators: id → numbered entry of the summary, so that a target's sentence quotes the same figure.
    """
    adoption = adoption_of(window)
    if adoption is None:
        return []
    standing = Q(undone_at=None) | Q(undone_at__gte=window.moment)
    rows = adoption.things.filter(standing, outcome__in=STANDS, item__sentence__isnull=False)
    found: dict[int, list[AdoptedThing]] = {}
    heads: dict[int, tuple[str, str]] = {}
    for thing in rows.select_related("item__sentence").order_by("item__sentence__start", "pk"):
        sentence = thing.item.sentence
        found.setdefault(sentence.pk, []).append(thing)
        words = adoption.document.text[sentence.start : sentence.end]
        heads[sentence.pk] = (sentence.heading.strip(), " ".join(words.split()).translate(PLAIN))
    made: dict[str, list[dict]] = {}
    for pk, things in found.items():
        heading, words = heads[pk]
        title = heading or _("计划的其他内容")
        made.setdefault(title, []).append(_sentence(words, things, window, indicators))
    return [{"title": title[:60], "sentences": told} for title, told in made.items()]


def _sentence(words: str, things: list[AdoptedThing], window: Window, indicators: Mapping) -> dict:
    text = words if len(words) <= LONGEST else f"{words[:LONGEST]}……"
    for found in _evidence(things, window, indicators):
        return {"text": text, "kept": True, "why": ""} | found
    kinds = "、".join(dict.fromkeys(str(thing.get_kind_display()) for thing in things))
    return {"text": text, "kept": False, "why": _("已采纳为%(kinds)s，期内没有证据") % {"kinds": kinds}}


def _evidence(things: list[AdoptedThing], window: Window, indicators: Mapping) -> Iterator[dict]:
    """What the sentence's things show, the strongest first."""
    keys: dict[str, list[str]] = {}
    for thing in things:
        keys.setdefault(thing.kind, []).append(thing.key)
    counted = (
        _turns(keys.get("duty", []), window),
        _held(keys.get("body", []), window),
        _campaigns(keys.get("campaign", []), window),
    )
    for one in counted:
        if one.value:
            yield {"figure": _figure(one, window)}
    for key in keys.get("target", []):
        entry = indicators.get(key.partition(":")[0])
        if entry is not None and entry["state"] != "unknown":
            yield {"number": entry["number"]}


def _turns(duty_ids: list[str], window: Window) -> Counted:
    """Turns of the duties that fell due in the period and have their proofs."""
    due = Occurrence.objects.filter(
        duty_id__in=duty_ids, due_on__gte=window.first, due_on__lte=window.day, opened_at__lt=window.moment
    ).exclude(Q(excused_at__lt=window.moment))
    rows = records.proven(window, due).order_by().values_list("pk", flat=True)
    rule = _("职责 %(ids)s 期内到期 %(due)d 次，其中证据足够的") % {
        "ids": "、".join(duty_ids),
        "due": due.count(),
    }
    return Counted("plan_duty", _("计划要求的职责"), rule, _("次有证据"), "occurrences", sorted(rows))


def _held(bodies: list[str], window: Window) -> Counted:
    """Meetings of committees, named by their kind or number."""
    numbers = [int(key) for key in bodies if key.isdigit()]
    rows = Meeting.objects.filter(
        Q(body__kind__in=bodies) | Q(body_id__in=numbers), state=Meeting.State.HELD, on__gte=window.first,
        on__lte=window.last, held_at__lt=window.moment,
    ).order_by().values_list("pk", flat=True)  # fmt: skip
    return Counted(
        "plan_meetings", _("计划要求的会议"), _("期内已召开的"), _("次会议"), "meetings", sorted(rows)
    )


def _campaigns(keys: list[str], window: Window) -> Counted:
    """Items of the campaigns that were done in the period."""
    numbers = [int(key) for key in keys if key.isdigit()]
    rows = Item.objects.filter(
        campaign_id__in=numbers, state=Item.State.DONE, done_at__gte=window.start, done_at__lt=window.end
    ).order_by().values_list("pk", flat=True)  # fmt: skip
    return Counted(
        "plan_campaign",
        _("计划安排的活动"),
        _("期内完成的活动事项"),
        _("个事项完成"),
        "campaign_items",
        sorted(rows),
    )


def _figure(one: Counted, window: Window) -> dict:
    return {
        "what": "plan", "key": one.key, "title": one.title, "shown": f"{one.value} {one.unit}", "value": one.value,
        "source": one.source, "rows": list(one.rows[:KEPT]), "row_count": one.value, "hash": one.digest,
        "version": RULES_VERSION, "note": records.note(one, window),
    }  # fmt: skip
