"""Pages of feeds that connect: setting up views and trying them, the push API's page with its tokens; each refused to others."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def feed(hospital):
    """feed("push") → a feed of that kind."""
    from zhikong.hospital.functions.datasources.models import Feed

    def make(kind, **settings):
        return Feed.objects.create(
            institution_id=hospital.id,
            code=f"his-{kind}",
            title="HIS",
            kind=kind,
            mapping="contract_rows",
            settings=settings,
            created_at=NOW,
        )

    return make


def form(**words):
    return {
        "title": "HIS 视图",
        "code": "his-views",
        "mapping": "views_sample",
        "rhythm": "minutes",
        "every_minutes": "30",
        "retention_days": "90",
        "own-database": "postgresql",
        "own-host": "10.0.0.9",
        "own-name": "his",
        "own-user": "zk",
        "own-password": "geheim",
        "own-queries": "charges | V_HIS_FYMX | 更新时间 | 45",
        **words,
    }


def test_views_are_set_up_on_one_page_and_the_password_is_not_shown_again(as_role, hospital):
    from zhikong.hospital.functions.datasources import feeds
    from zhikong.hospital.functions.datasources.models import Feed

    client = as_role("administrator")
    address = reverse("datasources:feed_new") + "?kind=sql"
    assert "要读取的视图" in client.get(address).content.decode()
    answer = client.post(address, form())
    made = Feed.objects.get(code="his-views")
    assert answer.url == reverse("datasources:feed", args=[made.code])
    assert made.settings["queries"] == [
        {"source": "charges", "view": "V_HIS_FYMX", "cursor": "更新时间", "overlap": 45}
    ]
    assert feeds.secret_of(made) == {"password": "geheim"}
    page = client.get(reverse("datasources:feed_change", args=[made.code])).content.decode()
    assert "charges | V_HIS_FYMX | 更新时间 | 45" in page
    assert "geheim" not in page
    assert "试连" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"own-queries": "charges | V; DROP TABLE x | t | 1"}, "第 1 行"),
        ({"own-queries": "charges | SELECT pg_sleep(9) | t | 1"}, "使用函数 pg_sleep"),
        ({"own-host": ""}, "请填写服务器地址"),
    ],
)
def test_what_cannot_be_read_is_refused_at_the_field(as_role, hospital, words, said):
    answer = as_role("administrator").post(reverse("datasources:feed_new") + "?kind=sql", form(**words))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_trial_says_why_it_cannot_connect(as_role, feed):
    made = feed(
        "sql",
        database="postgresql",
        host="169.254.169.254",
        name="x",
        queries=[{"source": "charges", "view": "v"}],
    )
    page = as_role("administrator").post(reverse("datasources:sql_try", args=[made.code])).content.decode()
    assert "不允许连接地址" in page


def test_a_token_is_shown_once_replaced_and_revoked(as_role, feed):
    from zhikong.hospital.functions.datasources.models import ApiToken

    client, made = as_role("administrator"), feed("push")
    address = reverse("datasources:push_tokens", args=[made.code])
    assert "还没有令牌" in client.get(address).content.decode()
    shown = client.post(address, {"label": "HIS 厂商"})
    token = ApiToken.objects.get()
    assert shown["Cache-Control"] == "no-store"
    assert shown.content.decode().count(token.start) >= 2  # in full once, its beginning in the list
    assert "只显示这一次" in shown.content.decode()
    again = client.get(address).content.decode()
    assert "只显示这一次" not in again
    assert "HIS 厂商" in again
    act = reverse("datasources:push_token_act", args=[made.code, token.pk])
    assert "只显示这一次" in client.post(act, {"rotate": ""}).content.decode()
    assert ApiToken.objects.count() == 2
    assert client.post(act, {"revoke": ""}).url == address
    token.refresh_from_db()
    assert (token.revoked_at is not None, token.revoked_by) == (True, client.user)
    assert client.post(address, {"label": "x", "until": "2020-01-01"}).status_code == 422


@pytest.mark.parametrize("role", ["quality_office", "department_head", "hospital_leader"])
def test_only_an_administrator_connects(as_role, feed, role):
    client = as_role(role)
    push, sql = feed("push"), feed("sql", database="sqlite", name="x", queries=[])
    assert client.get(reverse("datasources:push_tokens", args=[push.code])).status_code == 403
    assert client.post(reverse("datasources:sql_try", args=[sql.code])).status_code == 403
    assert client.post(reverse("datasources:feed_new") + "?kind=sql", form()).status_code == 403
