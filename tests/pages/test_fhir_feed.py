"""The page on which a FHIR feed's address and tokens stand."""

import pytest
from django.utils import timezone


@pytest.fixture
def feed(hospital):
    from zhikong.hospital.functions.datasources.models import Feed

    return Feed.objects.create(
        institution_id=hospital.id,
        code="platform",
        title="集成平台",
        kind="fhir",
        mapping="fhir_r4",
        created_at=timezone.now(),
    )


def test_the_page_says_where_to_send_and_makes_a_token(as_role, feed):
    client = as_role("administrator")
    page = client.get("/datasources/feeds/platform/tokens/").content.decode()
    for text in (
        "/datasources/fhir/platform/",
        "application/fhir+json",
        "Bundle.identifier",
        "/datasources/fhir/metadata",
    ):
        assert text in page
    assert "TABLE" not in page
    made = client.post("/datasources/feeds/platform/tokens/", {"label": "集成平台厂商"})
    assert "zk_" in made.content.decode()
    assert (
        "/datasources/feeds/platform/tokens/" in client.get("/datasources/feeds/platform/").content.decode()
    )


def test_who_may_not_manage_connections_does_not_see_it(as_role, feed):
    assert as_role("physician").get("/datasources/feeds/platform/tokens/").status_code == 403


def test_fhir_files_can_be_chosen_on_the_upload_page(as_role):
    page = as_role("quality_office").get("/datasources/upload/").content.decode()
    assert 'value="fhir_r4"' in page
    assert ".ndjson" in page
