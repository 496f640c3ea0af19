"""Settings of the shop.

os.environ["IN_A_DOCSTRING"] is not a read.
"""
import os
import os as system
from os import environ as env_map, getenv

from decouple import config

DEBUG_NAME = "APP_DEBUG"

SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get(DEBUG_NAME, False)
DATABASE_URL = os.environ.get(
    "DATABASE_URL",
    "postgres://localhost/shop",
)
# OLD = os.environ["COMMENTED_OUT"]
TIMEOUT = int(os.getenv("TIMEOUT", "30"))
REGION = getenv("REGION") or "eu-west-1"
HOST = system.getenv('HOST')
EMPTY = os.getenv("EMPTY", None)
PAGE = env_map.get("PAGE_SIZE", 20)
if "FEATURE_X" in os.environ:
    feature = os.environ["FEATURE_X"]
os.environ["WRITTEN"] = "1"
del os.environ["DELETED"]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
token = os.environ.pop("ONE_TIME_TOKEN", None)
try:
    workers = int(os.environ["WORKERS"])
except KeyError:
    workers = 4
try:
    queue = os.environ["QUEUE_URL"]
except KeyError:
    raise SystemExit("QUEUE_URL is missing")
ALLOWED = config("ALLOWED_HOSTS", default="*", cast=str)
SENTRY = config("SENTRY_DSN")
URL = f"http://{os.environ['API_HOST']}:{os.environ.get('API_PORT', '80')}/{{os.environ['NOT_CODE']}}"
TEXT = 'os.environ["IN_A_TEXT"]'


def read(name):
    return os.environ[name + "_URL"]


class Reader:
    def get_flag(self, name, default="no"):
        return os.environ.get(name, default) == "yes"

    def load(self):
        self.metrics = self.get_flag("METRICS_ON", "yes")
