import subprocess
import sys
from itertools import count

import pytest
from flask import Flask
from prometheus_client import values

from callbacks.request_times import RequestTimes

ANSWERS_ONCE = """
import sys
from pathlib import Path
from flask import Flask
from callbacks.request_times import RequestTimes
server = Flask("worker")
ticks = iter([0.0, 0.2])
RequestTimes(Path(sys.argv[1]), lambda: next(ticks)).register(server)
server.add_url_rule("/page/<name>", view_func=lambda name: name)
server.test_client().get("/page/x")
print("answered", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _one_process_values_after(monkeypatch):
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "set by the code")


def worker(folder):
    return subprocess.Popen(
        [sys.executable, "-c", ANSWERS_ONCE, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def counted(times):
    return {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for metric in times.collected()
        for sample in metric.samples
        if sample.name == "tollboard_request_seconds_count"
    }


def test_answers_are_counted_by_the_servers_own_routes(tmp_path):
    server = Flask("here")
    ticks = count()
    times = RequestTimes(tmp_path, lambda: next(ticks))
    times.register(server)
    server.add_url_rule("/page/<name>", view_func=lambda name: name)

    for path in ("/page/a", "/page/b", "/nowhere", "/else"):
        server.test_client().get(path)

    assert counted(times) == {("/page/<name>", "2xx"): 2, ("none", "4xx"): 2}


def test_every_process_counts_and_a_killed_one_leaves_its_counts_to_the_next(tmp_path):
    first, second = worker(tmp_path), worker(tmp_path)
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdout.readline() == "answered\n"
    first.kill()
    first.communicate()

    third = worker(tmp_path)
    assert third.stdout is not None
    assert third.stdout.readline() == "answered\n"
    second.communicate()
    third.communicate()

    assert counted(RequestTimes(tmp_path, lambda: 0.0)) == {("/page/<name>", "2xx"): 3}
    assert len(list(tmp_path.glob("*.db"))) == 2
