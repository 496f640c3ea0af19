"""Reads `.env` with pydantic-settings. With a number, so many times: then the median in nanoseconds is printed."""

import statistics
import sys
import time
from typing import Annotated

from pydantic import Field, HttpUrl, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    # FIELDS


def measured() -> int:
    begin = time.perf_counter_ns()
    Settings()
    return time.perf_counter_ns() - begin


if len(sys.argv) > 1:
    print(int(statistics.median(measured() for _ in range(int(sys.argv[1])))))
else:
    Settings()
