from zhikong.hospital.functions.records import urls_running, urls_results

app_name = "records"

urlpatterns = [*urls_running.urlpatterns, *urls_results.urlpatterns]
