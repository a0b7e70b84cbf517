"""What a browser posts to the page: a login, a tick, a press, an upload."""

import json

PASSWORD = "seven quiet herons"
EMAIL = "anna@example.com"
HTML = {"Accept": "text/html"}
OURS = {"Origin": "http://localhost"}


def log_in(client, password=PASSWORD, email=EMAIL, origin="http://localhost", **form):
    fields = {"email": email, "password": password, **form}
    address = {name: fields.pop(name) for name in ("REMOTE_ADDR",) if name in fields}
    return client.post(
        "/login", data=fields, headers={"Origin": origin}, base_url=origin, environ_base=address
    )


def call(app, output, inputs=(), state=()):
    """What the browser posts for a callback."""
    callback_id = next(key for key in app.callback_map if key.startswith(output))
    outputs = [
        {"id": part.rsplit(".", 1)[0], "property": part.rsplit(".", 1)[1].split("@")[0]}
        for part in callback_id.strip(".").split("...")
    ]
    return {
        "output": callback_id,
        "outputs": outputs,
        "inputs": [{"id": i, "property": p, "value": v} for i, p, v in inputs],
        "state": [{"id": i, "property": p, "value": v} for i, p, v in state],
        "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
    }


def tick(client, app, token):
    body = call(
        app,
        "..read.data",
        [("tick", "n_intervals", 1), ("refresh-now", "n_clicks", 0), ("woken", "data", None)],
        [("read", "data", {"token": token}), ("shown", "data", f"{token}|a view")],
    )
    return client.post("/_dash-update-component", json=body, headers=OURS)


def send(client, name, content):
    return client.put(f"/upload?name={name}", data=content, headers=OURS)


def press(client, app, slug, rows):
    output = "..ask.is_open...ask-title.children"
    button = {"index": slug, "type": "act"}
    body = call(
        app,
        output,
        [(json.dumps(button, sort_keys=True, separators=(",", ":")), "n_clicks", 1)],
        [("grid", "selectedRows", rows)],
    )
    body["inputs"] = [[{"id": button, "property": "n_clicks", "value": 1}]]
    return client.post("/_dash-update-component", json=body, headers=OURS)


def confirm_body(app, pending):
    body = call(
        app,
        next(key for key in app.callback_map if "woken.data" in key),
        [("ask-confirm", "n_clicks", 1)],
        [("pending", "data", pending)],
    )
    body["state"] += [[], []]  # the fields that were typed into: names and values
    return body


def give_password(client, app, typed):
    body = call(
        app,
        "..confirm.is_open",
        [("confirm-go", "n_clicks", 1), ("confirm-password", "n_submit", None)],
        [("confirm-password", "value", typed)],
    )
    return client.post("/_dash-update-component", json=body, headers=OURS).json["response"]
