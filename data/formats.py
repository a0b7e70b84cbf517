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


def format_names(folder: Path | None) -> tuple[str, ...]:
    """Return the names of all formats, built in and of the user's own.

    Raises:
        SettingsError: A profile of the user's own is wrong.
    """
    from ingest.profile import profiles  # noqa: PLC0415  the ingest is built on `data`

    return tuple(each.name for each in profiles(folder))
