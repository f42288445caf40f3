"""Code prefixes, ranges and lists."""

from tests.spec.drawn import Chapter, Paragraph

CHAPTER = Chapter(
    "编码",
    "疾病和手术编码按开头匹配，字母大写。清单写在 codes/ 里，供多个指标共用。",
    (
        Paragraph(
            "按开头匹配",
            "`icd_prefix(列, 'I21')` 匹配 I21 开头的所有编码，含细目和扩展码。",
            """
            stays
            stay_id | principal_diagnosis | =
            s1      | I21.900             | 是
            s2      | I21.900x001         | 是
            s3      | I22.000             | 否
            s4      | I2                  | 否
            s5      |                     | 否
            """,
            expression="icd_prefix(principal_diagnosis, 'I21')",
        ),
        Paragraph(
            "小数点是编码的一部分",
            "`'J44.1'` 不匹配 J44.0，也不匹配没有小数点的写法。",
            """
            stays
            stay_id | principal_diagnosis | =
            s1      | J44.100             | 是
            s2      | J44.000             | 否
            s3      | J441                | 否
            """,
            expression="icd_prefix(principal_diagnosis, 'J44.1')",
        ),
        Paragraph(
            "范围两端都包含",
            "`'I20-I25'` 从 I20 到 I25 的全部细目。几个编码或范围用逗号并列，是“或”。",
            """
            stays
            stay_id | principal_diagnosis | =
            s1      | I19.900             | 否
            s2      | I20.000             | 是
            s3      | I25.900             | 是
            s4      | I26.000             | 否
            s5      | C34.900             | 是
            """,
            expression="icd_prefix(principal_diagnosis, 'I20-I25', 'C34')",
        ),
        Paragraph(
            "未知的编码取反仍是未知",
            "没有主要诊断的住院，既不是也不“不是”心梗。",
            """
            stays
            stay_id | principal_diagnosis | =
            s1      | I21.900             | 否
            s2      | J18.900             | 是
            s3      |                     | 否
            """,
            expression="not icd_prefix(principal_diagnosis, 'I21')",
        ),
        Paragraph(
            "共用的编码清单",
            "`in_codes(列, '清单')` 与把清单里的编码写进 `icd_prefix` 相同。例中清单 heart 为 I20-I25 和 I50。",
            """
            stays
            stay_id | principal_diagnosis | =
            s1      | I50.900             | 是
            s2      | I24.000             | 是
            s3      | I10.x00             | 否
            """,
            expression="in_codes(principal_diagnosis, 'heart')",
        ),
        Paragraph(
            "编码清单的版本",
            "文件规定用哪一版时写 `清单@版本`；`codes/` 里同一清单有几个版本（`heart@2002.yaml`、`heart@2011.yaml`）时必须写明。"
            "例中 2002 版没有 I50。",
            """
            stays
            stay_id | principal_diagnosis | =
            s1      | I50.900             | 否
            s2      | I24.000             | 是
            """,
            expression="in_codes(principal_diagnosis, 'heart@2002')",
        ),
    ),
)
