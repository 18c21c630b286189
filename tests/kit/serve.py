"""Seventy rows and a county officer to look at through a browser: ``python -m tests.kit.serve``."""

from __future__ import annotations

from tests.served import serve


def rows() -> None:
    """Two small records, seventy ties."""
    from tests import make
    from tests.kit import conftest

    from songhe.engines.access.api import User

    user = make.user("county_officer", make.COUNTY, name="陈静")
    User.objects.filter(pk=user.pk).update(is_demo=True)
    conftest.ties(70, make.village())


if __name__ == "__main__":
    serve(rows)
