"""The library of talk records (谈话记录模板) for diseases of high risk, per department (REC-33).

A template is a form of the house, filled, printed and versioned like any other. What makes it one are its fixed
sections: the disease (titled with its name, the help naming the departments), risks, alternatives, and the patient's
questions. A hospital's own form with these sections joins the library by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhikong.foundation.forms.definition import FormDefinition
from zhikong.foundation.forms.permissions import may_fill
from zhikong.foundation.forms.queries import forms

DISEASE = "disease"
FIXED = (DISEASE, "risks", "alternatives", "questions")
LABEL = "适用科室："


@dataclass(frozen=True)
class TalkTemplate:
    """One template. departments: as its author named them; may_fill: by the reader, for some department."""

    id: str
    disease: str
    departments: tuple[str, ...]
    version: int
    mark: str
    may_fill: bool


def talk_templates(user, *, on: date) -> list[TalkTemplate]:
    """Every template in force, by department and disease."""
    found = [_template(one.obj, user) for one in forms(on=on) if is_talk(one.obj)]
    return sorted(found, key=lambda one: (one.departments, one.disease))


def is_talk(form: FormDefinition) -> bool:
    """Whether the form has the fixed sections of a talk record."""
    return set(FIXED) <= {section.id for section in form.sections}


def _template(form: FormDefinition, user) -> TalkTemplate:
    head = next(section for section in form.sections if section.id == DISEASE)
    named = head.help.strip().removeprefix(LABEL)
    departments = tuple(name.strip() for name in named.split("、") if name.strip())
    return TalkTemplate(
        form.id, head.title, departments, form.version, form.source.mark, may_fill(user, form, anywhere=True)
    )
