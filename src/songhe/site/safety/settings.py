"""Faults of the configuration: secrets, key file, hosts, cookies."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from songhe.site.env import origin
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
    if settings.SESSION_COOKIE_SECURE and not settings.PROXIES:
        yield Fault(
            "proxies_unnamed",
            "Every visitor seems to come from the HTTPS proxy: a few people's wrong passwords lock everybody out.",
            "Name the proxy's address as Songhe sees it: SONGHE_PROXIES=127.0.0.1",
            stops=False,
        )
    yield from _carriers(settings)
    yield from _tiles(settings.TILES)
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


def _carriers(settings: Any) -> Iterator[Fault]:
    """What makes messages go astray: a carrier half set up, unsigned or open to listeners."""
    urls: dict[str, str] = {}
    for code, row in settings.CARRIERS.items():
        name = "SONGHE_" + code.upper().replace("-", "_")
        if bool(row["url"]) != bool(row["secret"]):
            yield Fault(
                "carrier_half",
                f"The carrier {code} has an address or a secret, but not both; it sends nothing.",
                f"Set {name}_URL and {name}_SECRET, or unset both.",
            )
        if row["secret"] and len(row["secret"]) < SECRET_LENGTH:
            yield Fault(
                "carrier_secret_short",
                f"The secret shared with the carrier {code} has {len(row['secret'])} characters.",
                f"Agree with it on {SECRET_LENGTH} random characters or more: {name}_SECRET",
            )
        if row["url"]:
            urls[code] = row["url"]
    for code in ("sms", "voice"):
        if f"{code}-second" in urls and code not in urls:
            yield Fault(
                "carrier_first_missing",
                f"There is a second carrier for {code} and no first one.",
                f"Set SONGHE_{code.upper()}_URL to the one that is to be preferred.",
            )
        if code in urls and urls[code] == urls.get(f"{code}-second"):
            yield Fault(
                "carrier_twice",
                f"Both carriers for {code} are the same; when it fails, nothing is left.",
                "Name another provider, or unset the second.",
            )
    for code, url in {**urls, **settings.ROBOT_GROUPS}.items():
        yield from _carrier_address(code, url)


def _carrier_address(code: str, url: str) -> Iterator[Fault]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield Fault(
            "carrier_address", f"The address of the carrier {code} is none: {url}", "Write https://host/path."
        )
    elif parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield Fault(
            "carrier_plain",
            f"Numbers and texts travel to {parts.hostname} without encryption.",
            "Use an https address.",
        )


def _tiles(template: str) -> Iterator[Fault]:
    """What keeps the planner's map from drawing tiles of a server."""
    remedy = "Write SONGHE_TILES=https://host/{z}/{x}/{y}.png, or unset it."
    if template and not origin(template):
        yield Fault(
            "tiles_address", f"Tiles of the map are fetched from one host over https only: {template}", remedy
        )
    if template and (missing := [part for part in ("{z}", "{x}", "{y}") if part not in template]):
        yield Fault("tiles_places", f"The address of the map's tiles lacks {', '.join(missing)}.", remedy)


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
    if settings.CONSOLE:
        yield Fault(
            "carrier_screen",
            "Messages without a carrier are shown on a page and reach nobody.",
            "Unset SONGHE_CONSOLE.",
        )
    loopback = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if set(settings.ALLOWED_HOSTS) <= loopback:
        yield Fault(
            "hosts_none",
            "No public host name is set, so every request from outside is refused.",
            "List your names: SONGHE_HOSTS=care.example.cn",
        )
