"""Addresses of this half of the function."""

from django.urls import path, re_path

from zhikong.hospital.functions.records.views.running import api, listed, mine, settings, single, wards

urlpatterns = [
    path("my/", mine.my_records, name="my_records"),
    path("running/", listed.running_list, name="running_list"),
    path("running/export/", listed.export, name="running_export"),
    path("running/remind/", listed.remind, name="running_remind"),
    path("running/board/", wards.ward_board, name="ward_board"),
    path("running/long-stays/", wards.long_stays, name="long_stays"),
    path("running/key-records/", wards.key_records, name="key_records"),
    path("running/overrides/", listed.overrides, name="overrides"),
    path("running/settings/", settings.running_settings, name="running_settings"),
    path("running/settings/tokens/", settings.make_token, name="check_tokens"),
    path("running/settings/tokens/<int:pk>/revoke/", settings.revoke_token, name="check_token_revoke"),
    path("running/defects/", listed.running_defects, name="running_defects"),
    path("running/defects/export/", listed.export_defects, name="running_defects_export"),
    path("running/defects/<int:pk>/", single.running_defect, name="running_defect"),
    path("running/defects/<int:pk>/mended/", single.mended, name="running_defect_mended"),
    path("running/defects/<int:pk>/recheck/", single.recheck, name="running_defect_recheck"),
    path("running/stays/<str:stay_id>/", wards.running_stay, name="running_stay"),
    path("running/stays/<str:stay_id>/defect/", wards.report_defect, name="running_report_defect"),
    path("running/stays/<str:stay_id>/key/", wards.key_record, name="running_key_record"),
    path("obligations/<int:pk>/", single.obligation, name="obligation"),
    path("obligations/<int:pk>/remind/", single.remind, name="obligation_remind"),
    path("obligations/<int:pk>/excuse/", single.excuse, name="obligation_excuse"),
    path("obligations/<int:pk>/require/", single.require_again, name="obligation_require"),
    re_path(
        r"^appeal/(?P<kind>obligations|running-defects)/(?P<pk>\d+)/$", single.appeal, name="running_appeal"
    ),
    path("api/check", api.check, name="api_check"),
    path("api/overrides", api.override, name="api_override"),
]
