#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The definitions for CI systems: read as YAML by the program itself, held against what their systems ask for, and run: the
shell of each step with a release archive of this build from a folder, the hooks with their own commands."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

from support import ROOT, expect, finish, run

BULWARK = pathlib.Path(os.environ['BULWARK']).resolve()
ACTION = ROOT / 'packaging/ci/github/action.yml'
JOB = ROOT / 'packaging/ci/gitlab/bulwark.gitlab-ci.yml'
HOOKS = ROOT / '.pre-commit-hooks.yaml'


def read(path):
    """YAML by the program's own strict reader."""
    with tempfile.TemporaryDirectory() as name:
        copy = pathlib.Path(name) / 'in.yaml'
        # It reads objects; a list of hooks is put into one.
        lines = path.read_text().splitlines(keepends=True)
        copy.write_text('value:\n' + ''.join('  ' + line for line in lines))
        return json.loads(run(BULWARK, 'cel', '-o', 'json', '-f', copy, 'object.value'))


def check_shell(text, shell, what):
    with tempfile.NamedTemporaryFile('w', suffix='.sh') as file:
        file.write(f'#!/usr/bin/env {shell}\n{text}')
        file.flush()
        run(shell, '-n', file.name)
        if shutil.which('shellcheck'):
            run('shellcheck', '-s', shell, file.name)
    expect(not re.search(r'(curl|wget)[^\n]*\|\s*(ba)?sh', text), f'{what}: pipes a download into a shell')


def archive(folder):
    """A release archive of this build, and its checksum."""
    version = run(BULWARK, 'version').split()[1]
    name = f'bulwark-{version}-linux-{os.uname().machine}'
    path = folder / f'{name}.tar.gz'
    with tarfile.open(path, 'w:gz') as tar:
        tar.add(BULWARK, f'{name}/bin/bulwark')
    return version, path, hashlib.sha256(path.read_bytes()).hexdigest()


def fake_curl(folder, source):
    """Stands for the network: gives the file whatever the address, and notes the address."""
    tool = folder / 'curl'
    tool.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last" >{folder}/address\n'
                    'while [ $# -gt 0 ]; do [ "$1" = --output ] && cp ' + f'"{source}"' + ' "$2"; shift; done\n')
    tool.chmod(0o755)


def in_bash(script, cwd, env, status=0):
    return run('bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', script, status=status, cwd=cwd, env=env)


def outputs(path):
    return dict(line.split('=', 1) for line in path.read_text().splitlines())


def run_action(action, folder):
    steps = {step['name']: step for step in action['runs']['steps']}
    version, package, checksum = archive(folder)
    (folder / 'bin').mkdir()
    fake_curl(folder / 'bin', package)
    work = folder / 'work'
    shutil.copytree(ROOT / 'examples', work / 'examples')
    base = {'PATH': f'{folder}/bin:/usr/bin:/bin', 'HOME': str(folder), 'RUNNER_TEMP': str(folder), 'GITHUB_PATH': str(folder / 'path'),
            'GITHUB_OUTPUT': str(folder / 'output'), 'VERSION': version, 'SERVER': 'https://example.com', 'REPOSITORY': 'o/r', 'URL': ''}
    keep = {k: v for k, v in os.environ.items() if k in ('ASAN_OPTIONS', 'UBSAN_OPTIONS')}
    install = steps['Install bulwark']['run']
    said = in_bash(install, work, {**base, 'SHA256': '0' * 64}, status=1)
    expect('::error' in said and not (folder / 'path').exists(), 'another checksum is accepted')
    said = in_bash(install, work, {**base, 'SHA256': checksum, 'REPOSITORY': ''}, status=1)
    expect('input url' in said, f'no address: {said}')
    in_bash(install, work, {**base, 'SHA256': checksum})
    address = (folder / 'bin/address').read_text().strip()
    expect(address == f'https://example.com/o/r/releases/download/v{version}/{package.name}', f'address: {address}')
    path = (folder / 'path').read_text().strip()
    env = {**base, **keep, 'PATH': f'{path}:/usr/bin:/bin', 'ARGS': '--rule\nBW-PSS-107\n', 'FAIL_ON': 'high', 'SARIF': 'out.sarif'}
    said = in_bash(steps['Scan']['run'], work, {**env, 'PATHS': 'examples/shop/web\nexamples/shop/data'})
    expect('::error file=examples/shop/web/checkout.yaml,' in said, f'no annotations: {said[:500]}')
    expect(outputs(folder / 'output') == {'sarif-file': 'out.sarif', 'status': '1'}, f'{(folder / "output").read_text()}')
    expect(len(json.loads((work / 'out.sarif').read_text())['runs'][0]['results']) == 1, 'SARIF of the action')
    in_bash(steps['Result']['run'], work, {**env, 'STATUS': '1'}, status=1)
    # What stands in an input is an argument, never a command or a flag.
    (folder / 'output').unlink()
    said = in_bash(steps['Scan']['run'], work, {**env, 'PATHS': '$(touch pwned); --help\n-h'})
    expect(outputs(folder / 'output')['status'] == '2' and not (work / 'pwned').exists(), f'inputs are run: {said[:300]}')


