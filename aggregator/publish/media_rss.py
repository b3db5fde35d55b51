"""Pictures and files in Media RSS 1.5.1, in Atom and RSS alike."""

from __future__ import annotations

from aggregator.model import Enclosure, Picture
from aggregator.publish.elements import Attribute, Lines
from aggregator.publish.links import medium


def put_picture(lines: Lines, picture: Picture) -> None:
    """The picture with its caption and credit, and as a thumbnail for readers that know nothing else."""
    size: dict[str, Attribute] = {"width": picture.width, "height": picture.height}
    about: dict[str, Attribute] = {"type": picture.type, "medium": "image", "fileSize": picture.length}
    if picture.caption or picture.credit or picture.copyright:
        lines.open("media:content", url=picture.url, **about, **size)
        lines.say("media:description", picture.caption, type="plain")
        lines.say("media:credit", picture.credit)
        lines.say("media:copyright", picture.copyright)
        lines.close("media:content")
    else:
        lines.put("media:content", url=picture.url, **about, **size)
    lines.put("media:thumbnail", url=picture.url, **size)


def put_file(lines: Lines, file: Enclosure) -> None:
    lines.put("media:content", url=file.url, type=file.type, medium=medium(file.type), fileSize=file.length)
