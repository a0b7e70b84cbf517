"""The settings of single sign-on; without them nobody comes in but by a password of ours."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from data.domain.records import Role
from data.settings_sending import is_loopback


class IdentitySettings(BaseSettings):
    """Which OpenID Connect provider people may come by, and what makes their role."""

    oidc_issuer: str = Field(
        "", description="OpenID Connect provider, as its tokens name it; empty: passwords only."
    )
    oidc_client_id: str = Field("", description="What the provider knows Tollboard by.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="The secret of that client; none: a public client, by PKCE alone."
    )
    oidc_name: str = Field(
        "single sign-on", description="What people call the provider; the login page shows it."
    )
    oidc_role_claim: str = Field(
        "", description="Claim that tells the role, as groups or realm.roles; empty: set here."
    )
    oidc_roles: str = Field(
        "", description="Values of that claim by role: admin=ops,billing=accounts,viewer=staff."
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _is_https(cls, issuer: str) -> str:
        where = urlsplit(issuer)
        local = where.scheme == "http" and is_loopback(where.hostname or "")
        if issuer and not (where.hostname and (where.scheme == "https" or local)):
            raise ValueError("must be an https address, or http on loopback")
        return issuer

    @field_validator("oidc_roles")
    @classmethod
    def _known_roles(cls, text: str) -> str:
        roles_by_value(text)
        return text

    @model_validator(mode="after")
    def _sign_on_is_whole(self) -> Self:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("TOLLBOARD_OIDC_CLIENT_ID must be set with TOLLBOARD_OIDC_ISSUER")
        if bool(self.oidc_role_claim) != bool(self.oidc_roles):
            raise ValueError("TOLLBOARD_OIDC_ROLE_CLAIM and TOLLBOARD_OIDC_ROLES need each other")
        return self


def roles_by_value(text: str) -> dict[str, Role]:
    """Return the role that each value of the claim gives.

    Raises:
        ValueError: A part is not role=value, or names no role.
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        role, equals, value = part.partition("=")
        if not (equals and value.strip() and role.strip() in set(Role)):
            raise ValueError(f"{part!r} is not like admin=the-value-of-the-claim")
        found[value.strip()] = Role(role.strip())
    return found
