"""The page behind the code on a tag: open to whoever scans it, says nothing about anybody, and calls the desk."""

from __future__ import annotations

from math import isfinite
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import actions
from songhe.areas.devices.limits import desk_number
from songhe.areas.devices.models import Device, Tag
from songhe.core.refusal import Refused
from songhe.engines.access.address import address_of
from songhe.engines.access.api import SYSTEM, elevated
from songhe.engines.acts.api import once, record_read
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.pages import page
from songhe.kit.refusals import said
from songhe.kit.views.secret import secret_page
from songhe.kit.who import who

PRINT = "devices.print_labels"
LABELS[PRINT] = _("Labels printed")
FIELDS = ("phone", "words", "lon", "lat", "accuracy")


def finder(request: HttpRequest, token: str) -> HttpResponse:
    """What a stranger sees who scans a tag, and what comes of it. A code that is not in force leads to the same page, without
    the form: it tells nobody whether it ever was one."""
    tag = actions.tag_of(token)
    context = {
        "page_title": gettext("Thank you for stopping"), "large_page": True, "number": desk_number(), "known": tag is not None,
        "key": uuid4().hex,
    }  # fmt: skip
    if request.method != "POST" or tag is None:
        return _drawn(request, context, 200 if tag or request.method != "POST" else 404)
    if request.POST.get("website"):  # a field that people do not see: only programs fill it in
        return redirect(reverse("devices.thanks"))
    address = address_of(request)
    try:
        spoken = _spoken(request)
        _sent(request, tag, token, spoken, address)
    except Refused as refusal:
        often = refusal.code == "found_often"
        context |= {"refused": said(refusal), "given": {name: request.POST.get(name, "")[:200] for name in FIELDS}, "known": not often}  # fmt: skip
        return _drawn(request, context, 429 if often else 422)
    return redirect(reverse("devices.thanks"))


def _sent(request: HttpRequest, tag: Tag, token: str, spoken: actions.Spoken, address: str) -> None:
    """Keep the message once, however often the form is sent."""
    at, digest = now(), digest_of([token, *spoken_parts(request)])
    # Whoever scanned the tag has no scope; the action checks the code, the form and the number of messages.
    with elevated(), once(request.POST.get("_key"), actor=SYSTEM, digest=digest, at=at) as slot:
        if slot.done is None:
            actions.report_found(tag, actor=SYSTEM, at=at, spoken=spoken, address=address)
            slot.store({"url": reverse("devices.thanks")})


def thanks(request: HttpRequest) -> HttpResponse:
    """The answer after a message: help is on its way."""
    context = {"page_title": gettext("Thank you"), "large_page": True, "number": desk_number()}
    return _headed(render(request, "devices/thanks.html", context))


def spoken_parts(request: HttpRequest) -> list[str]:
    """What was filled in, as it makes one message the same as another."""
    return [request.POST.get(name, "") for name in FIELDS]


def _spoken(request: HttpRequest) -> actions.Spoken:
    lon, lat = _number(request, "lon", 180), _number(request, "lat", 90)
    accuracy = _number(request, "accuracy", 1_000_000)
    return actions.Spoken(
        phone=request.POST.get("phone", "")[:40],
        words=request.POST.get("words", ""),
        longitude=lon if lat is not None else None,
        latitude=lat if lon is not None else None,
        accuracy=abs(accuracy) if accuracy is not None else None,
    )


def _number(request: HttpRequest, name: str, most: float) -> float | None:
    """A number of the browser's; what is none is as if it were not sent."""
    try:
        found = float(request.POST.get(name, "")[:24])
    except ValueError:
        return None
    return found if isfinite(found) and abs(found) <= most else None


def _drawn(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    return _headed(render(request, "devices/finder.html", context, status=status))


def _headed(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def labels(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The labels of a device as a PDF file; printing is logged."""
    from songhe.areas.devices.papers import sheet  # loads a large library, which few requests need

    user, at = who(request), now()
    device = Device.objects.take(pk, user.scope("devices.tag"))
    with elevated():  # the code of the device that the reader may reach
        tag = Tag.everywhere.filter(device=device, revoked_at=None).first()
    if tag is None:
        raise Refused("code_absent", "This device has no code to print. Generate one first.")
    record_read(PRINT, device, actor=user, at=at, purpose="print")
    address = request.build_absolute_uri(reverse("devices.finder", args=["x"])).removesuffix("x/")
    heads = {"Content-Disposition": f'inline; filename="labels-{device.code}.pdf"'}
    return HttpResponse(sheet(tag, device, address, at=at), content_type="application/pdf", headers=heads)


def secret(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new secret of a device, shown this once."""
    user = who(request)
    device = Device.objects.take(pk, user.scope("devices.register"))
    return secret_page(
        request, "devices/secret.html", fresh=actions.fresh_secret, row=device, page_title=gettext("Secret of a device"),
        keep=lambda made: actions.set_secret(device, actor=user, at=now(), secret=made),
        back=reverse("devices.detail", args=[device.pk]),
    )  # fmt: skip


page("devices.finder", path="f/<str:token>/", title=_("Thank you for stopping"), public=True, view=finder)
page("devices.thanks", path="f/", title=_("Thank you"), public=True, view=thanks)
page("devices.labels", path="devices/<uuid:pk>/labels/", title=_("Labels"), right="devices.tag", view=labels)
page("devices.secret", path="devices/<uuid:pk>/secret/", title=_("Secret of a device"), right="devices.register", view=secret)  # fmt: skip
