"""Compressed files: whole, cut off, damaged, and made to burst."""

import bz2
import gzip
import io
import lzma
import os
import zipfile

import pytest

from data.domain.errors import FileError, NotText, TooLarge, Truncated
from ingest.stopping import Stopped, never
from ingest.unpack import Bounds, compression, unpacked

LINES = b"".join(b'"%d","+442079460%03d"\n' % (n, n % 1000) for n in range(5_000))
BOUNDS = Bounds(spare_bytes=0)


def zipped(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


PACKED = {
    ".gz": gzip.compress(LINES),
    ".bz2": bz2.compress(LINES),
    ".xz": lzma.compress(LINES),
    ".zip": zipped({"Master.csv": LINES}),
}


def unpack(tmp_path, content, kind, bounds=BOUNDS, stopping=never):
    packed, plain = tmp_path / f"a{kind}", tmp_path / "plain"
    packed.write_bytes(content)
    unpacked(packed, plain, kind, bounds, stopping)
    return plain.read_bytes()


@pytest.mark.parametrize("kind", PACKED)
def test_each_kind_is_read_whole(tmp_path, kind):
    path = tmp_path / f"a.csv{kind}"
    path.write_bytes(PACKED[kind])

    assert compression(path, path.name) == kind
    assert compression(path, "without-ending") == kind
    assert unpack(tmp_path, PACKED[kind], kind) == LINES


@pytest.mark.parametrize("kind", PACKED)
def test_a_file_that_is_cut_off_anywhere_is_truncated(tmp_path, kind):
    whole = PACKED[kind]
    for end in (8, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        with pytest.raises(Truncated, match="sent again"):
            unpack(tmp_path, whole[:end], kind)


def test_a_damaged_check_sum_is_noticed(tmp_path):
    damaged = bytearray(PACKED[".gz"])
    damaged[-6] ^= 1

    with pytest.raises(Truncated):
        unpack(tmp_path, bytes(damaged), ".gz")


def test_all_members_of_a_gzip_are_read(tmp_path):
    assert unpack(tmp_path, PACKED[".gz"] + gzip.compress(b"more\n"), ".gz") == LINES + b"more\n"


def test_rubbish_behind_a_gzip_is_noticed(tmp_path):
    with pytest.raises(Truncated):
        unpack(tmp_path, PACKED[".gz"] + b"rubbish", ".gz")


@pytest.mark.parametrize("kind", [".gz", ".xz", ".zip"])
def test_what_expands_beyond_its_bound_is_refused_early(tmp_path, kind):
    big = b"\0" * (80 << 20)
    packed = {
        ".gz": gzip.compress(big, 1),
        ".xz": lzma.compress(big, preset=0),
        ".zip": zipped({"a": big}),
    }

    with pytest.raises(TooLarge, match="unpacks to more than"):
        unpack(tmp_path, packed[kind], kind)

    assert (tmp_path / "plain").stat().st_size <= BOUNDS.ratio_from_bytes


def test_an_absolute_bound_holds_too(tmp_path):
    with pytest.raises(TooLarge):
        unpack(tmp_path, PACKED[".gz"], ".gz", Bounds(size_bytes=100, spare_bytes=0))


def test_no_room_is_an_error_of_the_disk_not_of_the_file(tmp_path):
    noise = os.urandom(65 << 20)

    with pytest.raises(OSError, match="No space"):
        unpack(tmp_path, gzip.compress(noise, 0), ".gz", Bounds(spare_bytes=1 << 62))


@pytest.mark.parametrize("members", [{}, {"a": b"1", "b": b"2"}], ids=["none", "two"])
def test_a_zip_must_hold_exactly_one_file(tmp_path, members):
    with pytest.raises(FileError, match=f"holds {len(members)} files"):
        unpack(tmp_path, zipped(members), ".zip")


def test_a_zip_with_too_many_members_is_refused(tmp_path):
    with pytest.raises(TooLarge, match="members"):
        unpack(tmp_path, zipped({str(n): b"" for n in range(1_001)}), ".zip")


def test_an_encrypted_zip_is_refused_with_what_to_do(tmp_path):
    content = bytearray(zipped({"a": b"1"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(FileError, match="without a password"):
        unpack(tmp_path, bytes(content), ".zip")


def test_a_plain_file_called_gz_is_refused(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(LINES)

    with pytest.raises(NotText, match="right name"):
        compression(path, path.name)
    assert compression(path, "a.csv") is None


def test_unpacking_stops_when_asked(tmp_path):
    with pytest.raises(Stopped):
        unpack(tmp_path, PACKED[".gz"], ".gz", stopping=lambda: True)
