"""Unknown values."""

from tests.spec.drawn import Chapter, Paragraph

CHAPTER = Chapter(
    "未知",
    "空值表示未知。未知不是 0，不是“否”，也不等于另一个未知；条件算到最后仍未知，按不成立处理。",
    (
        Paragraph(
            "与未知比较得未知",
            "未填的列不满足任何比较，正着写、反着写都不满足。",
            """
            stays
            stay_id | discharge_way | =
            s1      | 5             | 否
            s2      | 1             | 是
            s3      |               | 否
            """,
            expression="discharge_way <> '5'",
        ),
        Paragraph(
            "未知取反仍是未知",
            "`not` 不会把未知变成成立：没有填写日间手术的，不能说“不是日间手术”。",
            """
            stays
            stay_id | day_surgery | =
            s1      | 是          | 否
            s2      | 否          | 是
            s3      |             | 否
            """,
            expression="not day_surgery",
        ),
        Paragraph(
            "一边不成立，and 就不成立",
            "`and` 有一边为否即为否，另一边未知也不影响；因此它的 `not` 成立。",
            """
            stays
            stay_id | days | age_years | =
            s1      | 5    |           | 是
            s2      | 40   |           | 否
            s3      | 40   | 70        | 否
            """,
            expression="not (days > 30 and age_years > 65)",
        ),
        Paragraph(
            "一边成立，or 就成立",
            "`or` 有一边为是即为是，另一边未知也不影响。",
            """
            stays
            stay_id | days | age_years | =
            s1      | 40   |           | 是
            s2      | 5    |           | 否
            s3      |      | 70        | 是
            """,
            expression="days > 30 or age_years > 65",
        ),
        Paragraph(
            "not in 也不收未知",
            "未填的列既不 `in`，也不 `not in`。",
            """
            stays
            stay_id | admission_discharge_match | =
            s1      | 0                         | 否
            s2      | 1                         | 是
            s3      |                           | 否
            """,
            expression="admission_discharge_match not in ('0', '3')",
        ),
        Paragraph(
            "问是否填写用 is null",
            "`is null` 和 `is not null` 只有是和否，没有未知。",
            """
            stays
            stay_id | confirmed_on | =
            s1      | 2026-01-03   | 否
            s2      |              | 是
            """,
            expression="confirmed_on is null",
        ),
        Paragraph(
            "给未知一个值用 coalesce",
            "`coalesce(甲, 乙)` 取第一个已知的值。把未知当 0 是一个判断，要写出来。",
            """
            stays
            stay_id | red_cells_units | platelet_units | =
            s1      | 2               | 9              | 2
            s2      |                 | 9              | 9
            s3      |                 |                | 0
            """,
            expression="coalesce(red_cells_units, platelet_units, 0)",
        ),
        Paragraph(
            "未知参与计算得未知",
            "一项未知，和就未知。",
            """
            stays
            stay_id | western_drug_fee | herbal_drug_fee | =
            s1      | 100              | 20              | 120
            s2      | 100              |                 |
            """,
            expression="western_drug_fee + herbal_drug_fee",
        ),
    ),
)
