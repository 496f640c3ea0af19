"""Prints what python-dotenv reads from every .env file in a folder, as JSON. Started by `cargo xtask dotenv`."""

import hashlib
import importlib.metadata
import json
import logging
import os
import pathlib
import platform
import sys

import dotenv

# It warns of lines that it cannot read; what it reads is asked for here, not what it says.
logging.disable(logging.WARNING)
# Its references are looked up in the environment, too; every run must give the same.
os.environ.clear()

files = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.env")):
    values = {name: value for name, value in dotenv.dotenv_values(path).items() if value is not None}
    files[path.name] = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "values": values}

version = importlib.metadata.version("python-dotenv")
tool = f"python-dotenv {version} on Python {platform.python_version()}"
json.dump({"tool": tool, "recorded_by": "cargo xtask dotenv --record", "files": files}, sys.stdout, indent=1, ensure_ascii=False, sort_keys=True)
print()
