"""One thing that can be done on a finding's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhikong.foundation.findings import forms
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import Act


@dataclass(frozen=True)
class Step:
    """One thing that can be done on a finding's page.

    run: called with the finding, ``by``, ``now`` and the form's values. when: further conditions besides
    state and permission. allowed: beyond what the act demands of the user. leading: stands open as the next step;
    danger: drawn as one to think about; seldom: its form is made only when it is opened.
    """

    key: str
    act: Act
    title: Any
    button: Any
    form: type[forms.StepForm]
    run: Callable[..., Finding]
    when: Callable[[Finding], bool] = lambda finding: True
    leading: bool = True
    danger: bool = False
    allowed: Callable[[Any, Finding], bool] = lambda user, finding: True
    seldom: bool = False
