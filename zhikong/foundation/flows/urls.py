from django.urls import path

from zhikong.foundation.flows.views import cases, lists, migration

app_name = "flows"

urlpatterns = [
    path("", lists.flow_list, name="list"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/act/<slug:transition>/", cases.act, name="act"),
    path("cases/<int:pk>/sheet/<slug:transition>/", cases.begin_sheet, name="sheet"),
    path("cases/<int:pk>/delegate/", cases.delegate, name="delegate"),
    path("cases/<int:pk>/comment/", cases.comment, name="comment"),
    path("<slug:flow_id>/", lists.register, name="register"),
    path("<slug:flow_id>/picture/", lists.picture, name="picture"),
    path("<slug:flow_id>/open/", lists.open_case, name="open"),
    path("<slug:flow_id>/open/sheet/", lists.opening_sheet, name="opening_sheet"),
    path("<slug:flow_id>/export/", lists.export, name="export"),
    path("<slug:flow_id>/migrate/", migration.migrate, name="migrate"),
]
