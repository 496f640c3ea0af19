import os

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
DEBUG = os.environ.get("DEBUG", "False") == "True"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("POSTGRES_DB", "shop"),
        "USER": os.environ["POSTGRES_USER"],
        "PASSWORD": os.environ["POSTGRES_PASSWORD"],
        "HOST": os.environ.get("POSTGRES_HOST", "localhost"),
        "PORT": os.environ.get("POSTGRES_PORT", "5432"),
    }
}

CACHES = {"default": {"LOCATION": os.environ.get("REDIS_URL", "redis://localhost:6379/1")}}
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "mail.example.com")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "pl4nted-mail-default")
CONN_MAX_AGE = int(os.environ.get("CONN_MAX_AGE", "60"))
PAGE_SIZE = int(os.environ.get("PAGE_SIZE", 25))
