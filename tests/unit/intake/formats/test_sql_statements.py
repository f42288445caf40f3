"""Statements against a hospital's database: what reads passes, everything else is refused before it is sent."""

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from zhikong.intake.formats import sql_statements as statements
from zhikong.intake.reasons import FileRefused

HOSTILE = [
    ("postgresql", "DELETE FROM stays"),
    ("postgresql", "SELECT 1; DROP TABLE stays"),
    ("postgresql", "WITH gone AS (DELETE FROM stays RETURNING *) SELECT * FROM gone"),
    ("postgresql", "SELECT * INTO copy FROM stays"),
    ("postgresql", "SELECT * FROM stays FOR UPDATE"),
    ("postgresql", "SELECT pg_sleep(3600)"),
    ("postgresql", "SELECT pg_read_file('/etc/passwd')"),
    ("postgresql", "SELECT lo_import('/etc/passwd')"),
    ("postgresql", "SELECT set_config('transaction_read_only', 'off', false)"),
    ("postgresql", "SELECT nextval('s')"),
    ("postgresql", "SELECT pg_terminate_backend(1)"),
    ("postgresql", "SELECT * FROM dblink('host=elsewhere', 'select 1') AS t(a int)"),
    ("postgresql", "SELECT query_to_xml('delete from stays', true, true, '')"),
    ("postgresql", "COPY stays TO PROGRAM 'sh'"),
    ("postgresql", "SELECT rolpassword FROM pg_authid"),
    ("postgresql", "SELECT * FROM pg_catalog.pg_shadow"),
    ("postgresql", "SELECT * FROM information_schema.tables"),
    ("postgresql", "DO $$ BEGIN DELETE FROM stays; END $$"),
    ("postgresql", "SET ROLE postgres"),
    ("postgresql", "SELECT my_own_function()"),
    ("postgresql", "SELECT a FROM t WHERE b = (SELECT my_schema.wipe(1))"),
    ("mysql", "SELECT a FROM t INTO OUTFILE '/tmp/x'"),
    ("mysql", "SELECT LOAD_FILE('/etc/passwd')"),
    ("mysql", "SELECT SLEEP(1000)"),
    ("mysql", "SELECT BENCHMARK(1e9, SHA2('a', 512))"),
    ("mysql", "SELECT @a := 1"),
    ("mysql", "SELECT @@global.secure_file_priv"),
    ("mysql", "SELECT * FROM mysql.user"),
    ("mysql", "SELECT GET_LOCK('x', 1000)"),
    ("mysql", "HANDLER t OPEN"),
    ("mysql", "CALL wipe()"),
    ("sqlserver", "EXEC xp_cmdshell 'dir'"),
    ("sqlserver", "SELECT * FROM OPENROWSET('SQLNCLI', 'x', 'SELECT 1')"),
    ("sqlserver", "SELECT * FROM OPENQUERY(other, 'delete from t')"),
    ("sqlserver", "SELECT * FROM other.his.dbo.stays"),
    ("sqlserver", "SELECT 1; SHUTDOWN"),
    ("sqlserver", "SELECT * FROM master.dbo.sysprocesses"),
    ("oracle", "SELECT * FROM stays@elsewhere"),
    ("oracle", "SELECT numbers.NEXTVAL FROM dual"),
    ("oracle", "SELECT UTL_HTTP.REQUEST('http://elsewhere') FROM dual"),
    ("oracle", "BEGIN EXECUTE IMMEDIATE 'drop table t'; END;"),
    ("sqlite", "ATTACH DATABASE '/etc/x' AS y"),
    ("sqlite", "SELECT load_extension('x')"),
    ("sqlite", "PRAGMA writable_schema = 1"),
    ("mysql", "SELECT 'open quote FROM t"),
    ("mysql", ""),
    ("mysql", "SELECT " + "(" * 9000 + "1" + ")" * 9000),
    ("mysql", "SELECT '" + "x" * 30_000 + "'"),
]


@pytest.mark.parametrize(("kind", "statement"), HOSTILE)
def test_what_could_do_more_than_read_is_refused(kind, statement):
    with pytest.raises(FileRefused):
        statements.checked(statement, kind)


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        (
            "postgresql",
            "SELECT a::date, coalesce(b, 'x') FROM his.v WHERE c ~ '^A' UNION ALL SELECT d, e FROM w",
        ),
        (
            "mysql",
            "SELECT DATE_FORMAT(a, '%Y-%m-%d') AS d, IFNULL(b, 0), CONCAT(c, ':') FROM his.v ORDER BY a",
        ),
        ("mysql", "SELECT `姓名` AS 名 FROM `库`.`视图` WHERE `科室` IN ('内科', '外科')"),
        ("sqlserver", "SELECT TOP 5 CONVERT(varchar(19), a, 120) AS d, ISNULL(b, 0) FROM his.dbo.v"),
        ("oracle", "SELECT TO_CHAR(a, 'YYYY-MM-DD'), NVL(b, 0), DECODE(c, 1, '男', '女') FROM his.v"),
        ("sqlite", "WITH x AS (SELECT a FROM v) SELECT a, row_number() OVER (ORDER BY a) AS n FROM x"),
    ],
)
def test_what_hospitals_write_passes(kind, statement):
    composed = statements.rows_of(statements.checked(statement, kind), kind, ["d"], "d", since=True)
    assert sqlglot.parse_one(composed, read=statements.DIALECTS[kind]).key == "select"
    assert statements.SINCE in composed


def test_a_comment_that_a_server_would_execute_is_not_sent():
    tree = statements.checked("SELECT /*!50000 SLEEP(9), */ a FROM t -- x", "mysql")
    assert "SLEEP" not in statements.rows_of(tree, "mysql", ["a"], None, since=False)


@pytest.mark.parametrize(
    "name", ["t; DROP TABLE x", "a.b.c.d", "", "t)", 'x" OR 1=1', "pg_shadow", "mysql.user", "sys.x"]
)
def test_a_name_is_nothing_but_a_name(name):
    with pytest.raises(FileRefused):
        statements.relation_named(name)


@given(st.text(min_size=1, max_size=30), st.sampled_from(sorted(statements.DIALECTS)))
def test_whatever_a_column_is_called_it_stays_one_quoted_name(name, kind):
    inner = statements.relation_named("his.v_zy")
    composed = statements.rows_of(inner, kind, [name], name, since=True)
    try:
        tree = sqlglot.parse_one(composed, read=statements.DIALECTS[kind])
    except sqlglot.errors.SqlglotError:
        return  # a control character that no dialect reads: the server would refuse it as well
    assert [c.name for c in tree.expressions] == [name]
    assert len(tree.args["from_"].this.this.args["from_"].find_all(sqlglot.exp.Table).__next__().parts) == 2
