from zhikong.hospital.functions.inspections import urls_planning, urls_results, urls_visiting

app_name = "inspections"

urlpatterns = [*urls_planning.urlpatterns, *urls_visiting.urlpatterns, *urls_results.urlpatterns]
