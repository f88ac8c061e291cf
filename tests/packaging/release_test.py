#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The release archive: its checksum, what is in it, and that it runs where it is unpacked.

    release_test.py BUILD-FOLDER        kept between runs"""
import os
import pathlib
import subprocess
import sys
import tempfile

from support import ROOT, expect, finish, need, run

need('meson', 'ninja', 'ldd', 'sha256sum', 'tar')
build = pathlib.Path(sys.argv[1]).resolve()

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    run(ROOT / 'packaging/release/build', build, folder / 'a', cwd=ROOT)
    archives = list((folder / 'a').glob('bulwark-*-linux-*.tar.gz'))
    expect(len(archives) == 1, 'no archive was made')
    if not archives:
        finish()
    run('sha256sum', '-c', archives[0].name + '.sha256', cwd=folder / 'a')
    run('tar', '-xzf', archives[0], '-C', folder)
    root = folder / archives[0].name.removesuffix('.tar.gz')
    expect({x.name for x in root.iterdir()} == {'LICENSE', 'README.md', 'bin', 'lib', 'share'}, f'{list(root.iterdir())}')
    program = root / 'bin/bulwark'
    expect(run(program, 'version').startswith('bulwark '), 'the program does not run')
    # Every library but the C library's own comes from the archive.
    for line in subprocess.run(['ldd', program], capture_output=True, text=True).stdout.splitlines():
        library = line.split()[0].rsplit('/', 1)[-1]
        if not library.startswith(('linux-vdso', 'ld-linux', 'libc.', 'libm.')):
            expect(str(root) in line, f'from elsewhere: {line.strip()}')
    run(program, 'scan', '-q', 'examples/shop', status=1, cwd=ROOT)
    # The same sources make the same bytes.
    run(ROOT / 'packaging/release/build', build, folder / 'b', cwd=ROOT)
    expect(archives[0].read_bytes() == (folder / 'b' / archives[0].name).read_bytes(), 'two archives differ')
finish()
