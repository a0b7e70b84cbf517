"""The settings, read once from the environment and a .env file; every problem is told at once."""

import logging
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict

from data.domain.errors import SettingsError
from data.domain.zones import zone_names
from data.setting_names import PREFIX, nearly_a_setting, said_of, unknown_names
from data.setting_words import taken
from data.settings_identity import IdentitySettings
from data.settings_sending import SendingSettings
from data.system_refusals import refusal

log = logging.getLogger(__name__)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ENV_FILE = Path(".env")
NEW_KEY = "python -m data new-key"
SHORTEST_SECRET = 32
LONGEST_GIVEN = 40
"""Characters of what was given that are said again."""
FEWEST_LETTERS = 10
"""Different characters of a drawn key: 32 hexadecimal ones have fewer once in 50,000 keys."""


class Settings(SendingSettings, IdentitySettings):
    """Where things are and how the product behaves; each is TOLLBOARD_ and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,  # an empty folder would be the one that the program runs in
        frozen=True,
        extra="ignore",
    )
    _unknown: tuple[str, ...] = PrivateAttr(())

    var: Path = Field(Path("var"), description="Home of inbox/, archive/ and tollboard.db.")
    database_url: str = Field(
        "",
        description="The store: postgresql://USER:PASSWORD@HOST/NAME, or sqlite:///FILE; "
        "empty means tollboard.db in the var folder.",
    )
    inbox: Path | None = Field(None, description="Where CDR files arrive; empty: var/inbox.")
    archive: Path | None = Field(
        None, description="Where taken files are kept; empty: var/archive."
    )
    profiles: Path | None = Field(None, description="A folder of your own format profiles.")
    host: str = Field("127.0.0.1", description="Address that the page is served on.")
    port: int = Field(8050, ge=1, le=65535, description="Port that the page is served on.")
    timezone: str = Field(
        "UTC",
        description="The tenant's zone: what a day and a month are. Set before the first run.",
    )
    currency: str = Field(
        "USD",
        pattern="^[A-Z]{3}$",
        description="The one currency, ISO 4217. Set before the first run.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Signs sessions; empty: secret.key in the var folder, made with the store.",
    )
    session_hours: int = Field(
        12, ge=1, le=168, description="Hours that a login lasts; nothing prolongs it."
    )
    password_again_min: int = Field(
        30, ge=1, description="Minutes after which a change asks for the password again."
    )
    mask_numbers_for: Literal["", "viewer", "billing"] = Field(
        "", description="Up to this role phone numbers are masked on the page; empty: for nobody."
    )
    refresh_s: int = Field(10, ge=0, le=3600, description="Seconds between refreshes; 0 is off.")
    disk_allotment: int = Field(
        0, ge=0, description="Bytes allotted to kept CDR files; 0 means none is set."
    )
    settle_s: float = Field(
        10, ge=0, description="Seconds a file's size and time must rest before it is taken."
    )
    workers: int = Field(2, ge=1, le=64, description="Web processes, and readers of large files.")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severe log line; DEBUG writes phone numbers in full."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url:
            return url
        from sqlalchemy import make_url  # noqa: PLC0415  heavy: only where an address is given
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

        try:
            kind = make_url(url).get_backend_name()
        except ArgumentError:
            kind = "text that is no address"
        if kind not in {"sqlite", "postgresql", "postgres"}:
            raise ValueError(
                f"{kind}: a store is on postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE"
            )
        return url

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in zone_names():
            raise ValueError(
                f"{name!r} is not a time zone of the IANA database, as Europe/London is"
            )
        return name

    @field_validator("secret_key")
    @classmethod
    def _strong_secret(cls, key: SecretStr | None) -> SecretStr | None:
        problem = None if key is None else secret_problem(key.get_secret_value())
        if problem is not None:
            raise ValueError(problem)
        return key

    @model_validator(mode="after")
    def _secret_beyond_loopback(self) -> Self:
        if self.secret_key is None and not self.on_loopback and not self.key_file.exists():
            raise ValueError(
                "TOLLBOARD_SECRET_KEY must be set to serve on an address other than loopback; "
                "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return self

    @classmethod
    def read(cls) -> Self:
        """Return the settings of this process.

        Raises:
            SettingsError: Naming every setting that is wrong.
        """
        sources = (EnvSettingsSource, DotEnvSettingsSource)
        try:
            given = [name for source in sources for name in source(cls).env_vars]
        except OSError as error:
            raise SettingsError([f"{ENV_FILE} cannot be read: {error.strerror}."]) from None
        except UnicodeDecodeError:
            raise SettingsError([f"{ENV_FILE} is not UTF-8 text; save it as UTF-8."]) from None
        unknown = unknown_names(given, cls.model_fields)
        try:
            settings = cls()
        except ValidationError as error:
            problems = [_problem(item) for item in error.errors()]
            misspelt = [said_of(name, cls.model_fields) for name in unknown]
            raise SettingsError([*problems, *misspelt]) from None
        settings._unknown = unknown
        _warned(settings.unknown)
        return settings

    @property
    def unknown(self) -> tuple[str, ...]:
        """A sentence for each name under our prefix that is no setting."""
        return tuple(said_of(name, type(self).model_fields) for name in self._unknown)

    @property
    def misspelt(self) -> tuple[str, ...]:
        """Those of them that are nearly a setting's name."""
        known = type(self).model_fields
        return tuple(
            said_of(name, known) for name in self._unknown if nearly_a_setting(name, known)
        )

    @property
    def on_loopback(self) -> bool:
        """Only this machine can reach the page."""
        return self.host in LOOPBACK

    @property
    def store_url(self) -> str:
        """The store's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{(self.var / 'tollboard.db').absolute()}"

    @property
    def inbox_dir(self) -> Path:
        """Where CDR files arrive."""
        return self.inbox or self.var / "inbox"

    @property
    def archive_dir(self) -> Path:
        """Where taken files are kept."""
        return self.archive or self.var / "archive"

    @property
    def work_dir(self) -> Path:
        """Where a file in work is unpacked and staged; safe to empty when nothing runs."""
        return self.var / "work"

    @property
    def key_file(self) -> Path:
        """Where a generated secret is kept."""
        return self.var / "secret.key"

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's zone."""
        return ZoneInfo(self.timezone)

    @property
    def may_create(self) -> bool:
        """A first run: loopback, and the var folder holds neither store nor archive."""
        untouched = not (self.var / "tollboard.db").exists() and not self.archive_dir.exists()
        return self.on_loopback and untouched

    def key_made(self) -> None:
        """Make a key file (mode 0600), in the place of one that is there.

        Raises:
            SystemRefused: It could not be written; nothing was changed.
        """
        self.var.mkdir(parents=True, exist_ok=True)
        unfinished = self.key_file.with_name(f"{self.key_file.name}.new-{os.getpid()}")
        try:
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_urlsafe(48))
            unfinished.replace(self.key_file)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise refusal(error, self.key_file) from error

    @property
    def has_key(self) -> bool:
        """Sessions can be signed: a key is set, or there is a key file."""
        return self.secret_key is not None or self.key_file.exists()

    def session_secret(self) -> str:
        """Return the key that signs sessions.

        Raises:
            SettingsError: There is none, or it cannot be read or is unfit.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        if not self.key_file.exists():
            missing = (
                f"There is no key that signs sessions: {self.key_file} is missing, and "
                "TOLLBOARD_SECRET_KEY is not set. Bring the file back, or make another key "
                f"with '{NEW_KEY}'; everybody must log in again then."
            )
            raise SettingsError([missing])
        if self.key_file.stat().st_mode & 0o077:
            raise SettingsError(
                [f"{self.key_file} can be read by others than its owner: chmod 600 {self.key_file}"]
            )
        try:
            key = self.key_file.read_text().strip()
        except OSError as error:
            said = f"{self.key_file} cannot be read: {error.strerror}. It must belong to the user"
            raise SettingsError([f"{said} that runs the page (chown)."]) from None
        problem = secret_problem(key)
        if problem is not None:
            raise SettingsError([f"The key in {self.key_file} {problem}; make another: {NEW_KEY}"])
        return key


@cache
def _warned(unknown: tuple[str, ...]) -> None:
    """Say once in a process what is no setting."""
    for said in unknown:
        log.warning("%s", said)


def secret_problem(key: str) -> str | None:
    """Return what makes a key unfit to sign sessions: it is short, or was written, not drawn."""
    if len(key) < SHORTEST_SECRET:
        return f"is shorter than {SHORTEST_SECRET} characters"
    sample = re.search("(?i)change|example|sample|replace|secret|password|tollboard", key)
    if len(set(key)) < FEWEST_LETTERS or sample:
        return (
            "looks like a sample; make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return None


def _problem(item: Mapping[str, Any]) -> str:
    """Return what is wrong with a setting, in our words and never with a secret in them."""
    name = "_".join(str(part) for part in item["loc"])
    if not name:
        return str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "value_error":
        return f"{PREFIX}{name.upper()}: {item['msg'].removeprefix('Value error, ')}"
    given = str(item["input"])[:LONGEST_GIVEN]
    takes = taken(name, Settings.model_fields[name])
    return f"{PREFIX}{name.upper()}: {given!r} is not taken; it takes {takes}."
