"""Which page this server serves: a page that was loaded before an upgrade learns that it is old."""

from hashlib import blake2b
from pathlib import Path

HEADER = "Tollboard-Page"
"""Carried by every answer to the page; the page's own is in its root element."""
ROOT = Path(__file__).parents[1]
FOLDERS = ("layouts", "callbacks")
MADE_OF = frozenset({".py", ".js", ".css"})


def page_release() -> str:
    """Return a short text that is another one when anything changed that the page is made of.

    Every worker and every machine with the same sources finds the same one.
    """
    digest = blake2b(digest_size=8)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in MADE_OF and path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
