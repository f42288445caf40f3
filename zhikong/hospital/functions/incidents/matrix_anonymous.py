"""Which permission opens which page of anonymous reporting; /speak/ itself is open and is not Django's."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

ENTER = needs(P.APPROVE_EVENT_QUOTAS, P.PLAN_EVENT_QUOTAS)
PAGES = {
    "incidents:anonymous": Page(ENTER, "奖励的金额、兑付和按月笔数；没有任何报告"),
    "incidents:anonymous_amount": Page(ENTER, "金额由院领导设置"),
    "incidents:anonymous_pay": Page(ENTER, "兑付由测算结算的部门办"),
    "incidents:anonymous_reward": Page(needs(), "只有受理这件报告的部门；别人得到“没有这个页面”"),
}
