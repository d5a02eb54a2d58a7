"""The settings of the tests: those of the product, connected as the owner, who creates the test database.

pytest-django loads the settings before any conftest, so the environment is set here. Each test process has a folder of
documents and a number of the broker to itself.
"""

import os
import tempfile
from pathlib import Path

from coop import embedded

os.environ["PARTAGEE_ENV"] = "test"
os.environ["PARTAGEE_DATABASE_ROLE"] = "owner"
for name in ("DEMO", "DEBUG", "PARTAGEE_REFERENCE_DAY"):
    os.environ.pop(name, None)

var = Path(os.environ.get("PARTAGEE_VAR") or Path(__file__).resolve().parent.parent / "var").resolve()
os.environ["DOCUMENTS_ROOT"] = tempfile.mkdtemp(prefix="partagee-documents-")


def broker() -> str:
    """Return the broker's address with a number of our own: 0 is the site's, the test processes share the others."""
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 15
    given = os.environ.get("REDIS_URL", "")
    if not given:
        return f"{embedded.valkey_address(var, production=False)}?virtual_host={number}"
    if given.startswith("redis+socket:"):
        return f"{given.partition('?')[0]}?virtual_host={number}"
    server = given.split("://", 1)[1].split("/", 1)[0]
    return f"{given.split('://', 1)[0]}://{server}/{number}"


os.environ["REDIS_URL"] = broker()

from coop.settings import *  # noqa: E402, F403
