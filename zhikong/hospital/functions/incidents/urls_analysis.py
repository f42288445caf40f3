"""Addresses of analysis."""

urlpatterns: list = []
