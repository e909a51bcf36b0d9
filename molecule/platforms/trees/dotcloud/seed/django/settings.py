SECRET_KEY = "only for a test"
ROOT_URLCONF = "urls"
INSTALLED_APPS = []
