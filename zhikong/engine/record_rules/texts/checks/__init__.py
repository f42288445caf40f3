"""The ways to look at what a record says; each file holds one, `CHECKS` names them."""

from __future__ import annotations

from typing import Any

from zhikong.engine.record_rules.texts.checks.agree import Agree
from zhikong.engine.record_rules.texts.checks.allergy import Allergy
from zhikong.engine.record_rules.texts.checks.charged import Charged
from zhikong.engine.record_rules.texts.checks.contradict import Contradict
from zhikong.engine.record_rules.texts.checks.copy import Copy
from zhikong.engine.record_rules.texts.checks.demand import Demand
from zhikong.engine.record_rules.texts.checks.forbid import Forbid
from zhikong.engine.record_rules.texts.checks.mention import Mention
from zhikong.engine.record_rules.texts.checks.negation import Negation
from zhikong.engine.record_rules.texts.checks.value import Value

CHECKS: dict[str, Any] = {
    "forbid": Forbid,
    "demand": Demand,
    "value": Value,
    "agree": Agree,
    "allergy": Allergy,
    "negation": Negation,
    "contradict": Contradict,
    "copy": Copy,
    "mention": Mention,
    "charged": Charged,
}
