"""Addresses of anonymous: what offices do about it. The anonymous pages themselves are not Django's (site/speak)."""

from django.urls import path

from zhikong.hospital.functions.incidents.views.anonymous import office

urlpatterns: list = [
    path("anonymous/", office.overview, name="anonymous"),
    path("anonymous/amount/", office.amount, name="anonymous_amount"),
    path("anonymous/pay/", office.pay, name="anonymous_pay"),
    path("anonymous/<slug:code>/reward/", office.grant, name="anonymous_reward"),
]
