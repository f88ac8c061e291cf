#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The container's file system, made by the steps of the Containerfile and entered by chroot: the program runs with nothing
else there, as a user without rights and without a network."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from support import ROOT, expect, finish, need, run

need('ldd', 'unshare', 'chroot')
PROGRAM = pathlib.Path(os.environ['BULWARK']).resolve()
if b'__asan_init' in PROGRAM.read_bytes() or b'__tsan_init' in PROGRAM.read_bytes():
    print('skipped: a build with sanitizers')
    sys.exit(77)
# A user namespace where a plain user may chroot; root needs none.
ENTER = ['unshare', '--net', 'chroot'] if os.geteuid() == 0 else ['unshare', '--net', '--map-root-user', 'chroot']
if subprocess.run([*ENTER, '/', 'true'], capture_output=True).returncode != 0:
    print('skipped: no namespaces here')
    sys.exit(77)

recipe = (ROOT / 'packaging/container/Containerfile').read_text()
expect('packaging/gather root' in recipe and 'FROM scratch' in recipe and 'USER 65532' in recipe, 'the recipe is another one')
expect('latest' not in recipe, 'the recipe does not name a version')

with tempfile.TemporaryDirectory() as name:
    root = pathlib.Path(name) / 'root'
    run(ROOT / 'packaging/gather', 'root', PROGRAM, root)
    shutil.copytree(ROOT / 'examples', root / 'in' / 'examples')
    for path in [root, *root.rglob('*')]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    os.chmod(name, 0o755)
    programs = [x for x in root.rglob('*') if x.is_file() and os.access(x, os.X_OK) and '.so' not in x.name]
    expect(programs == [root / 'usr/bin/bulwark'], f'more than the program: {programs}')
    user = ['--userspec=65532:65532'] if os.geteuid() == 0 else []
    inside = [*ENTER, *user, root, '/usr/bin/bulwark']
    expect(run(*inside, 'version').startswith('bulwark '), 'the program does not run')
    report = json.loads(run(*inside, 'scan', '-o', 'json', '/in/examples/shop', status=1))
    expect(report['summary']['fail'] > 5, 'it finds nothing')
    zone = 'timestamp("2026-01-01T00:00:00Z").getHours("Asia/Tokyo")'
    if (root / 'usr/share/zoneinfo').is_dir():
        expect(run(*inside, 'cel', zone).strip() == '9', 'time zones are not there')
    # What is loaded when a cluster is asked is there, too: it fails for the want of a network, not of libcurl.
    asked = subprocess.run([*inside, 'scan', '--cluster', '--server', 'https://127.0.0.1:1'], capture_output=True, text=True)
    expect(asked.returncode == 2 and 'Failed to connect' in asked.stderr, f'a cluster cannot be asked: {asked.stderr}')
    # A library that is missing is told, and nothing is made up.
    broken = subprocess.run([ROOT / 'packaging/gather', 'root', '/nonexistent', root], capture_output=True)
    expect(broken.returncode != 0, 'gather: a program that is not there')
finish()
