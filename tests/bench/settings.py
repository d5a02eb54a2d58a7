"""The settings of the bench: those of the tests, on servers and a database of its own, whose name says what it is for.

The embedded servers run under ``var/bench``; where DATABASE_URL names a server, the database is made there.
"""

import os
from pathlib import Path

var = Path(os.environ.get("PARTAGEE_VAR") or Path(__file__).resolve().parents[2] / "var").resolve() / "bench"
(var / "static").mkdir(parents=True, exist_ok=True)
os.environ["PARTAGEE_VAR"] = str(var)
os.environ["PARTAGEE_TEST_DATABASE"] = "bench_partagee"

from tests.settings import *  # noqa: E402, F403
