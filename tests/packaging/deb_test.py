#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the Debian package, installs it with dpkg into a root of its own, runs it there, removes it.

    deb_test.py BUILD-FOLDER        kept between runs, so that only what has changed is compiled again"""
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

from support import ROOT, expect, finish, need, run

need('dpkg', 'dpkg-deb', 'dpkg-shlibdeps', 'dpkg-parsechangelog', 'dpkg-architecture', 'meson', 'ninja')
if os.geteuid() != 0:
    print('skipped: dpkg installs as root only')
    sys.exit(77)
build = pathlib.Path(sys.argv[1]).resolve()

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    built = run(ROOT / 'packaging/deb/build', build, folder / 'dist', cwd=ROOT)
    packages = list((folder / 'dist').glob('bulwark_*.deb'))
    expect(len(packages) == 1, f'no package was made:\n{built[-3000:]}')
    if not packages:
        finish()
    package = packages[0]
    fields = run('dpkg-deb', '-f', package)
    expect('libc6 (>=' in fields and 'libyaml-0-2' in fields, f'dependencies are not computed:\n{fields}')
    if shutil.which('lintian'):
        complaints = run('lintian', '--fail-on', 'error,warning', package)
        expect(not re.search('^[EW]:', complaints, re.M), f'lintian: {complaints}')
    else:
        print('skipped: no lintian')

    # A root that knows of this machine's packages, so that dependencies are really checked.
    root = folder / 'root'
    (root / 'var/lib/dpkg/info').mkdir(parents=True)
    (root / 'var/lib/dpkg/updates').mkdir()
    shutil.copy('/var/lib/dpkg/status', root / 'var/lib/dpkg/status')
    # What is known but not there makes dpkg warn, nothing else.
    dpkg = ['dpkg', f'--root={root}', '--force-script-chrootless', '--no-triggers']
    environment = {**os.environ, 'PATH': os.environ['PATH'] + ':/usr/sbin:/sbin'}
    run(*dpkg, '-i', package, env=environment)
    program = root / 'usr/bin/bulwark'
    expect('ok installed' in run('dpkg-query', f'--admindir={root}/var/lib/dpkg', '-W', '-f', '${Status}', 'bulwark'), 'not installed')
    expect(run(program, 'version').startswith('bulwark '), 'the program does not run')
    expect('kubectl bulwark VERB' in run(root / 'usr/bin/kubectl-bulwark', 'help'), 'not as a plugin')
    run(program, 'scan', '-q', 'examples/shop', status=1, cwd=ROOT)
    verbs = json.loads(run(program, 'help', '-o', 'json'))['verbs']
    pages = list((root / 'usr/share/man/man1').glob('bulwark*.1.gz'))
    expect(len(pages) == len(verbs) + 1, f'{len(pages)} man pages for {len(verbs)} verbs')
    for path in ('usr/share/bash-completion/completions/bulwark', 'usr/share/zsh/vendor-completions/_bulwark',
                 'usr/share/fish/vendor_completions.d/bulwark.fish', 'usr/share/man/man1/kubectl-bulwark.1.gz',
                 'usr/share/doc/bulwark/copyright', 'usr/share/doc/bulwark/changelog.Debian.gz'):
        expect((root / path).exists(), f'{path} is not there')

    run(*dpkg, '--purge', 'bulwark', env=environment)
    left = [x for x in (root / 'usr').rglob('*') if 'bulwark' in x.name] if (root / 'usr').exists() else []
    expect(not left, f'left after removal: {left}')
finish()
