from zhikong.hospital.functions.complaints import urls_disputes, urls_intake

app_name = "complaints"

urlpatterns = [*urls_intake.urlpatterns, *urls_disputes.urlpatterns]
