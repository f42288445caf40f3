"""The data-quality rules in force, and the hospital's own lists."""

from django.utils import timezone

from zhikong.engine.quality import Rulebook
from zhikong.engine.quality.effects import fields_needed
from zhikong.engine.quality.model import Field
from zhikong.foundation.access.scope import once
from zhikong.foundation.facts.measured import definitions
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.packstore.queries import resolve

CODE = "quality_rules"
RULES = "plausible"


class BrokenRules(RuntimeError):
    """No rules are in force that this release can read."""


def rulebook() -> Rulebook:
    """The rules in force today: the hospital's own version before the packaged one. Raises BrokenRules."""
    return once("data_quality.rulebook", _in_force)


def _in_force() -> Rulebook:
    found = resolve(CODE, RULES, on=timezone.localdate())
    if found is None:
        raise BrokenRules(f"内容库里没有数据质量规则 {RULES}，请恢复或重新发布它。")
    return found.obj


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
