"""A seed → a landscape of ridges under a sun, as a PNG: the same seed always gives the same picture."""

from __future__ import annotations

import struct
import zlib
from colorsys import hls_to_rgb
from random import Random

WIDTH, HEIGHT = 960, 540
_RIDGES, _SHADES, _STEP = 5, 96, 96
_SUN, _FIRST_RIDGE = _SHADES, _SHADES + 1


def picture(seed: str) -> bytes:
    """The bytes of a PNG of WIDTH by HEIGHT (RFC 2083): a palette, and one byte for each pixel."""
    dice = Random(seed)  # noqa: S311  a drawing, not a secret
    hue, sun = dice.random(), (dice.randrange(120, WIDTH - 120), dice.randrange(80, 190))
    skylines = [_skyline(dice, depth) for depth in range(_RIDGES)]
    columns = (_column(x, [skyline[x] for skyline in skylines], sun) for x in range(WIDTH))
    # Every row begins with its filter, 0: none.
    pixels = b"".join(b"\0" + bytes(row) for row in zip(*columns, strict=True))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _palette(hue)), (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _skyline(dice: Random, depth: int) -> list[int]:
    """The height of a ridge at every column: straight lines between peaks and valleys."""
    middle, rough = 240 + depth * 62, 74 - depth * 11
    knots = [middle + dice.randint(-rough, rough) for _ in range(WIDTH // _STEP + 2)]
    heights = []
    for x in range(WIDTH):
        knot, part = divmod(x, _STEP)
        heights.append(knots[knot] + (knots[knot + 1] - knots[knot]) * part // _STEP)
    return heights


def _column(x: int, heights: list[int], sun: tuple[int, int]) -> bytes:
    """One column from the top: sky and sun, then the ridges, nearer ones before farther ones."""
    column = bytearray(y * _SHADES // HEIGHT for y in range(HEIGHT))
    if (reach := 46**2 - (x - sun[0]) ** 2) > 0:
        half = int(reach**0.5)
        column[sun[1] - half : sun[1] + half] = bytes([_SUN]) * (2 * half)
    for depth, height in enumerate(heights):
        column[height:] = bytes([_FIRST_RIDGE + depth]) * (HEIGHT - height)
    return bytes(column)


def _palette(hue: float) -> bytes:
    """The sky from top to bottom, the sun, the ridges from far to near."""
    sky = [_colour(hue + 0.10 * step / _SHADES, 0.70 + 0.24 * step / _SHADES, 0.62) for step in range(_SHADES)]
    ridges = [_colour(hue + 0.05 * depth, 0.62 - 0.11 * depth, 0.30 + 0.03 * depth) for depth in range(_RIDGES)]
    return b"".join([*sky, _colour(hue + 0.1, 0.97, 0.9), *ridges])


def _colour(hue: float, light: float, saturation: float) -> bytes:
    return bytes(round(part * 255) for part in hls_to_rgb(hue % 1, light, saturation))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
