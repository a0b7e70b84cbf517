"""A file to import, and who imports it."""

import pytest

from data.domain.authorship import By


@pytest.fixture
def by(now):
    return By("analyst@example.com", now)


@pytest.fixture
def csv_file(tmp_path):
    """Return a function that writes lines to a file and returns its path."""

    def written(*lines, name="file.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return written
