"""Committees and groups: who leads them and who sits in them."""

from __future__ import annotations

import re
from dataclasses import replace

from zhikong.reading.items import Item
from zhikong.reading.scan import Scan

_NAME = re.compile(
    r"[\u4e00-\u9fffA-Z“”\"]{0,18}?(?:委员会|领导小组|工作小组|管理小组|质控小组|控制小组|监督小组|检查小组|安全小组|工作组|专家组|督导组|专班)"
)
_CHAIR_FIRST = re.compile(
    r"(?:由)?(?P<who>[^,。;:、]{2,12}?)(?:担任|任|为)(?:专项行动)?(?P<post>组长|主任委员|主任|主席|召集人)"
)
_POST_FIRST = re.compile(
    r"(?P<post>组长|主任委员|主席|召集人)(?:由|为|:)(?P<who>[^,。;:]{2,20}?)(?:担任|兼任|任|(?=[,。;\n]|$))"
)
_MEMBERS = re.compile(
    r"(?:成员(?:由|为|包括|:)|由)(?P<who>[^。;]{3,90}?)(?:等)?(?:共?(?:\d+|[一二三四五六七八九十]+)[余多]?[人名位](?:委员|成员)?)?(?:组成|构成)"
)
_OF_OTHERS = re.compile(
    r"^(?:向|经|由|在|报|对|提交|参加|接受|为|和|与|及|的|以|根据|成立|建立|设立|组建|完善|健全|医院设立|医院成立)+"
)


def read_bodies(scan: Scan) -> None:
    """A sentence that says who leads a body or who sits in it: one item, or the one that has its number already."""
    words = scan.sentence.text
    chair, members = _chair(words), _MEMBERS.search(words)
    if not chair and not members:
        return
    known = [i for i, one in enumerate(scan.items) if one.kind == "body"]
    found = {"chair": chair, "members": members["who"] if members else ""}
    if known:
        for i in known:
            scan.items[i] = replace(scan.items[i], subject=_name(words) or scan.items[i].subject, **found)
    elif name := _name(words) or _name(scan.sentence.heading):
        scan.items.append(Item("body", scan.sentence.start, scan.sentence.end, name, confidence=0.8, **found))


def _chair(words: str) -> str:
    found = _POST_FIRST.search(words) or _CHAIR_FIRST.search(words)
    return re.sub(r"^(?:由|是|其中|并)+", "", found["who"]) if found else ""


def _name(words: str) -> str:
    found = _NAME.search(words)
    return _OF_OTHERS.sub("", found[0]).strip('“”"') if found else ""
