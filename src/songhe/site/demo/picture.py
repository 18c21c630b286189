"""A drawn picture of a tidy room, standing in for a worker's photograph."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

WALLS = ((238, 228, 210), (222, 232, 226), (230, 224, 236))
FLOORS = ((176, 140, 104), (150, 118, 90), (196, 176, 150))
CLOTHS = ((196, 84, 72), (86, 128, 92), (92, 110, 160), (214, 160, 80), (140, 90, 130))


def picture(number: int) -> bytes:
    """A JPEG of 640 by 480; another room for each number."""
    chance = random.Random(number)  # noqa: S311  a drawing, no secret
    room = Image.new("RGB", (640, 480), WALLS[number % len(WALLS)])
    pen = ImageDraw.Draw(room)
    floor, left, bed = chance.randrange(300, 380), chance.randrange(20, 320), chance.randrange(260, 420)
    pen.rectangle((0, floor, 640, 480), fill=chance.choice(FLOORS))
    pen.rectangle((left, 50, left + 180, 210), fill=(176, 214, 236), outline=(120, 96, 72), width=8)
    pen.line((left + 90, 50, left + 90, 210), fill=(120, 96, 72), width=6)
    pen.rectangle((bed, floor - 90, bed + chance.randrange(160, 300), floor + 40), fill=chance.choice(CLOTHS))
    pen.rectangle((bed, floor - 120, bed + 90, floor - 70), fill=(250, 246, 238))
    for _ in range(3):
        x, y, size = chance.randrange(560), chance.randrange(floor - 60, 420), chance.randrange(40, 110)
        pen.ellipse((x, y, x + size, y + size), fill=chance.choice(CLOTHS))
    out = io.BytesIO()
    room.save(out, "JPEG", quality=80)
    return out.getvalue()
