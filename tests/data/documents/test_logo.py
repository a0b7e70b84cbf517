"""Which images may stand on an invoice."""

import pytest

from data.documents.logo import MOST_BYTES, checked_logo, mime_type
from data.domain.errors import Refused
from tests.invoice_documents import logo


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_png_and_a_jpeg_are_taken_as_they_are(kind, mime):
    image = logo(kind)

    assert checked_logo(image) == image
    assert mime_type(image) == mime


@pytest.mark.parametrize(
    ("image", "why"),
    [
        pytest.param(b"", "PNG or JPEG", id="empty"),
        pytest.param(b"<svg onload='x'/>", "PNG or JPEG", id="svg"),
        pytest.param(logo("GIF"), "PNG or JPEG", id="gif"),
        pytest.param(logo()[:60], "PNG or JPEG", id="cut-off"),
        pytest.param(b"x" * (MOST_BYTES + 1), "bytes", id="too-many-bytes"),
    ],
)
def test_any_other_file_is_refused_with_what_would_be_taken(image, why):
    with pytest.raises(Refused, match=why) as refused:
        checked_logo(image)

    assert "object at" not in str(refused.value)


def test_an_image_of_too_many_pixels_is_refused_though_its_bytes_are_few():
    image = logo(size=(5000, 5000))
    assert len(image) < MOST_BYTES

    with pytest.raises(Refused, match="pixels"):
        checked_logo(image)
