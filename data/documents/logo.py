"""The tenant's logo: which images documents can carry."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError

from data.domain.errors import Refused

MOST_BYTES = 1_048_576
MOST_PIXELS = 16_000_000
MIME_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


def checked_logo(image: bytes) -> bytes:
    """Return a logo that documents can carry, as it was given.

    Raises:
        Refused: It is not a PNG or JPEG image, is damaged, or is too large.
    """
    if len(image) > MOST_BYTES:
        raise Refused(
            f"The logo has {len(image):,} bytes; at most {MOST_BYTES:,} are taken. "
            "The old one was kept. Save it smaller: 600 pixels wide is plenty in print."
        )
    mime_type(image)
    return image


def mime_type(image: bytes) -> str:
    """Return what kind of image it is.

    Raises:
        Refused: It is not a PNG or JPEG image, is damaged, or is too large.
    """
    try:
        with Image.open(BytesIO(image), formats=tuple(MIME_TYPES)) as opened:
            width, height = opened.size
            kind = str(opened.format)
            if width * height <= MOST_PIXELS:
                opened.load()
    except UnidentifiedImageError:  # its words name the object in memory
        raise Refused("The logo is not a PNG or JPEG image. The old one was kept.") from None
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(
            f"The logo is not a PNG or JPEG image that can be read ({error}). The old one was kept."
        ) from None
    if width * height > MOST_PIXELS:
        raise Refused(
            f"The logo is {width} x {height} pixels; at most {MOST_PIXELS:,} in all are taken. "
            "The old one was kept. Save it smaller: 600 pixels wide is plenty in print."
        )
    return MIME_TYPES[kind]
