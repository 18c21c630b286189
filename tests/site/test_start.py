"""What a process loads when it starts."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

HEAVY = ("fpdf", "fontTools", "openpyxl")
"""Needed by few requests, and loaded by those."""


def test_a_process_starts_without_the_large_libraries_that_few_requests_need() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'songhe.site.settings'\n"
        "import django; django.setup()\n"
        "from django.urls import get_resolver; assert get_resolver().url_patterns\n"
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
