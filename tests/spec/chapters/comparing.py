"""Comparisons, lists and arithmetic."""

from tests.spec.drawn import Chapter, Paragraph

CHAPTER = Chapter(
    "比较与计算",
    "条件由列、取值和比较组成，用 `and`、`or`、`not` 和括号连接。",
    (
        Paragraph(
            "比较数字",
            "`=`、`<>`、`<`、`<=`、`>`、`>=` 按数值比较，边界写等号才包含。",
            """
            stays
            stay_id | days | =
            s1      | 29   | 否
            s2      | 30   | 是
            s3      | 31   | 是
            """,
            expression="days >= 30",
        ),
        Paragraph(
            "between 两端都包含",
            "`between 低 and 高` 等于 `低 <= 值 and 值 <= 高`。",
            """
            stays
            stay_id | age_years | =
            s1      | 17        | 否
            s2      | 18        | 是
            s3      | 64        | 是
            s4      | 65        | 否
            """,
            expression="age_years between 18 and 64",
        ),
        Paragraph(
            "in 是几个等号的或",
            "编码列的取值要加引号；写了代码表里没有的取值会报错。",
            """
            stays
            stay_id | discharge_way | =
            s1      | 1             | 否
            s2      | 2             | 是
            s3      | 3             | 是
            """,
            expression="discharge_way in ('2', '3')",
        ),
        Paragraph(
            "and 先于 or",
            "没有括号时先算 `and`，再算 `or`；有疑问就写括号。",
            """
            stays
            stay_id | days | age_years | sex | =
            s1      | 40   | 30        | 1   | 是
            s2      | 5    | 70        | 1   | 否
            s3      | 5    | 70        | 2   | 是
            """,
            expression="days > 30 or age_years > 65 and sex = '2'",
        ),
        Paragraph(
            "是否列直接当条件用",
            "写 `day_surgery`，不写 `day_surgery = true`；相反写 `not day_surgery`。",
            """
            stays
            stay_id | day_surgery | =
            s1      | 是          | 否
            s2      | 否          | 是
            """,
            expression="not day_surgery",
        ),
        Paragraph(
            "整数加减乘",
            "只有整数的 `+`、`-`、`*`。没有除法：分子和分母分开写，相除由系统最后做一次。",
            """
            stays
            stay_id | nursing_special_days | nursing_1_days | =
            s1      | 2                    | 3              | 16
            s2      | 0                    | 1              | 2
            """,
            expression="nursing_special_days * (3 + 2) + 2 * nursing_1_days",
        ),
        Paragraph(
            "if 选其一",
            "`if(条件, 是则, 否则)`：条件成立取前者，不成立或未知取后者。",
            """
            stays
            stay_id | days | day_surgery | =
            s1      | 7    | 是          | 1
            s2      | 7    | 否          | 7
            s3      | 7    |             | 7
            """,
            expression="if(day_surgery, 1, days)",
        ),
        Paragraph(
            "小数只用于比较",
            "检验结果是小数，可以与数字比较；求和与分子分母一律用整数。",
            """
            results
            item | stay_id | value | at               | =
            k1   | s1      | 6.5   | 2026-01-10T08:00 | 否
            k2   | s1      | 6.51  | 2026-01-10T08:00 | 是
            k3   | s1      |       | 2026-01-10T08:00 | 否

            stays
            stay_id
            s1
            """,
            expression="value > 6.5",
        ),
    ),
)
