#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completion in the shells themselves: what each offers after the same words. A shell that is not there is skipped."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
BULWARK = pathlib.Path(os.environ['BULWARK']).resolve()
failures = []

# Words on the line, the last one being completed; what must be offered, what must not be.
CASES = [
    (['bulwark', ''], {'scan', 'explain', 'rules', 'cel'}, {'list'}),
    (['bulwark', 'sc'], {'scan'}, {'rules'}),
    (['bulwark', 'rules', ''], {'list', 'test'}, {'scan'}),
    (['bulwark', 'scan', '--fra'], {'--framework'}, {'--fail-on'}),
    (['bulwark', 'scan', '--fail-on', ''], {'low', 'critical', 'none'}, {'text'}),
    (['bulwark', 'scan', '-o', 'sa'], {'sarif'}, {'json'}),
    (['bulwark', 'explain', 'BW-PSS-10'], {'BW-PSS-101', 'BW-PSS-107'}, {'BW-PSS-201'}),
    (['bulwark', 'completion', ''], {'bash', 'zsh', 'fish'}, {'scan'}),
]

BASH = r'''
source <(bulwark completion bash)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
_bulwark
printf '%s\n' "${COMPREPLY[@]}"
'''


def expect(ok, what):
    if not ok:
        failures.append(what)


def run(command, env, text=None):
    done = subprocess.run(command, capture_output=True, text=True, env=env, input=text, timeout=60)
    return done.stdout, done.stderr


def in_bash(words, env):
    out, err = run(['bash', '--norc', '-c', BASH, 'bash', *words], env)
    expect(not err, f'bash: {words}: {err}')
    return {x.rstrip() for x in out.split('\n')}


def in_fish(words, env):
    line = ' '.join(words)
    out, err = run(['fish', '--no-config', '-c', 'bulwark completion fish | source; complete -C "$argv"', line], env)
    expect(not err, f'fish: {words}: {err}')
    return {x.split('\t')[0] for x in out.split('\n')}


# A zsh that lists its matches where a script can read them, between marks.
ZSH = r'''
PS1='READY>' PS2= RPS1=
autoload -Uz compinit && compinit -u -D
source <(bulwark completion zsh)
zstyle ':completion:*' list-colors 'no=<M>' 'ec=</M>' 'lc=' 'rc='
zstyle ':completion:*' verbose no
setopt list_ambiguous; unsetopt always_last_prompt list_beep; LISTMAX=0
compadd() {
    builtin compadd -A __hits "$@" 2>/dev/null
    (( $#__hits )) && print -rl -- "HIT:"${^__hits} >>$HITS
    builtin compadd "$@"
}
'''


def read_until(fd, pattern, seconds):
    data, end = b'', time.time() + seconds
    while time.time() < end and not re.search(pattern, data):
        if select.select([fd], [], [], 0.1)[0]:
            try:
                data += os.read(fd, 65536)
            except OSError:
                break
    return data


def in_zsh(words, env):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / '.zshrc').write_text(ZSH)
        hits = folder / 'hits'
        ours, theirs = pty.openpty()
        shell = subprocess.Popen(['zsh', '-i'], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                                 env={**env, 'ZDOTDIR': name, 'HITS': str(hits), 'TERM': 'xterm', 'HOME': name})
        os.close(theirs)
        read_until(ours, b'READY>', 20)
        os.write(ours, ' '.join(words).encode() + b'\t')
        time.sleep(1.5)
        shell.kill()
        shell.wait()
        os.close(ours)
        text = hits.read_text() if hits.exists() else ''
    return {line[4:].strip() for line in text.split('\n') if line.startswith('HIT:')}


def check_files(env):
    """Arguments are files."""
    with tempfile.TemporaryDirectory() as name:
        (pathlib.Path(name) / 'one.yaml').touch()
        for shell, ask in (('bash', in_bash), ('fish', in_fish)):
            if shutil.which(shell):
                came = ask(['bulwark', 'scan', f'{name}/o'], env)
                expect(f'{name}/one.yaml' in came, f'{shell}: no files after scan: {came}')


def check_equals(env):
    """--flag=value, which bash hands over in three words, and kubectl's -oyaml habits are left alone."""
    if shutil.which('bash'):
        came = in_bash(['bulwark', 'scan', '--fail-on', '=', 'cr'], env)
        expect('critical' in came, f'bash: --fail-on=cr gives {came}')
        came = in_bash(['bulwark', 'scan', '--output', '='], env)
        expect('sarif' in came, f'bash: --output= gives {came}')
    if shutil.which('fish'):
        came = in_fish(['bulwark', 'scan', '--fail-on=cr'], env)
        expect('--fail-on=critical' in came, f'fish: --fail-on=cr gives {came}')


def main():
    with tempfile.TemporaryDirectory() as name:
        os.symlink(BULWARK, pathlib.Path(name) / 'bulwark')
        env = {**os.environ, 'PATH': f'{name}:/usr/local/bin:/usr/bin:/bin', 'HOME': name, 'LC_ALL': 'C.UTF-8'}
        shells = {'bash': in_bash, 'fish': in_fish, 'zsh': in_zsh}
        for shell, ask in shells.items():
            if not shutil.which(shell):
                print(f'skipped: no {shell}')
                continue
            for words, wanted, unwanted in CASES:
                came = ask(words, env)
                expect(wanted <= came, f'{shell}: {words} lacks {sorted(wanted - came)}: {sorted(came)[:12]}')
                expect(not unwanted & came, f'{shell}: {words} offers {sorted(unwanted & came)}')
        check_files(env)
        check_equals(env)
    for failure in failures:
        print(failure)
    print(f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
