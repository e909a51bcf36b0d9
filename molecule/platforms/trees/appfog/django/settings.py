import os

HERE = os.path.dirname(os.path.abspath(__file__))
DEBUG = False
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "not one"
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(HERE, "shop.db")}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
