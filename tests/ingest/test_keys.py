"""The key of a call is the same for ever, on every machine."""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ingest.keys import hashed, identity_keys, line_keys
from ingest.lines import Lines

MASK = (1 << 64) - 1


def test_a_key_never_changes():
    # Written down once: a store keeps keys for years, and a redelivered call must meet its own.
    assert hashed(pa.array([b"", b"a", b"+442079460000\x1f7"]), "north").tolist() == [
        -7968923763396841290,
        -2208349678032250499,
        4483095144226539320,
    ]


@given(text=st.binary(max_size=40), source=st.text(max_size=10))
def test_a_key_is_siphash_scattered_by_splitmix(text, source):
    assert hashed(pa.array([text]), source).tolist() == [_reference(text, source)]


def test_a_line_has_the_same_key_wherever_its_block_begins():
    whole = Lines(b"one\ntwo\nthree\n", 1)
    part = Lines(b"two\nthree\n", 2)

    keys = line_keys(whole, np.arange(3), "north")

    assert line_keys(part, np.arange(2), "north").tolist() == keys[1:].tolist()
    assert line_keys(whole, np.array([2]), "north").tolist() == keys[2:].tolist()


def test_equal_texts_of_two_sources_have_two_keys():
    columns = [pa.array(["1755000000.1"]), pa.array(["7"])]

    assert identity_keys(columns, "north").tolist() != identity_keys(columns, "south").tolist()


def _reference(text: bytes, source: str) -> int:
    """SipHash-2-4 as its paper writes it, then the last steps of SplitMix64."""
    key = blake2b(source.encode(), digest_size=8).hexdigest().encode()
    k0, k1 = (int.from_bytes(key[at : at + 8], "little") for at in (0, 8))
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D]
    v += [k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    whole = len(text) // 8 * 8
    words = [int.from_bytes(text[at : at + 8], "little") for at in range(0, whole, 8)]
    words.append(int.from_bytes(text[whole:], "little") | (len(text) & 0xFF) << 56)
    for word in words:
        v[3] ^= word
        _rounds(v, 2)
        v[0] ^= word
    v[2] ^= 0xFF
    _rounds(v, 4)
    value = v[0] ^ v[1] ^ v[2] ^ v[3]
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    value ^= value >> 31
    return value - (1 << 64) if value >> 63 else value


def _rounds(v: list[int], count: int) -> None:
    for _ in range(count):
        v[0] = v[0] + v[1] & MASK
        v[1] = _rotated(v[1], 13) ^ v[0]
        v[0] = _rotated(v[0], 32)
        v[2] = v[2] + v[3] & MASK
        v[3] = _rotated(v[3], 16) ^ v[2]
        v[0] = v[0] + v[3] & MASK
        v[3] = _rotated(v[3], 21) ^ v[0]
        v[2] = v[2] + v[1] & MASK
        v[1] = _rotated(v[1], 17) ^ v[2]
        v[2] = _rotated(v[2], 32)


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (64 - bits)) & MASK
