"""All writes of notices: sending, reading, wishes, channels, and the way out of the house."""

from zhikong.foundation.notices.actions.channels import (
    decide_kind,
    retry_message,
    save_channel,
    save_house_rules,
    send_test,
    switch_channel,
)
from zhikong.foundation.notices.actions.reading import mark_all_read, mark_read, remind_unread
from zhikong.foundation.notices.actions.sending import DEPARTMENT_ROLES, recipients, send
from zhikong.foundation.notices.actions.wishes import save_person_rules, save_preferences

__all__ = [
    "DEPARTMENT_ROLES",
    "decide_kind",
    "mark_all_read",
    "mark_read",
    "recipients",
    "remind_unread",
    "retry_message",
    "save_channel",
    "save_house_rules",
    "save_person_rules",
    "save_preferences",
    "send",
    "send_test",
    "switch_channel",
]
