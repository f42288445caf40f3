from django.urls import path, re_path

from zhikong.hospital.functions.datasources import feed_views, fhir_views, views
from zhikong.hospital.functions.datasources.push import token_views
from zhikong.hospital.functions.datasources.push import views as push
from zhikong.hospital.functions.datasources.sql import views as sql
from zhikong.hospital.functions.datasources.wizard import views as wizard

app_name = "datasources"

urlpatterns = [
    path("", views.load_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("quarantine/", views.quarantine, name="quarantine"),
    re_path(r"^quarantine/export\.(?P<kind>xlsx|csv)$", views.export, name="export"),
    path("<int:pk>/", views.load_detail, name="load"),
    path("feeds/new/", feed_views.create, name="feed_new"),
    path("feeds/<slug:code>/", feed_views.detail, name="feed"),
    path("feeds/<slug:code>/change/", feed_views.change, name="feed_change"),
    path("feeds/<slug:code>/replay/", feed_views.replay, name="feed_replay"),
    re_path(r"^feeds/(?P<code>[-\w]+)/(?P<what>pause|resume|run)/$", feed_views.act, name="feed_act"),
    path("feeds/<slug:code>/try/", sql.attempt, name="sql_try"),
    path("feeds/<slug:code>/tokens/", token_views.tokens, name="push_tokens"),
    path("feeds/<slug:code>/tokens/<int:pk>/", token_views.act, name="push_token_act"),
    path("fhir/metadata", fhir_views.metadata, name="fhir_metadata"),
    path("fhir/<slug:feed>/", fhir_views.receive, name="fhir"),
    path("push/openapi.json", push.description, name="push_openapi"),
    path("push/<slug:feed>/receipts/<int:number>/", push.receipt, name="push_receipt"),
    path("push/<slug:feed>/<slug:table>/", push.push, name="push"),
    path("receipts/<int:pk>/raw/", feed_views.raw_input, name="raw"),
    path("receipts/<int:pk>/hold/", feed_views.hold, name="raw_hold"),
    path("wizard/", wizard.start, name="wizard"),
    path("wizard/<int:pk>/", wizard.columns, name="wizard_columns"),
    path("wizard/<int:pk>/codes/", wizard.codes, name="wizard_codes"),
    path("wizard/<int:pk>/check/", wizard.check, name="wizard_check"),
    path("wizard/<int:pk>/discard/", wizard.discard, name="wizard_discard"),
    re_path(r"^templates/(?P<table>[a-z_]+)\.xlsx$", views.template, name="template"),
]
