"""All writes to the pack store."""

from zhikong.foundation.packstore.actions.adopting import adopt_version, take_back
from zhikong.foundation.packstore.actions.drafting import LONGEST, discard, save_draft, start_from
from zhikong.foundation.packstore.actions.exchange import export_pack, import_pack
from zhikong.foundation.packstore.actions.keeping import NotInForce, keep, pin
from zhikong.foundation.packstore.actions.publishing import publish, withdraw
from zhikong.foundation.packstore.actions.reviewing import recall, review, submit_for_review
from zhikong.foundation.packstore.actions.upgrading import detect_upgrades, settle_gone, settle_upgrade

__all__ = [
    "LONGEST",
    "NotInForce",
    "adopt_version",
    "detect_upgrades",
    "discard",
    "export_pack",
    "import_pack",
    "keep",
    "pin",
    "publish",
    "recall",
    "review",
    "save_draft",
    "settle_gone",
    "settle_upgrade",
    "start_from",
    "submit_for_review",
    "take_back",
    "withdraw",
]
