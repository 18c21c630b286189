"""Which kind of sound some bytes are, by what they begin with and not by what they are called."""

from __future__ import annotations

HEAD = 4096
_VIDEO = (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG", b"vide")


def sound_kind(raw: bytes) -> str | None:
    """The media type of a sound that browsers record: WebM, Ogg or MP4; None for anything else, films among it."""
    head = raw[:HEAD]
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return None if any(sign in head for sign in _VIDEO) else "audio/webm"
    if head.startswith(b"OggS") and (b"OpusHead" in head or b"vorbis" in head):
        return "audio/ogg"
    if head[4:8] == b"ftyp":
        return None if any(sign in raw for sign in _VIDEO) else "audio/mp4"
    return None
