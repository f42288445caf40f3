from django.urls import path

from zhikong.hospital.functions.reporting.views import deciding, evidence, filling, overview, records

app_name = "reporting"

urlpatterns = [
    path("", overview.overview, name="list"),
    path("open/", overview.open_month, name="open"),
    path("remind/", overview.remind_late, name="remind_late"),
    path("records/", records.overview, name="records"),
    path("records/open/", records.open_records, name="open_records"),
    path("records/remind/", records.remind, name="remind_records"),
    path("records/<int:pk>/", records.page, name="record"),
    path("records/<int:pk>/measures/<int:measure>/", records.answer, name="answer_measure"),
    path("records/<int:pk>/sign/", records.sign, name="sign_record"),
    path("records/<int:pk>/record.<slug:kind>", records.document, name="record_document"),
    path("records/<int:pk>/<slug:step>/", records.decide, name="decide_record"),
    path("sheets/<int:pk>/", filling.page, name="sheet"),
    path("sheets/<int:pk>/rows/", filling.save, name="save"),
    path("sheets/<int:pk>/rows/<slug:item>/", filling.save_row, name="save_row"),
    path("sheets/<int:pk>/paste/", filling.paste, name="paste"),
    path("sheets/<int:pk>/submit/", filling.submit, name="submit"),
    path("sheets/<int:pk>/files/", evidence.attach, name="attach"),
    path("sheets/<int:pk>/files/<int:attached>/remove/", evidence.detach, name="detach"),
    path("sheets/<int:pk>/export/", filling.export, name="export"),
    path("sheets/<int:pk>/<slug:step>/", deciding.take, name="step"),
]
