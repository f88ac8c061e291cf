#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Under kubectl: `kubectl bulwark`, its help, its exit status, and completion as kubectl asks for it."""
import os
import pathlib
import shutil
import sys
import tempfile

from support import ROOT, expect, finish, need, run

BULWARK = pathlib.Path(os.environ['BULWARK']).resolve()
COMPLETE = ROOT / 'packaging/kubectl/kubectl_complete-bulwark'

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    os.symlink(BULWARK, folder / 'kubectl-bulwark')
    os.symlink(COMPLETE, folder / 'kubectl_complete-bulwark')
    env = {**os.environ, 'PATH': f'{folder}:/usr/local/bin:/usr/bin:/bin', 'HOME': name}

    # The plugin's names alone: as krew installs it.
    if shutil.which('bash'):
        for words, wanted in ((['sc'], 'scan\n:4\n'), (['scan', '--fail-on', 'cr'], 'critical\n:4\n'), (['scan', 'x'], ':0\n'),
                              (['rules', 'te'], 'test\n:4\n'), (['explain', 'BW-PSS-107'], 'BW-PSS-107\n:4\n')):
            came = run('kubectl_complete-bulwark', *words, env=env)
            expect(came == wanted, f'completion of {words}: {came!r}')
    else:
        print('skipped: no bash')
    expect('kubectl bulwark scan' in run('kubectl-bulwark', 'help', 'scan', env=env), 'help does not say kubectl bulwark')

    real = shutil.which('kubectl', path='/usr/local/bin:/usr/bin:/bin')
    if not real:
        print('skipped: no kubectl')
        finish()
    expect(run(real, 'bulwark', 'version', env=env).startswith('bulwark '), 'kubectl bulwark version')
    expect('kubectl bulwark scan' in run(real, 'bulwark', 'scan', '--help', env=env), 'kubectl bulwark scan --help')
    run(real, 'bulwark', 'scan', '-q', 'examples/shop', status=1, env=env, cwd=ROOT)
    run(real, 'bulwark', 'scan', '-q', '--fail-on', 'none', 'examples/shop', env=env, cwd=ROOT)
    expect('kubectl-bulwark' in run(real, 'plugin', 'list', env=env), 'kubectl plugin list')
    came = run(real, '__complete', 'bulwark', 'sc', env=env)
    expect('\nscan\n:4\n' in came, f'kubectl completes: {came!r}')
finish()
