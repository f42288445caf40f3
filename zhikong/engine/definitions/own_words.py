"""Words of other tools, and the own word that says the same here.

Some of them are silently different between engines: `date_diff` counts boundaries in one and whole units in another,
`lag` depends on an order that nobody wrote, `percentile_cont` interpolates by one of several rules, `try_cast` turns
what it cannot read into unknown. They cannot be written; the refusal names what can.
"""

from __future__ import annotations

from sqlglot import exp

_ELAPSED = (
    "经过的时间用 minutes_between、hours_between 或 days_between(起, 止)，按整单位向下取整，各计算后端相同。"
)
_ORDER = (
    "子表里按时间取值用 first_by、last_by，相邻间隔用 gap_hours、gap_minutes，最早最晚用 earliest、latest。"
)
_RANK = "中位数写 kind: median；百分位数写 kind: percentile、percentile: 90，并写明 rank（取位置的规则）。"
_CAST = "列的类型由数据契约规定，不能转换；编码列的取值加引号，数字不加引号。"
_COUNT = "数本表的行写 numerator: {count: 条件}；数子表记录用 count_of(子表, 条件)。"
_SUM = "求和写 numerator: {sum: 整数表达式}；子表求和用 sum_of(子表, 整数列, 条件)；均值写 kind: mean。"
_CODES = "编码清单用 in_codes(编码列, '清单名') 或 '清单名@版本'，前缀用 icd_prefix。"
_TEXT = "文字只能整个比较：用 = 、in 或 icd_prefix。"
_NOW = "结果要能重算，不能依赖今天的日期；请用数据里的时间列。"
_MONTH = "月份由 date 列归入，不在条件里计算；相差天数用 days_between。"
_DIVIDE = "除法只在最后做一次：分子、分母各写整数，比例由 multiplier 换算。"
_CASE = "请写 if(条件, 是则, 否则)。"
_CHILD = "查子表请用 has(子表, 条件)、count_of 或其他子表函数。"

_WORDS = {
    _ELAPSED: "datediff date_diff date_sub datesub timestampdiff timestamp_diff age time_diff timediff date_add "
    "dateadd timestampadd months_between",
    _ORDER: "lag lead row_number rank dense_rank ntile first_value last_value nth_value first last arg_min arg_max "
    "argmin argmax min_by max_by any_value",
    _RANK: "percentile_cont percentile_disc percentilecont percentiledisc quantile quantile_cont quantile_disc median "
    "approx_quantile approxquantile percentile pctl p90",
    _CAST: "cast try_cast trycast safe_cast convert to_number to_date to_timestamp strptime str_to_time date timestamp",
    _COUNT: "count count_if countif",
    _SUM: "sum avg mean min max stddev variance product",
    _CODES: "in_valueset in_value_set valueset member_of in_list",
    _TEXT: "like ilike regexp_matches regexp_like regexplike similar_to starts_with startswith contains substr "
    "substring left right lower upper trim replace concat length position strpos levenshtein soundex",
    _NOW: "now current_date currentdate current_timestamp currenttimestamp today getdate localtimestamp random rand "
    "uuid gen_random_uuid nextval",
    _MONTH: "date_trunc datetrunc timestamp_trunc timestamptrunc extract date_part year month day week quarter hour "
    "minute dayofweek",
    _DIVIDE: "div mod intdiv round floor ceil trunc",
    _CASE: "case iff nullif ifnull nvl nvl2 decode",
    _CHILD: "exists in_subquery unnest list array_agg string_agg",
}
OWN = {word: sentence for sentence, words in _WORDS.items() for word in words.split()}
_TREES: dict[type[exp.Expression], str] = {
    exp.Cast: _CAST,
    exp.TryCast: _CAST,
    exp.Window: _ORDER,
    exp.WithinGroup: _RANK,
    exp.Case: _CASE,
    exp.Div: _DIVIDE,
    exp.IntDiv: _DIVIDE,
    exp.Mod: _DIVIDE,
    exp.Like: _TEXT,
    exp.ILike: _TEXT,
    exp.Subquery: _CHILD,
    exp.Select: _CHILD,
    exp.Exists: _CHILD,
    exp.Interval: _ELAPSED,
}


def own_word(name: str) -> str:
    """The sentence that names what to write instead of a function, or nothing."""
    return OWN.get(name.lower(), "")


def own_word_of(tree: exp.Expression) -> str:
    """The same for a syntax tree that is refused."""
    if type(tree) in _TREES:
        return _TREES[type(tree)]
    return own_word(tree.sql_name()) if isinstance(tree, exp.Func) else ""
