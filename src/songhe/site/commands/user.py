"""Create a user with a first role, or give a new password.

`songhe user create zhang --name 张敏 --role administrator --region 371000000000`
A password that is not given is made and printed once.
"""

import argparse
import secrets
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened

GROUP = "care"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("create", "password", "roles"))
    parser.add_argument("username", nargs="?")
    parser.add_argument("--name", default="", help="the person's name, as colleagues see it")
    parser.add_argument("--role", help="a role of data/nation/roles.yaml (list them: songhe user roles)")
    parser.add_argument("--region", type=int, help="12-digit code of the region the role covers")
    parser.add_argument("--password", help="at least 10 characters (default: made and printed)")


def run(options: Any) -> int:
    """Create, change or list."""
    with opened():
        from songhe.engines.access.api import Scope, entered, roles

        if options.what == "roles":
            for each in roles().values():
                print(f"{each.code:<24} {each.en} · {each.zh}")
            return 0
        if not options.username:
            raise Refused("user.name", "Name the user: songhe user {what} <log-in name>", what=options.what)
        word = options.password or secrets.token_urlsafe(12)
        with entered(Scope.EVERYTHING):
            if options.what == "create":
                create(options, word)
            else:
                change(options.username, word)
    if not options.password:
        print(f"Password: {word}")
    return 0


def create(options: Any, word: str) -> None:
    """Make the user and the grant, as one act each."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from songhe.engines.access.api import SYSTEM, Grant, User, role
    from songhe.engines.acts.api import record_write
    from songhe.engines.regions.models import Region

    if not (options.role and options.region):
        raise Refused(
            "user.grant", "Say what the user may do and where: --role … --region … (songhe user roles)"
        )
    kind = role(options.role)
    region = Region.objects.filter(code=options.region).first()
    if region is None:
        raise Refused(
            "user.region",
            "There is no region {region}. Codes have 12 digits; a city's regions are loaded with: songhe city {city}",
            region=options.region,
            city=str(options.region)[:4] + "00",
        )
    if User.objects.filter(username=options.username).exists():
        raise Refused("user.exists", "The log-in name {name} is taken.", name=options.username)
    user = User(username=options.username, name=options.name or options.username, created_at=timezone.now())
    try:
        validate_password(word, user)
    except ValidationError as error:
        raise Refused(
            "user.password", "The password is too weak: {why}", why=" ".join(error.messages)
        ) from error
    user.set_password(word)
    user.save(force_insert=True)
    grant = Grant.objects.create(user=user, role=kind.code, region=region, since=timezone.localdate())
    told = {"username": user.username, "role": kind.code, "region_id": region.pk}
    record_write("access.grant", grant, actor=SYSTEM, at=timezone.now(), after=told)
    print(f"{user.username} is {kind.en} in {region.name}.")


def change(username: str, word: str) -> None:
    """Set a new password, end the user's sessions and revoke the user's tokens."""
    from django.utils import timezone

    from songhe.engines.access.api import SYSTEM, User
    from songhe.engines.access.login import revoke_all
    from songhe.engines.acts.api import record_write

    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refused("user.unknown", "There is no user {name}.", name=username)
    user.set_password(word)
    user.save(update_fields=["password"])
    at = timezone.now()
    told = {"tokens": revoke_all(user, at=at)}
    record_write("access.password", user, actor=SYSTEM, at=at, after=told)
    print(f"{username} has a new password; open sessions have ended, {told['tokens']} tokens are revoked.")
