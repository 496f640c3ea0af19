from typing import ClassVar

import environ
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

env = environ.Env(DEBUG=(bool, False))

STATIC = env("STATIC_URL", default="/static/")
CACHE = env.cache("CACHE_URL")
MAX = env.int("MAX_ITEMS", 100)


class Base(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="shop_",
        case_sensitive=False,
    )
    version: ClassVar[str] = "1"

    database_url: str
    pool_size: int = 10
    api_key: str = Field(..., alias="API_KEY")
    retries: int = Field(default=3, ge=0)
    broker: str = Field("redis://localhost", validation_alias=AliasChoices("BROKER_URL", "CELERY_BROKER"))
    _private: int = 1

    def url(self) -> str:
        local: int = 3
        return self.database_url


class Worker(Base):
    concurrency: int = 2


class NotSettings(Model):
    plain: str = "x"
