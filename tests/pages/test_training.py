"""Pages of the training site carry their mark; pages of a real one never do."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("training", [True, False])
def test_every_base_has_the_mark(client, hospital, settings, training):
    settings.TRAINING = training
    page = client.get(reverse("account_login")).content.decode()
    assert ("演练医院 · 仿真数据" in page) is training
    assert ("【演练】" in page) is training
    assert ("icon-training.svg" in page) is training


def test_the_real_site_leads_to_it_only_when_it_runs(hospital, monkeypatch):
    from zhikong.site import panels

    monkeypatch.setattr(panels, "shown_address", lambda: "https://zk.lan:8444/")

    class Request:
        class user:
            is_authenticated = True

    assert str(panels.context(Request)["training_url"]) == "https://zk.lan:8444/"
