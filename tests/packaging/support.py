# SPDX-License-Identifier: Apache-2.0
"""What the tests of packaging share: a list of failures, commands, and "skipped" for tools that are not there."""
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
SKIPPED = 77
failures = []


def expect(ok, what):
    if not ok:
        failures.append(what)


def need(*tools):
    """Ends the test as skipped when a tool is missing."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        print(f'skipped: no {", ".join(missing)}')
        sys.exit(SKIPPED)


def run(*command, status=0, **more):
    """Output of a command that ends with this status."""
    done = subprocess.run([str(x) for x in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=1200, **more)
    expect(done.returncode == status, f'{" ".join(map(str, command))[:300]}: status {done.returncode}\n{done.stdout[-2000:]}')
    return done.stdout


def finish():
    for failure in failures:
        print(failure)
    print(f'{len(failures)} failures')
    sys.exit(1 if failures else 0)
