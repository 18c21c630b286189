"""The words that a visit is described with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SeenAs(models.TextChoices):
    """How somebody of the village found a person who did not open the door."""

    WELL = "well", _("Well, at home")
    AWAY = "away", _("Away, known to be well")
    HOSPITAL = "hospital", _("In hospital")
    HELP = "help", _("Needed help")
    NOT_FOUND = "not_found", _("Not found")


class ArrivalBy(models.TextChoices):
    """How a worker proved to be at the home."""

    PLACE = "place", _("Place of the phone")
    TAG = "tag", _("Tag at the home")
    CODE = "code", _("Code given to the person")
    NONE = "none", _("Not proved")


class Signing(models.TextChoices):
    """How a person confirmed a visit."""

    SIGNATURE = "signature", _("Signature")
    THUMBPRINT = "thumbprint", _("Thumbprint")
    WITNESS = "witness", _("A witness")


class Witness(models.TextChoices):
    """Who confirmed a visit in the person's place."""

    FAMILY = "family", _("Family")
    NEIGHBOUR = "neighbour", _("Neighbour")
    VILLAGE = "village", _("Village or community worker")
    COLLEAGUE = "colleague", _("Another worker")
    OTHER = "other", _("Somebody else")
