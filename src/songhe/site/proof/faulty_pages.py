"""Pages with a planted fault: a proof that does not catch it proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

PLANTED = {"no-idempotency": "forgetful"}


def forgetful() -> Any:
    """Takes every form for a new one, whatever key it bears."""
    application = import_module("songhe.site.asgi").application  # before anything else is loaded
    from songhe.engines.acts.once import Slot
    from songhe.kit.views import perform

    @contextmanager
    def always(_key: str | None, **_options: Any) -> Iterator[Slot]:
        yield Slot(None)

    setattr(perform, "once", always)  # noqa: B010  a fault made on purpose
    return application