def check_action():
    action = read(ACTION)
    expect(action['runs']['using'] == 'composite', 'action: no composite action')
    text = ACTION.read_text()
    for name, field in action['inputs'].items():
        expect(field.get('description') and 'required' in field, f'action: input {name}')
        expect(f'inputs.{name}' in text, f'action: input {name} is not used')
        expect(field['required'] != ('default' in field), f'action: input {name}: a default or required')
    for used in set(re.findall(r'inputs\.([a-z0-9-]+)', text)):
        expect(used in action['inputs'], f'action: {used} is no input')
    for step in action['runs']['steps']:
        expect(('run' in step) != ('uses' in step), f'action: step {step["name"]}')
        if 'uses' in step:
            expect(re.fullmatch(r'[\w/-]+@[0-9a-f]{40}', step['uses']), f'action: {step["uses"]} is not pinned')
        else:
            expect(step.get('shell') == 'bash', f'action: shell of {step["name"]}')
            expect('${{' not in step['run'], f'action: {step["name"]} puts texts into its script')
            check_shell(step['run'], 'bash', step['name'])
    if shutil.which('bash'):
        with tempfile.TemporaryDirectory() as name:
            run_action(action, pathlib.Path(name))


def check_job():
    job = read(JOB)['bulwark']
    expect(re.search(r':\d+\.\d+', job['image']), f'job: image {job["image"]} is not pinned')
    for part in ('before_script', 'script'):
        for text in job[part]:
            check_shell(text, 'sh', f'job {part}')
    text = '\n'.join(job['before_script'] + job['script'])
    for name in job['variables']:
        expect(name in text, f'job: {name} is not used')
    for name in set(re.findall(r'\bBULWARK_[A-Z0-9]+\b', text)):
        expect(name in job['variables'], f'job: {name} is no variable')
    expect(job['artifacts']['when'] == 'always' and 'junit' in job['artifacts']['reports'], 'job: artifacts')
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        version, package, checksum = archive(folder)
        (folder / 'bin').mkdir()
        fake_curl(folder / 'bin', package)
        (folder / 'bin/apt-get').write_text('#!/bin/sh\n')
        (folder / 'bin/apt-get').chmod(0o755)
        shutil.copytree(ROOT / 'examples', folder / 'examples')
        keep = {k: v for k, v in os.environ.items() if k in ('ASAN_OPTIONS', 'UBSAN_OPTIONS')}
        env = {**keep, **job['variables'], 'PATH': f'{folder}/bin:/usr/bin:/bin', 'HOME': name}
        # The job's folders, moved below this test's own.
        text = '\n'.join(['set -e', *job['before_script'], *job['script']]).replace('/tmp/', f'{name}/').replace('/opt', name)
        said = run('sh', '-c', text, status=1, cwd=folder, env=env)
        expect('BULWARK_VERSION is not set' in said, f'job: {said[-300:]}')
        env |= {'BULWARK_VERSION': version, 'BULWARK_URL': 'https://example.com/x', 'BULWARK_PATHS': 'examples/shop/web'}
        run('sh', '-c', text, status=1, cwd=folder, env={**env, 'BULWARK_SHA256': '0' * 64})
        expect(not (folder / 'bulwark.sarif').exists(), 'job: another checksum is accepted')
        run('sh', '-c', text, status=1, cwd=folder, env={**env, 'BULWARK_SHA256': checksum})
        expect((folder / 'bulwark.sarif').exists() and (folder / 'bulwark-junit.xml').exists(), 'job: reports')


def check_hooks():
    hooks = read(HOOKS)
    known = {'id', 'name', 'description', 'entry', 'language', 'types', 'types_or', 'files', 'require_serial', 'pass_filenames', 'args'}
    expect(len({hook['id'] for hook in hooks}) == len(hooks), 'hooks: ids')
    for hook in hooks:
        expect({'id', 'name', 'entry', 'language'} <= set(hook) <= known, f'hook {hook.get("id")}: fields {sorted(hook)}')
        expect(hook['language'] == 'system', f'hook {hook["id"]}: downloads')
        program, *words = hook['entry'].split()
        expect(program == 'bulwark', f'hook {hook["id"]}: entry')
        expect('Usage:' in run(BULWARK, *words, '--help'), f'hook {hook["id"]}: bulwark {words}')
    if shutil.which('pre-commit'):
        run('pre-commit', 'validate-manifest', HOOKS)
    run(BULWARK, *hooks[0]['entry'].split()[1:], 'examples/shop/web/checkout.yaml', 'examples/shop/data/orders.yaml', status=1, cwd=ROOT)


def main():
    check_action()
    check_job()
    check_hooks()
    finish()


if __name__ == '__main__':
    sys.exit(main())
