# SPDX-License-Identifier: Apache-2.0
"""A test API server for Python tests: starts the program $API_SERVER on a free loopback port in a temporary folder.

    with ApiServer(OWN, script="on /api/v1/secrets* status 403") as server:
        subprocess.run([bulwark, "scan", "--cluster", "--kubeconfig", server.kubeconfig])
        server.requests()

What the script may say, and the contexts of the kubeconfig: tests/support/api_server.h.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "fixtures" / "api"  # a small made-up cluster
RECORDED = pathlib.Path(os.environ.get("SHARED", "/nonexistent")) / "recordings" / "api"  # a real one's answers, if they are here


class ApiServer:
    def __init__(self, *folders, script="", port=0):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-api-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
        self.kubeconfig = str(self.folder / "kubeconfig")
        self._process = subprocess.Popen([os.environ["API_SERVER"], self.folder, str(port), *map(os.fspath, folders)],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self._process.stdin.write(script + "\nstart\n")
            self._process.stdin.flush()
            ready = self._process.stdout.readline().split()
            if not ready:
                raise RuntimeError("the test API server did not start")
        except BaseException:
            self.stop()
            raise
        self.port = int(ready[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def say(self, *lines):
        """More lines of script."""
        for line in lines:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            if self._process.stdout.readline() != "ok\n":
                raise RuntimeError(f"the test API server ended at: {line}")

    def requests(self, **wanted):
        """The requests so far, as dicts; of them those with these values: requests(listener="trap")."""
        text = (self.folder / "log").read_text()
        every = [json.loads(line) for line in text.splitlines()]
        return [r for r in every if all(r[key] == value for key, value in wanted.items())]

    def stop(self):
        if self._process.poll() is None:
            try:
                self._process.stdin.close()
                self._process.wait(timeout=10)
            except (OSError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
