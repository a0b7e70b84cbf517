"""Single sign-on: the authorization code flow of OpenID Connect, with PKCE, state and nonce.

People are known by issuer and subject alone. An address that a provider tells is a name to show,
never a reason to take somebody for somebody.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, session
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from callbacks.sign_on import SignedOn, SignOnFailed
from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.people import Person, includes
from data.domain.records import Role
from data.settings import Settings
from data.settings_identity import roles_by_value
from data.store.connect import Store
from data.store.queries.people import linked_person
from data.store.writes.identities import identity_linked, person_provisioned
from data.store.writes.users import role_changed

log = logging.getLogger(__name__)
PATIENCE_S = 10
LONGEST_NAME = 254
_AFTER = "after_sign_on"


class Provider:
    """The identity provider that the settings name."""

    def __init__(
        self, server: Flask, settings: Settings, store: Store, clock: Callable[[], datetime]
    ) -> None:
        """Know where the provider is; nothing is asked of it before somebody comes."""
        self._settings, self._store, self._clock = settings, store, clock
        secret = settings.oidc_client_secret
        self.name = settings.oidc_name
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(settings.oidc_issuer))
        self._client = OAuth(server).register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=(
                f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
            ),
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE_S,
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            },
        )

    def begun(self, back_to: str, after: str, *, again: bool) -> Response:
        """Return the way to the provider.

        Args:
            back_to: Our address, where it sends people back.
            after: Where they want to go then.
            again: They have to prove anew who they are.

        Raises:
            SignOnFailed: It cannot be reached, or is not the one that the settings name.
        """
        session[_AFTER] = after
        more: dict[str, Any] = {"prompt": "login", "max_age": 0} if again else {}
        try:
            self._check_metadata()
            response: Response = self._client.authorize_redirect(back_to, **more)
        except (RequestException, AuthlibBaseError, RuntimeError, ValueError) as error:
            raise self._unreachable(error) from error
        return response

    def ended(self) -> SignedOn:
        """Return who came back from the provider.

        Raises:
            SignOnFailed: Nobody did, or nobody whom we may let in; says what to do.
        """
        claims = self._claims()
        by = By("single sign-on", self._clock())
        try:
            with self._store.writing() as conn:
                person = self._person(conn, claims, by)
        except Refused as error:
            raise SignOnFailed(str(error)) from None
        proven = claims.get("auth_time")
        proven_at = datetime.fromtimestamp(proven, UTC) if isinstance(proven, int) else by.at
        return SignedOn(person, min(proven_at, by.at), str(session.get(_AFTER, "/")))

    def left(self, back_to: str) -> str:
        """Return where somebody who signs out goes: by the provider, or to our login."""
        try:
            leave = self._client.load_server_metadata().get("end_session_endpoint")
        except (RequestException, AuthlibBaseError, ValueError):
            leave = None
        if not leave:
            return "/login"
        given = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": back_to,
        }
        return f"{leave}{'&' if '?' in leave else '?'}{urlencode(given)}"

    def _check_metadata(self) -> None:
        told = self._client.load_server_metadata().get("issuer")
        if told != self._settings.oidc_issuer:
            raise SignOnFailed(
                f"The identity provider calls itself {told}, not {self._settings.oidc_issuer}. "
                "Whoever runs this server mends TOLLBOARD_OIDC_ISSUER."
            )

    def _claims(self) -> Mapping[str, Any]:
        try:
            token = self._client.authorize_access_token()
        except RequestException as error:
            raise self._unreachable(error) from error
        except AuthlibBaseError as error:
            log.warning("a sign-on failed: %s", error)
            if error.error == "access_denied":
                raise SignOnFailed("The identity provider did not let you in.") from None
            raise SignOnFailed(
                "This sign-on took too long, was begun in another window, or was refused "
                f"({error.error or 'state'}). Start it again from here."
            ) from None
        except (JoseError, ValueError, KeyError, TypeError, RuntimeError) as error:
            log.warning("a sign-on could not be trusted: %s", error)
            raise SignOnFailed(
                "What the identity provider said of you cannot be trusted, so nobody was let in. "
                "Whoever runs this server finds the reason in its log."
            ) from None
        claims: Mapping[str, Any] | None = token.get("userinfo")
        if not claims or not isinstance(claims.get("sub"), str):
            raise SignOnFailed("The identity provider did not say who you are. Nobody was let in.")
        return claims

    def _person(self, conn: Any, claims: Mapping[str, Any], by: By) -> Person:  # noqa: ANN401
        issuer, subject = self._settings.oidc_issuer, claims["sub"]
        person, role = linked_person(conn, issuer, subject), self._role(claims)
        if person is None and role is None:
            raise Refused(
                f"The identity provider knows you as {subject[:100]!r}, and no login here is "
                "linked to that. An administrator links one: "
                f"python -m data user link YOUR-ADDRESS --subject {subject[:100]}"
            )
        if person is None and role is not None:
            person = person_provisioned(conn, by, name=self._shown(claims), role=role)
            identity_linked(conn, by, email=person.email, issuer=issuer, subject=subject)
        if person is None or person.disabled:
            raise Refused("Your login was taken away. An administrator can give it back.")
        if role is not None and role is not person.role:
            role_changed(conn, by, person.email, role)
            person = Person(person.id, person.email, role)
        return person

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        """Return the highest role that the claim gives; none: the claim is not asked.

        Raises:
            Refused: It is asked and gives none.
        """
        if not self._settings.oidc_role_claim:
            return None
        told: Any = claims
        for part in self._settings.oidc_role_claim.split("."):
            told = told.get(part) if isinstance(told, Mapping) else None
        values = told if isinstance(told, list) else [told]
        known = roles_by_value(self._settings.oidc_roles)
        roles = [known[value] for value in values if isinstance(value, str) and value in known]
        if not roles:
            raise Refused(
                f"The identity provider gives you no role here ({self._settings.oidc_role_claim}). "
                "Ask for one of the groups that may use Tollboard."
            )
        return next(role for role in roles if all(includes(role, other) for other in roles))

    def _shown(self, claims: Mapping[str, Any]) -> str:
        told = claims.get("email") or f"{claims['sub']}@{urlsplit(self.origin).hostname}"
        return str(told).strip().lower()[:LONGEST_NAME]

    def _unreachable(self, error: Exception) -> SignOnFailed:
        if isinstance(error, SignOnFailed):
            return error
        log.warning("the identity provider cannot be used: %s", error)
        return SignOnFailed(
            f"The identity provider {self.origin} does not answer. Try again in a minute, or sign "
            "in with a password."
        )
