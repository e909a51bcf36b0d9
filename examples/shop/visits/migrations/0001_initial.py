from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent", models.DateTimeField(auto_now_add=True)),
                ("done", models.DateTimeField(db_index=True, null=True)),
                ("times", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
