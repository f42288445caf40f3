"""What the hospital's indicators, departments and committees are called, for the reader."""

from __future__ import annotations

from datetime import date

from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Body
from zhikong.foundation.packstore import queries as packstore
from zhikong.reading.lexicon import Lexicon, with_words
from zhikong.reading.words import packaged


def of_hospital(*, on: date) -> Lexicon:
    """The names of a day; the packaged words of plans are added after the hospital's own."""
    own = Lexicon(indicators=_indicators(on), departments=_departments(on), committees=_committees())
    return with_words(own, packaged())


def _indicators(on: date) -> dict[str, tuple[str, ...]]:
    return {found.id: (found.title,) for found in packstore.resolve_all("indicator", on=on)}


def _departments(on: date) -> dict[str, tuple[str, ...]]:
    aliases = organisation.aliases()
    return {str(one.id): (one.name, *aliases.get(one.id, ())) for one in organisation.departments(on=on)}


def _committees() -> dict[str, tuple[str, ...]]:
    found = Body.objects.exclude(kind=Body.Kind.QC_GROUP)
    return {str(body.pk): (body.name, body.get_kind_display()) for body in found}
