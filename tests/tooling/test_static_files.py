"""The static files can be collected the way production serves them: every address in them leads to a file."""

import re

from django.conf import settings as product_settings
from django.contrib.staticfiles import finders
from django.core.management import call_command


def test_collecting_with_hashed_names_finds_every_file_that_another_names(settings, tmp_path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = {
        **product_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
    assert list(tmp_path.glob("vendor/bootstrap/bootstrap.min.*.css"))
    assert list(tmp_path.glob("vendor/icons.*.svg"))


def test_pages_name_only_static_files_that_exist(settings) -> None:
    missing = []
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        for name in re.findall(r"{%\s*static\s+[\"']([^\"']+)[\"']", path.read_text("utf-8")):
            if finders.find(name) is None:
                missing.append(f"{path.name}: {name}")
    assert missing == []
