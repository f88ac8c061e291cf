# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder share: running a program with its memory and time, and TAP."""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.fspath(pathlib.Path(__file__).resolve().parents[1] / "support"))
from api_server import OWN, RECORDED, ApiServer  # noqa: E402, F401

MIB = 1 << 20
SECONDS = 120  # a guard against hanging, not a measurement
BULWARK = os.environ.get("BULWARK", "build/src/bulwark")
SANITIZED = b"__asan_init" in pathlib.Path(os.environ["API_SERVER"]).read_bytes()  # of the same build
TOKEN = "planted-admin-token"


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


class Result:
    def __init__(self, status, out, err, rss, seconds):
        self.status, self.out, self.err, self.rss, self.seconds = status, out, err, rss, seconds


def run(*command, during=None, home=None, environment=None):
    """The program's end, with the most memory that it or a child of its held at once. during: called with the process."""
    env = {key: value for key, value in os.environ.items() if key not in ("KUBECONFIG",) and not key.lower().endswith("_proxy")}
    env["HOME"] = os.fspath(home or "/nonexistent")
    env.update(environment or {})
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(list(map(os.fspath, command)), stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env)
        hung = threading.Timer(SECONDS, process.kill)
        hung.start()
        try:
            if during:
                during(process)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            hung.cancel()
        out.seek(0)
        err.seek(0)
        return Result(process.returncode, out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace"),
                      usage.ru_maxrss << 10, time.monotonic() - started)


def check_no_credential(server, *texts):
    """Nothing came to a place that is not the server, and no text has a secret."""
    for listener in ("trap", "trap-http"):
        found = server.requests(listener=listener)
        expect(not found, f"the client went where it was sent: {found[:1]}")
    for text in texts:
        expect(TOKEN not in text, "the token is in what was written")


def check_memory(result, most):
    if not SANITIZED:
        expect(result.rss <= most, f"{result.rss // MIB} MiB of memory, more than {most // MIB}")


def answer_of(function):
    try:
        function()
        return "ok"
    except Skipped as why:
        return f"skip {why}"
    except (Failed, ValueError, KeyError, OSError, RuntimeError) as why:
        return f"failed {type(why).__name__}: {why}"


def run_case(function):
    """In a process of its own: what a case holds in memory counts as the programs' that it starts (getrusage, over exec)."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.write(write, answer_of(function).encode()[:4000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    return answer or "failed: the test itself ended"


def main(cases):
    """cases: (name, function)."""
    wanted = set(sys.argv[1:])
    cases = [c for c in cases if not wanted or c[0] in wanted]
    failed = 0
    print(f"1..{len(cases)}", flush=True)
    for number, (name, function) in enumerate(cases, 1):
        answer = run_case(function)
        if answer.startswith("failed"):
            failed += 1
            print(f"not ok {number} - {name}\n# " + answer.replace("\n", "\n# "), flush=True)
        else:
            print(f"ok {number} - {name}{' # SKIP ' + answer[5:] if answer != 'ok' else ''}", flush=True)
    return 1 if failed else 0
