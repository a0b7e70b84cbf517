"""The formats as the ingest knows them, for commands that speak of one by name."""

from pathlib import Path

from data.domain.errors import SettingsError


def own_format_problems(folder: Path | None) -> tuple[str, ...]:
    """Return what is wrong with the profiles of the user's own, a sentence each."""
    if folder is None:
        return ()
    from ingest.profile import own_profiles  # noqa: PLC0415  the ingest is built on `data`

    try:
        own_profiles(folder)
    except SettingsError as error:
        return error.problems
    return ()
