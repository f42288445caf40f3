"""Pages of notices: one's box, one's wishes, and the administrator's channels."""

from zhikong.foundation.notices.views.channels import (
    channel_edit,
    channel_list,
    channel_new,
    channel_test,
    house_rules,
    kind_list,
    message_retry,
)
from zhikong.foundation.notices.views.inbox import detail, inbox, read_all, remind, sent
from zhikong.foundation.notices.views.wishes import wishes

__all__ = [
    "channel_edit",
    "channel_list",
    "channel_new",
    "channel_test",
    "detail",
    "house_rules",
    "inbox",
    "kind_list",
    "message_retry",
    "read_all",
    "remind",
    "sent",
    "wishes",
]
