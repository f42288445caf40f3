from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_last_target")]

    operations = [
        migrations.AddField(
            model_name="indicatortarget",
            name="hospital_only",
            field=models.BooleanField(default=False, verbose_name="只考核全院"),
        ),
    ]
