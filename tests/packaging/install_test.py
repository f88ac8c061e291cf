#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `make install` puts where, and that it runs from there, also as kubectl's plugin.

    install_test.py BUILD-FOLDER"""
import json
import os
import pathlib
import shutil
import sys
import tempfile

from support import ROOT, expect, finish, need, run

need('meson')
build = pathlib.Path(sys.argv[1]).resolve()

with tempfile.TemporaryDirectory() as name:
    run('meson', 'install', '-C', build, '--no-rebuild', '--quiet', '--destdir', name)
    programs = [x for x in pathlib.Path(name).rglob('bulwark') if x.parent.name == 'bin']
    expect(len(programs) == 1, f'programs: {programs}')
    if not programs:
        finish()
    prefix = programs[0].parents[1]
    there = {str(x.relative_to(prefix)) for x in prefix.rglob('*') if not x.is_dir()}
    verbs = [verb['name'] for verb in json.loads(run(programs[0], 'help', '-o', 'json'))['verbs']]
    wanted = {'bin/bulwark', 'bin/kubectl-bulwark', 'bin/kubectl_complete-bulwark', 'share/man/man1/bulwark.1',
              'share/bash-completion/completions/bulwark', 'share/zsh/site-functions/_bulwark',
              'share/fish/vendor_completions.d/bulwark.fish', 'share/bulwark/scan-report.schema.json',
              *(f'share/man/man1/bulwark-{verb.replace(" ", "-")}.1' for verb in verbs)}
    expect(wanted <= there, f'not installed: {sorted(wanted - there)}')
    strangers = {x for x in there - wanted if not x.startswith('share/bulwark/')}
    expect(not strangers, f'installed, too: {sorted(strangers)}')

    env = {**os.environ, 'PATH': f'{prefix}/bin:/usr/local/bin:/usr/bin:/bin', 'HOME': name}
    expect(run('bulwark', 'version', env=env).startswith('bulwark '), 'bulwark version')
    expect('kubectl bulwark' in run('kubectl-bulwark', 'help', env=env), 'kubectl-bulwark help')
    run('bulwark', 'scan', '-q', 'examples/shop', status=1, env=env, cwd=ROOT)
    if shutil.which('kubectl', path='/usr/local/bin:/usr/bin:/bin'):
        expect(run(shutil.which('kubectl'), 'bulwark', 'version', env=env).startswith('bulwark '), 'kubectl bulwark version')
    else:
        print('skipped: no kubectl')
finish()
