"""Addresses of planning."""

urlpatterns: list = []
