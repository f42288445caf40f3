from zhikong.hospital.functions.plans import urls_coverage, urls_reviewing

app_name = "plans"

urlpatterns = [*urls_reviewing.urlpatterns, *urls_coverage.urlpatterns]
