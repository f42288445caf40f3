"""Addresses of disputes."""

urlpatterns: list = []
