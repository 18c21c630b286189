"""What the administrator sees of the roads in: platforms that hand messages in, and messages that were not understood."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.edges.gateway import sources as actions
from songhe.edges.gateway.models import Quarantined, Source
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import panel, record, verb
from songhe.kit.views.secret import secret_page
from songhe.kit.who import who

LABELS["gateway.let_go"] = _("Unrecognised messages purged")
_ENABLED = spec.state(
    "enabled", show=lambda row: "on" if row.enabled else "off", label_of=lambda row: _("Receiving") if row.enabled else _("Not receiving"),
    tones={"on": "ok", "off": "muted"},
)  # fmt: skip

sources = record(
    Source,
    slug="message-sources",
    right="gateway.view",
    title=_("Sources of device messages"),
    one=_("Source of device messages"),
    intro=_("Platforms that submit messages for many devices. Their secret is shown once, when it is generated."),
    columns=[spec.link("code", sort="code"), spec.text("kind", show=lambda row: row.get_kind_display()), spec.region("region", _("Region")), spec.when("made_at", _("Created at"), sort="made_at"), _ENABLED],
    filters=[spec.choice("kind"), spec.flag("enabled", _("Receiving"), narrow=lambda rows, yes: rows.filter(enabled=yes)), spec.region_filter()],
    search=("code",),
    order=("code",),
    state=_ENABLED,
    panels={_("Source of device messages"): ["code", spec.text("kind", show=lambda row: row.get_kind_display()), spec.region("region", _("Region")), spec.when("made_at", _("Created at"))]},
    aside={
        _("Secret"): panel("gateway/secret_panel.html", query=lambda row, request: {"url": reverse("message-sources.secret", args=[row.pk])}, right="gateway.source"),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.register_source, label=_("Register a platform"), icon="plus", primary=True,
             then=lambda made, row: reverse("message-sources.secret", args=[made.pk])),
        verb(actions.switch_off, label=_("Stop receiving"), icon="ban", danger=True, when=lambda row, user: row.enabled),
        verb(actions.switch_on, label=_("Resume receiving"), icon="check", when=lambda row, user: not row.enabled),
    ],
    nav=NavItem("system", "link", 47),
    empty=_("No platform submits messages. Register one."),
)  # fmt: skip


def secret(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new secret of a source, shown this once."""
    user = who(request)
    source = Source.objects.take(pk, user.scope("gateway.source"))
    road = (
        reverse("ingest")
        if source.kind == Source.Kind.SIGNED
        else reverse("ingest.traccar", args=[source.code])
    )
    return secret_page(
        request, "gateway/source_secret.html", fresh=actions.fresh_secret, row=source, page_title=gettext("Secret of a source"),
        keep=lambda made: actions.renew_secret(source, actor=user, at=now(), secret=made),
        back=reverse("message-sources.detail", args=[source.pk]), address=request.build_absolute_uri(road),
    )  # fmt: skip


page(
    "message-sources.secret",
    path="message-sources/<uuid:pk>/secret/",
    title=_("Secret of a source"),
    right="gateway.source",
    view=secret,
)

quarantined = record(
    Quarantined,
    slug="unread-messages",
    right="gateway.view",
    title=_("Unrecognised messages"),
    one=_("Unrecognised message"),
    intro=_("Received and acknowledged, kept sealed with the reason. Add the format or the kind to the data files, or ask the manufacturer."),
    columns=[
        spec.text("device", sort="device"),
        spec.text("road", show=lambda row: row.get_road_display()),
        spec.text("reason"),
        spec.yes_no("urgent"),
        spec.region("region", _("Region")),
        spec.when("at", sort="at"),
    ],
    filters=[
        spec.choice("road"), spec.flag("urgent", _("Urgent"), narrow=lambda rows, yes: rows.filter(urgent=yes)), spec.region_filter(),
        spec.date_range("at"),
    ],
    search=("device", "reason"),
    order=("-at", "id"),
    detail=False,
    nav=NavItem("system", "alert-triangle", 49),
    empty=_("Every message was recognised."),
)  # fmt: skip
