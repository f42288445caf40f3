"""The form in the empty template: a few lines that show every kind of column once."""

from __future__ import annotations

from datetime import date

from zhikong.foundation.forms.building.documents import Data

FORM: Data = {
    "id": "ward_round_sample",
    "version": 1,
    "kind": "checklist",
    "title": {"zh": "病区检查表（样例，请改成您的内容）"},
    "purpose": "每周检查一次病区的安全设施，结果交护理部",
    "source": {"document": "本院制度", "clause": "", "mark": "memory"},
    "owner": "nursing",
    "checker": "quality_office",
    "next_review": date(2027, 12, 31),
    "subject": "department",
    "fill": ["head_nurse", "nurse"],
    "full_score": 25,
    "pass_score": 20,
    "sections": [
        {
            "id": "safety",
            "title": "安全设施",
            "items": [
                {
                    "id": "item_1",
                    "type": "yes_no",
                    "text": "急救车处于封闭状态",
                    "score": {"full": 10},
                    "veto": "fail",
                    "evidence": "when_no",
                    "clause": "本院制度第 3 条",
                    "severity": "major",
                    "check": "look",
                },
                {
                    "id": "item_2",
                    "type": "long_text",
                    "text": "没有封闭的原因",
                    "required": True,
                    "show_if": "item_1 = 'no'",
                },
                {
                    "id": "item_3",
                    "type": "choice",
                    "text": "氧气瓶的状态",
                    "options": [
                        {"code": "full", "text": "完好", "score": 5},
                        {"code": "low", "text": "压力不足", "score": 2},
                        {"code": "none", "text": "缺少", "score": 0},
                    ],
                },
            ],
        },
        {
            "id": "records",
            "title": "记录",
            "items": [
                {
                    "id": "item_4",
                    "type": "observation",
                    "text": "抽查交接班记录",
                    "of": 10,
                    "score": {"full": 10},
                },
                {
                    "id": "item_5",
                    "type": "number",
                    "text": "冰箱温度",
                    "unit": "℃",
                    "min": -5,
                    "max": 15,
                    "decimals": 1,
                },
                {"id": "item_6", "type": "photo", "text": "现场照片"},
            ],
        },
    ],
}
