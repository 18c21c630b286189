"""Faults of the configuration: secrets, key file, hosts, cookies."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from songhe.site.safety.fault import Fault

SECRET_LENGTH = 32


def in_settings(settings: Any, *, public: bool) -> Iterator[Fault]:
    """Yield the faults of Django's `settings`. `public`: the pages are reached from other machines."""
    yield from _secrets(settings)
    yield from _key_file(settings.KEY_FILE)
    if settings.DEBUG:
        yield Fault("debug", "Error pages show code and data of the installation.", "Unset SONGHE_DEBUG.")
    if "*" in settings.ALLOWED_HOSTS:
        yield Fault(
            "hosts_any",
            "Any host name is answered, so a forged link can carry yours.",
            "List your names: SONGHE_HOSTS=care.example.cn",
        )
    if public:
        yield from _public(settings)


def _secrets(settings: Any) -> Iterator[Fault]:
    known = getattr(settings, "DEFAULT_SECRET", None)
    if known == settings.SECRET_KEY or settings.SECRET_KEY.startswith("django-insecure"):
        yield Fault(
            "secret_default",
            "The secret key is the one everybody can read in the source.",
            "Unset SONGHE_SECRET_KEY and let Songhe make one, or set one of your own.",
        )
    elif len(settings.SECRET_KEY) < SECRET_LENGTH:
        yield Fault(
            "secret_short",
            f"The secret key has {len(settings.SECRET_KEY)} characters.",
            f"Set SONGHE_SECRET_KEY to {SECRET_LENGTH} random characters or more.",
        )


def _key_file(named: Path | str | None) -> Iterator[Fault]:
    if named is None:
        yield Fault(
            "key_file_unnamed", "No key file is named.", "Set SONGHE_KEY_FILE, or unset it for the default."
        )
        return
    file = Path(named)
    if not file.exists():
        yield Fault(
            "key_file_missing",
            f"The key file {file} is not there; nothing personal can be read or written.",
            "Put it back. For a new installation: songhe migrate",
        )
        return
    if (mode := stat.S_IMODE(file.stat().st_mode)) & 0o077:
        yield Fault(
            "key_file_open",
            f"Others on this machine may read the key file (mode {mode:o}).",
            f"chmod 600 {file}",
        )


def _public(settings: Any) -> Iterator[Fault]:
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield Fault(
            "cookies_plain",
            "Session cookies travel without encryption.",
            "Put an HTTPS proxy in front and set SONGHE_HTTPS=1.",
        )
    if not settings.SESSION_COOKIE_HTTPONLY:
        yield Fault(
            "cookies_scripted", "Scripts can read the session cookie.", "Leave SESSION_COOKIE_HTTPONLY on."
        )
    if getattr(settings, "DEMO", False):
        yield Fault(
            "demo_open",
            "Demo mode lets anybody in as any role.",
            "Unset SONGHE_DEMO, or serve the demo on this machine only.",
        )
    loopback = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if set(settings.ALLOWED_HOSTS) <= loopback:
        yield Fault(
            "hosts_none",
            "No public host name is set, so every request from outside is refused.",
            "List your names: SONGHE_HOSTS=care.example.cn",
        )
