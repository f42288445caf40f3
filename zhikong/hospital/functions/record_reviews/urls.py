from zhikong.hospital.functions.record_reviews import urls_reviewing, urls_sampling

app_name = "record_reviews"

urlpatterns = [*urls_reviewing.urlpatterns, *urls_sampling.urlpatterns]
