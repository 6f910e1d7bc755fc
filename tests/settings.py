"""Settings of the test suite: the product's own, without what a developer's machine or `.env` says.

`DATABASE_URL` in the environment chooses the database (default: SQLite in memory).
"""

import os
import tempfile

os.environ["ENV_FILE"] = os.devnull
os.environ["DEBUG"] = "1"
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
for _name in ("SECRET_KEY", "AUDIT_KEY", "ALLOWED_HOSTS", "HTTPS", "STATIC_ROOT", "MEDIA_ROOT", "LOG_LEVEL"):
    os.environ.pop(_name, None)

from gaobo_banzhuren.settings import *  # noqa: E402, F403

DEBUG = False
# Slow hashing protects stored passwords; in tests it would only cost minutes.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEST_FILES = tempfile.mkdtemp(prefix="banzhuren-test-files-")
MEDIA_ROOT = os.path.join(TEST_FILES, "files")
# WhiteNoise warns of a missing folder of collected files; tests find static files where they are written.
STATIC_ROOT = os.path.join(TEST_FILES, "static")
os.mkdir(STATIC_ROOT)
# A test's connection holds its transaction; closing it for its age in the middle would lose what the test made.
DATABASES["default"]["CONN_MAX_AGE"] = None  # noqa: F405
if "postgresql" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # The limits of a server in use would fail tests on a machine that is busy with something else.
    DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=60000"  # noqa: F405
# Tests write facts past the log; what is remembered by the log has tests of its own.
FACTS_REMEMBERED = 0
