#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes: documents are what kinds/ describes, and a scan of a snapshot is the scan of the machine."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ['SOURCE_ROOT'])
BULWARK = os.environ['BULWARK']
NOW = ['--now', '2026-12-01T00:00:00Z']
FORMATS = [['-o', 'json'], ['-o', 'json', '--include-passed'], ['-o', 'wide'], ['-o', 'sarif'], ['-o', 'csv'],
           ['-o', 'controls', '--framework', 'cis-1.12'], ['-o', 'controls-json', '--framework', 'cis-1.11']]
failed = []


def run(*args):
    done = subprocess.run([BULWARK, *args], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        failed.append(f'{args}: status {done.returncode}: {done.stderr.strip()[:500]}')
    return re.sub(r' in [0-9.]+ m?s', '', done.stdout) + re.sub(r'bulwark: ', '', done.stderr)


def machines():
    """Options that name a machine: our fixtures, those that are there besides, and this one."""
    folders = [ROOT / 'examples' / 'node', *sorted((ROOT / 'tests' / 'fixtures' / 'nodes').glob('*/'))]
    folders += sorted((pathlib.Path(os.environ.get('SHARED', '/nowhere')) / 'fixtures' / 'nodes').glob('*/'))
    for folder in folders:
        args = ['--root', str(folder / 'root')]
        for option, name in (('--modes', 'modes.tsv'), ('--processes', 'processes.tsv')):
            if (folder / name).is_file():
                args += [option, str(folder / name)]
        if (folder / 'root').is_dir():
            yield folder.name, args
    yield 'this machine', []


def check(name, args, snapshot, plain, formats):
    run('collect', '--node', *args, *NOW, '-o', str(snapshot))
    run('collect', '--node', *args, *NOW, '-o', str(plain))
    if snapshot.stat().st_mode & 0o777 != 0o600:
        failed.append(f'{name}: others may read the snapshot')
    described = subprocess.run([ROOT / 'tools' / 'check-kinds', BULWARK, ROOT / 'kinds', plain], capture_output=True,
                               text=True)
    if described.returncode:
        failed.append(f'{name}: not as kinds/ says:\n{described.stdout}{described.stderr}')
    for form in formats:
        live = run('scan', '--no-config', '--node', *args, *NOW, *form)
        for file in (snapshot, plain):
            if run('scan', '--no-config', *NOW, *form, str(file)) != live:
                failed.append(f'{name}: {" ".join(form)}: another report from {file.suffix}')
    if run('diff', str(snapshot), str(plain)).find('0 values changed; 0 findings new, 0 gone') < 0:
        failed.append(f'{name}: differs from itself')


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for number, (name, args) in enumerate(machines()):
            check(name, args, folder / f'{number}.zst', folder / f'{number}.jsonl', FORMATS if number == 0 else FORMATS[1:2])
    for problem in failed:
        print(problem, file=sys.stderr)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
