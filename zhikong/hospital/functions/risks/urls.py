from zhikong.hospital.functions.risks import urls_plans, urls_register

app_name = "risks"

urlpatterns = [*urls_register.urlpatterns, *urls_plans.urlpatterns]
