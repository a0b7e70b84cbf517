"""What a browser posts to the page: a login, a tick, a press, an upload."""

import json
from typing import Any

from flask.testing import FlaskClient

from callbacks.gate import CALLBACKS

PASSWORD = "seven quiet herons"
EMAIL = "anna@example.com"
HTML = {"Accept": "text/html"}
OURS = {"Origin": "http://localhost"}
RECORD = "record"


def log_in(
    client: FlaskClient,
    email: str = EMAIL,
    password: str = PASSWORD,
    *,
    origin: str = OURS["Origin"],
    **form: str,
) -> Any:
    fields = {"email": email, "password": password, **form}
    return client.post("/login", data=fields, headers={"Origin": origin}, base_url=origin)


def callback_of(app: Any, part: str) -> str:
    """Return the one callback whose outputs, as Dash writes them, have this in them."""
    (found,) = [output for output in app.callback_map if part in output]
    return str(found)


def body(app: Any, output: str, pressed: str = RECORD, **values: Any) -> dict[str, Any]:
    """Return what a browser posts for a callback.

    Args:
        app: The page.
        output: The callback.
        pressed: What is called so among the buttons or fields that a panel makes.
        values: By component; `*`: of what a panel makes; None of all others.
    """
    wired = app.callback_map[output]
    inputs = [_filled(part, pressed, values) for part in wired["inputs"]]
    outputs = [
        {"id": part.rsplit(".", 1)[0], "property": part.rsplit(".", 1)[1].split("@")[0]}
        for part in output.strip(".").split("...")
    ]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": inputs,
        "state": [_filled(part, pressed, values) for part in wired["state"]],
        "changedPropIds": [_changed(inputs[0])],
    }


def _filled(part: dict[str, Any], pressed: str, values: dict[str, Any]) -> Any:
    if part["id"].startswith("{"):
        wild = json.loads(part["id"])
        one = {name: pressed if isinstance(at, list) else at for name, at in wild.items()}
        return [{"id": one, "property": part["property"], "value": values.get("*")}]
    return part | {"value": values.get(part["id"])}


def _changed(first: Any) -> str:
    if isinstance(first, list):
        (button,) = first
        named = json.dumps(button["id"], sort_keys=True, separators=(",", ":"))
        return f"{named}.{button['property']}"
    return f"{first['id']}.{first['property']}"


def posted(client: FlaskClient, sent: object) -> Any:
    return client.post(CALLBACKS, json=sent, headers=OURS)


def tick(client, app, token):
    given: dict[str, Any] = {
        "tick": 1,
        "refresh-now": 0,
        "read": {"token": token},
        "shown": f"{token}|a view",
    }
    return posted(client, body(app, callback_of(app, "page-words.data"), **given))


def send(client, name, content):
    return client.put(f"/upload?name={name}", data=content, headers=OURS)


def press(client, app, slug, rows):
    given = {"*": 1, "grid": rows}
    return posted(client, body(app, callback_of(app, "..ask.is_open.."), slug, **given))


def confirm_body(app, pending):
    given = {"ask-confirm": 1, "pending": pending}
    sent = body(app, callback_of(app, "woken.data"), **given)
    sent["state"][1:] = [[], []]  # the fields that were typed into: names and values
    return sent


def give_password(client, app, typed):
    given = {"confirm-go": 1, "confirm-password": typed}
    return posted(client, body(app, callback_of(app, "confirmed.data"), **given)).json["response"]
