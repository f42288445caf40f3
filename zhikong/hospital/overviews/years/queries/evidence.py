"""Everything a summary quotes, as plain JSON: the same period and moment give the same, whoever asks and whenever."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.organisation.queries import institution, institution_on
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules as indicator_rules
from zhikong.hospital.overviews.years.models import Summary
from zhikong.hospital.overviews.years.queries import records, results, sentences
from zhikong.hospital.overviews.years.queries.as_of import Then, then
from zhikong.hospital.overviews.years.queries.records import KEPT, RULES_VERSION, Counted, Window

LENGTH = {Summary.Kind.QUARTER: 3, Summary.Kind.HALF: 6, Summary.Kind.YEAR: 12}
MET, MISSED, UNKNOWN, SMALL = "met", "missed", "unknown", "small"
ORDER = (MISSED, MET, SMALL, UNKNOWN)


def months_of(kind: str, last_month: str) -> list[str]:
    """The months of a period by its kind and last month."""
    return calendar.last(LENGTH[Summary.Kind(kind)], last_month)


def window_of(kind: str, last_month: str, moment: datetime) -> Window:
    first = calendar.first_day(months_of(kind, last_month)[0])
    return Window(first, _last_day(last_month), moment)


def _last_day(month: str) -> date:
    return calendar.first_day(calendar.shifted(month, 1)) - timedelta(days=1)


def snapshot(*, kind: str, last_month: str, as_of: datetime) -> dict:
    """Indicators, counts and the plan's sentences, numbered. Read as a job: who asks changes nothing in the figures."""
    with scoped(job_scope(current_scope().institution_id, job="years.summary")):
        return _snapshot(kind, months_of(kind, last_month), window_of(kind, last_month, as_of), then(as_of))


def _snapshot(kind: str, months: Sequence[str], window: Window, seen: Then) -> dict:
    indicators = _indicators(seen, months)
    counted = [_count(one, window) for one in records.counts(window)]
    entries = [*indicators, *counted]
    for number, entry in enumerate(entries, 1):
        entry["number"] = number
    chapters = sentences.chapters(window, {entry["key"]: entry for entry in indicators})
    for sentence in (one for chapter in chapters for one in chapter["sentences"]):
        if figure := sentence.pop("figure", None):
            entries.append(figure | {"number": len(entries) + 1})
            sentence["number"] = len(entries)
    named = institution_on(on=window.day) or institution()
    made = {
        "kind": kind,
        "institution": named.name,
        "first": months[0],
        "last": months[-1],
        "as_of": f"{timezone.localtime(window.moment):%Y-%m-%d %H:%M}",
        "data_version": seen.shown.current.data_version if seen.shown.current else "",
        "complete": timezone.localdate(window.moment) > window.last,
        "entries": entries,
        "chapters": chapters,
    }
    return made | {"digest": digest(made)}


def digest(made: dict) -> str:
    """Of a snapshot, without what is derived from it."""
    said = {key: value for key, value in made.items() if key != "digest"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _indicators(seen: Then, months: Sequence[str]) -> list[dict]:
    """One entry per indicator with a target, the missed ones first."""
    wanted = [d for d in seen.definitions.values() if seen.book.counted.counts(d.id, months[-1])]
    found = results.read(seen, months, indicators=[d.id for d in wanted], places=[None])
    made = []
    for definition in wanted:
        one = results.outcome(definition, None, months, found)
        in_force = seen.book.of(definition, None, months[-1], seen.shown.as_of(months[-1]))
        if in_force.target.empty:
            continue
        made.append(_indicator(one, in_force.target))
    return sorted(made, key=lambda entry: ORDER.index(entry["state"]))


def _indicator(one: results.Outcome, target: indicator_rules.Target) -> dict:
    return {
        "what": "indicator", "key": one.id, "title": one.name, "shown": one.shown, "target": target.text(one.unit),
        "state": _state(one, target), "numerator": one.numerator, "denominator": one.denominator, "known": one.known,
        "months": one.months, "version": one.version, "hash": one.hash, "data_version": one.data_version,
        "reason": one.reason, "url": one.url, "note": _indicator_note(one),
    }  # fmt: skip


def _state(one: results.Outcome, target: indicator_rules.Target) -> str:
    if one.number is None:
        return UNKNOWN
    if not one.enough:
        return SMALL
    return MET if target.met_by(one.number) else MISSED


def _indicator_note(one: results.Outcome) -> str:
    """Definition with version and checksum, rows (numerator and denominator), data version."""
    said = {"name": one.name, "id": one.id, "version": one.version, "hash": one.hash}
    text = _("%(name)s：口径 %(id)s 第 %(version)s 版（%(hash)s）") % said
    if one.value is None:
        return text + _("；无法计算：%(reason)s。") % {"reason": one.reason.rstrip("。")}
    rows = _("；分子 %(top)s") % {"top": _number(one.numerator)}
    if one.denominator is not None:
        rows += _("，分母 %(bottom)s") % {"bottom": _number(one.denominator)}
    rows += _("；%(known)d / %(months)d 个月有数据") % {"known": one.known, "months": one.months}
    return text + rows + _("；数据版本 %(version)s。") % {"version": one.data_version or "—"}


def _number(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _count(one: Counted, window: Window) -> dict:
    return {
        "what": "count", "key": one.key, "title": one.title, "shown": f"{one.value} {one.unit}", "value": one.value,
        "source": one.source, "rows": list(one.rows[:KEPT]), "row_count": one.value, "hash": one.digest,
        "version": RULES_VERSION, "note": records.note(one, window),
    }  # fmt: skip
