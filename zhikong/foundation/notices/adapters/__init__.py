"""The ways out of the house: e-mail and the robots and apps of WeCom, DingTalk and Feishu."""

from zhikong.foundation.notices.adapters.base import Adapter, Field, Outgoing, SendFailed
from zhikong.foundation.notices.adapters.dingtalk import DINGTALK_ROBOT
from zhikong.foundation.notices.adapters.email import EMAIL
from zhikong.foundation.notices.adapters.feishu import FEISHU_ROBOT
from zhikong.foundation.notices.adapters.wecom import WECOM_APP, WECOM_ROBOT

ADAPTERS: dict[str, Adapter] = {
    adapter.code: adapter for adapter in (EMAIL, WECOM_APP, WECOM_ROBOT, DINGTALK_ROBOT, FEISHU_ROBOT)
}

__all__ = ["ADAPTERS", "Adapter", "Field", "Outgoing", "SendFailed"]
