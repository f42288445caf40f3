from django.urls import path, re_path

from zhikong.hospital.functions.datasources import views
from zhikong.hospital.functions.datasources.wizard import views as wizard

app_name = "datasources"

urlpatterns = [
    path("", views.load_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("quarantine/", views.quarantine, name="quarantine"),
    re_path(r"^quarantine/export\.(?P<kind>xlsx|csv)$", views.export, name="export"),
    path("<int:pk>/", views.load_detail, name="load"),
    path("wizard/", wizard.start, name="wizard"),
    path("wizard/<int:pk>/", wizard.columns, name="wizard_columns"),
    path("wizard/<int:pk>/codes/", wizard.codes, name="wizard_codes"),
    path("wizard/<int:pk>/check/", wizard.check, name="wizard_check"),
    path("wizard/<int:pk>/discard/", wizard.discard, name="wizard_discard"),
    re_path(r"^templates/(?P<table>[a-z_]+)\.xlsx$", views.template, name="template"),
]
