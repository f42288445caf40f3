"""Which mapping reads a file, told by its header: a family's own column names, or all columns that a mapping demands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhikong.intake.mappings import Mapping, Source, used_columns
from zhikong.intake.staging import names_of_column


@dataclass(frozen=True)
class Recognised:
    """The mapping, and what the file looks like in the user's words. certain: a family's own names are all there."""

    mapping: Mapping
    say: str
    certain: bool


def recognise(header: Sequence[str], mappings: Iterable[Mapping]) -> Recognised | None:
    """The mapping that reads a text file with this header; None when none does. Case does not matter.

    A mapping's `looks_like` names headers that only its own files have; of several that fit, the one with the most
    headers wins. Failing that, the mapping that demands the most columns, all of which are there.
    """
    present = {name.casefold() for name in header}
    known = [mapping for mapping in mappings if mapping.sources[mapping.main].format == "csv"]
    families = [
        (len(names), mapping, say)
        for mapping in known
        for names, say in _families(mapping.sources[mapping.main])
        if names <= present
    ]
    if families:
        _, mapping, say = max(families, key=lambda found: found[0])
        return Recognised(mapping, say, True)
    fitting = [
        (len(demanded), mapping)
        for mapping in known
        if (demanded := _demanded(mapping)) and all(present & names for names in demanded)
    ]
    if not fitting:
        return None
    _, mapping = max(fitting, key=lambda found: found[0])
    return Recognised(mapping, mapping.name, False)


def _families(source: Source) -> list[tuple[set[str], str]]:
    return [
        ({str(name).casefold() for name in one["headers"]}, str(one["say"]))
        for one in source.options.get("looks_like", ())
    ]


def _demanded(mapping: Mapping) -> list[set[str]]:
    """For each column that a text file must have for a mapping: every name that will do."""
    source = mapping.sources[mapping.main]
    parts = [part for _, of in source.pseudonyms.values() for part in of]
    columns = [*parts, *source.identity.values(), *used_columns(mapping, source.name)]
    demanded = [c for c in dict.fromkeys(columns) if not source.tolerates(c)]
    return [{name.casefold() for name in names_of_column(source, column)} for column in demanded]
