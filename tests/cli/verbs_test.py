#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Walks the verb table: help, man page, completion and the page of commands exist for every row, and every example of a
help text runs."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
BULWARK = str(pathlib.Path(os.environ['BULWARK']).resolve())
SHELLS = ('bash', 'zsh', 'fish')
failures = []


def expect(ok, what):
    if not ok:
        failures.append(what)


def ask(*args):
    run = subprocess.run([BULWARK, *args], capture_output=True, text=True, cwd=ROOT)
    expect(run.returncode == 0 and not run.stderr, f'bulwark {" ".join(args)}: status {run.returncode}, {run.stderr}')
    return run.stdout


def check_verb(verb, completion, page):
    name = verb['name']
    text = ask('help', *name.split())
    man = ask('help', '-o', 'man', *name.split())
    expect(ask(*name.split(), '--help') == text, f'{name} --help differs from help {name}')
    expect(verb['summary'] in text, f'help of {name} lacks its summary')
    expect(not verb['summary'].endswith('.'), f'summary of {name} ends with a full stop')
    expect(man.startswith('.TH ') and '.SH EXIT STATUS' in man, f'man page of {name} is odd')
    expect(f'## bulwark {name}\n' in page, f'{name} is not on the page of commands')
    expect(verb['examples'], f'{name} has no example')
    expect(f"'{name}'" in (ROOT / 'docs' / 'meson.build').read_text(), f'{name} has no man page to install')
    for option in verb['options']:
        flag = '--' + option['name']
        expect(option['help'], f'{name} {flag} has no help')
        expect(flag in text, f'help of {name} lacks {flag}')
        expect(flag.replace('-', '\\-') in man, f'man page of {name} lacks {flag}')
        expect(f'`{flag}' in page, f'the page of commands lacks {flag}')
        for shell in ('bash', 'zsh'):
            expect(flag in completion[shell], f'{shell} completion lacks {flag}')
        expect(f' -l {option["name"]} ' in completion['fish'], f'fish completion lacks {flag}')
    for line in text.splitlines():
        expect(len(line) <= 140, f'help of {name}: a line of {len(line)} columns')


def check_examples(verbs):
    for verb in verbs:
        for command in verb['examples']:
            with tempfile.TemporaryDirectory() as folder:
                work = pathlib.Path(folder)
                os.symlink(BULWARK, work / 'bulwark')
                shutil.copytree(ROOT / 'examples', work / 'examples')
                path = os.pathsep.join([folder, str(ROOT / 'tests' / 'cli' / 'bin'), os.environ['PATH']])
                run = subprocess.run(['bash', '-c', command], cwd=folder, capture_output=True, text=True, timeout=60,
                                     env={**os.environ, 'PATH': path, 'HOME': folder, 'PWD': folder})
                expect(run.returncode in (0, 1), f'{command}: status {run.returncode}: {run.stderr}')
                expect(command.startswith('bulwark') or 'bulwark' in command, f'{command}: is no example of bulwark')


def check_completion(completion):
    for shell, script in completion.items():
        if shutil.which(shell):
            run = subprocess.run([shell, '-n'], input=script, capture_output=True, text=True)
            expect(run.returncode == 0, f'{shell} completion: {run.stderr}')
    cases = [
        (['bulwark', ''], 'scan'),
        (['bulwark', 'ru'], 'rules'),
        (['bulwark', 'rules', ''], 'lint'),
        (['bulwark', 'scan', '--fail'], '--fail-on'),
        (['bulwark', 'scan', '--fail-on', 'cr'], 'critical'),
        (['bulwark', 'scan', '-o', ''], 'json'),
        (['bulwark', 'completion', 'z'], 'zsh'),
        (['bulwark', 'rules', 'lint', '--ou'], '--output'),
        (['bulwark', 'explain', 'BW-PSS-10'], 'BW-PSS-107'),
        (['bulwark', 'help', 'ce'], 'cel'),
    ]
    for words, wanted in cases:
        quoted = ' '.join(f"'{w}'" for w in words)
        program = (f'{completion["bash"]}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _bulwark; '
                   'printf "%s\\n" "${COMPREPLY[@]}"')
        environment = {**os.environ, 'PATH': os.pathsep.join([str(pathlib.Path(BULWARK).parent), os.environ['PATH']])}
        run = subprocess.run(['bash', '-c', program], capture_output=True, text=True, env=environment)
        expect(wanted in run.stdout.split(), f'bash completion of {words}: {run.stdout!r} {run.stderr!r}')


def check_man_pages(names):
    if not shutil.which('groff'):
        return
    for name in names:
        page = ask('help', '-o', 'man', *name.split())
        run = subprocess.run(['groff', '-man', '-Tutf8', '-ww', '-z'], input=page, capture_output=True, text=True)
        expect(run.returncode == 0 and not run.stderr, f'man page of "{name}": {run.stderr}')


def main():
    verbs = json.loads(ask('help', '-o', 'json'))['verbs']
    completion = {shell: ask('completion', shell) for shell in SHELLS}
    page = ask('help', '-o', 'markdown')
    overview = ask('help')
    for verb in verbs:
        check_verb(verb, completion, page)
        expect(f'\n  {verb["name"].split()[0]} ' in overview, f'help lacks {verb["name"]}')
    check_examples(verbs)
    check_completion(completion)
    check_man_pages(['', *(verb['name'] for verb in verbs)])
    for failure in failures:
        print(failure)
    print(f'{len(verbs)} verbs, {sum(len(v["examples"]) for v in verbs)} examples, {len(failures)} failures')
    return 1 if failures or not verbs else 0


if __name__ == '__main__':
    sys.exit(main())
