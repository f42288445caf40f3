from zhikong.hospital.functions.records import urls_results, urls_running

app_name = "records"

urlpatterns = [*urls_running.urlpatterns, *urls_results.urlpatterns]
