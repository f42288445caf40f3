"""The data-quality rules that came with the installation, read once per process."""

from functools import cache
from pathlib import Path

from zhikong import packs
from zhikong.engine.quality import Rulebook, load_rulebook
from zhikong.engine.quality.effects import fields_needed
from zhikong.engine.quality.model import Field
from zhikong.foundation.access.scope import once
from zhikong.foundation.facts.measured import definitions
from zhikong.foundation.organisation.models import Department

FILE = Path(next(iter(packs.__path__))) / "national" / "quality" / "plausible.yaml"


class BrokenRules(RuntimeError):
    """The rules that came with the installation cannot be read; the text names file, line and remedy."""


@cache
def rulebook() -> Rulebook:
    """The rules. Raises BrokenRules for a file that the pack's checks would have refused."""
    found = load_rulebook(FILE)
    if isinstance(found, list):
        raise BrokenRules("；".join(str(problem) for problem in found))
    return found


def known_codes() -> dict[str, frozenset[str]]:
    """The hospital's own lists; one that is empty is not at hand, and nothing is said of its fields."""
    codes = frozenset(Department.objects.values_list("code", flat=True))
    return {"department": codes} if codes else {}


def wanted() -> frozenset[Field]:
    """Fields that ought to have a value: the rules say so, or an indicator in force reads them."""
    return once("data_quality.wanted", lambda: frozenset(rulebook().expected) | _needed())


def _needed() -> frozenset[Field]:
    return fields_needed(definitions().values())


def readers() -> dict[Field, list[str]]:
    """Field -> ids of the indicators in force that read it; ("stays", "") -> those that read the table at all."""
    return once("data_quality.readers", _readers)


def _readers() -> dict[Field, list[str]]:
    from zhikong.engine.plan.needs import needs_of

    found: dict[Field, list[str]] = {}
    for definition in definitions().values():
        for table, columns in needs_of(definition).items():
            for column in ("", *sorted(columns)):
                found.setdefault((table, column), []).append(definition.id)
    return found
