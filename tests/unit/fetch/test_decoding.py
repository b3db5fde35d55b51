"""Every encoding of the web, whole and in pieces, honest and not."""

from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest
from backports import zstd

from aggregator.errors import FetchError
from aggregator.fetch.decoding import DECODING_ERRORS, PIECE, decoder

TEXT = b"".join(b"<item>%d</item>" % random.Random(number).getrandbits(64) for number in range(20_000))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


ENCODED = {
    "": TEXT,
    "identity": TEXT,
    "none": TEXT,
    "UTF-8": TEXT,
    "iso-8859-1": TEXT,
    "windows-1252, identity": TEXT,
    "utf-8, gzip": gzip.compress(TEXT),
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "GZIP": gzip.compress(TEXT[:1000]) + gzip.compress(b"") + gzip.compress(TEXT[1000:]),
    "gzip, identity": gzip.compress(TEXT) + bytes(16),
    " gzip ": gzip.compress(TEXT) + b"<!-- trailing words -->",
    "deflate": zlib.compress(TEXT),
    "Deflate": raw_deflate(TEXT),
    "br": brotli.compress(TEXT, quality=3),
    "zstd": zstd.compress(TEXT),
}


def decoded(encoding: str, data: bytes, size: int) -> tuple[bytes, bool]:
    unfold = decoder(encoding)
    pieces = [piece for at in range(0, len(data), size) for piece in unfold.pieces(data[at : at + size])]
    if ENCODED[encoding] is not TEXT:
        assert max(map(len, pieces)) <= 2 * PIECE
    return b"".join(pieces), unfold.ended


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("size", [997, PIECE, 1 << 30])
def test_what_was_encoded_comes_back_however_it_is_cut(encoding: str, size: int) -> None:
    assert decoded(encoding, ENCODED[encoding], size) == (TEXT, True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "Deflate", "br", "zstd"])
def test_a_document_that_is_cut_short_has_not_ended(encoding: str) -> None:
    assert not decoded(encoding, ENCODED[encoding][:-20], PIECE)[1]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_encoded_is_an_error(encoding: str) -> None:
    with pytest.raises(DECODING_ERRORS):
        decoded(encoding, b"<rss version='2.0'/> but not packed at all", PIECE)


def test_a_stream_of_endless_members_is_an_error() -> None:
    with pytest.raises(DECODING_ERRORS, match="members"):
        decoded("gzip", gzip.compress(b"") * 200, PIECE)


@pytest.mark.parametrize("encoding", ["compress", "gzip, br", "gzip,gzip", "aes128gcm", "zip"])
def test_layers_and_unknown_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(FetchError, match="did not ask for"):
        decoder(encoding)
