"""Addresses of event_quotas."""

app_name = "event_quotas"

urlpatterns: list = []
