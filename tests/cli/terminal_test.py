#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What only a terminal or a signal shows: colours, width, and interrupted runs."""
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import sys
import fcntl
import termios
import time

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
BULWARK = str(pathlib.Path(os.environ['BULWARK']).resolve())
SCAN = [BULWARK, 'scan', 'examples/shop']
CONTROL = re.compile('\x1b\\[[0-9;]*m')
failures = []


def expect(ok, what):
    if not ok:
        failures.append(what)


def on_terminal(args, columns, **environment):
    """What a command writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 50, columns, 0, 0))
    base = {k: v for k, v in os.environ.items() if k not in ('NO_COLOR', 'CLICOLOR_FORCE', 'COLUMNS')}
    run = subprocess.Popen(args, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
                           env={**base, 'TERM': 'xterm', **environment})
    os.close(theirs)
    out = b''
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:
            break
        if not block:
            break
        out += block
    os.close(ours)
    run.wait()
    return out.decode().replace('\r\n', '\n')


def check_colours():
    text = on_terminal(SCAN, 100)
    expect('\x1b[1;31mCRITICAL\x1b[0m' in text, 'no colours on a terminal')
    expect('\x1b' not in on_terminal(SCAN, 100, NO_COLOR='1'), 'colours under NO_COLOR')
    expect('\x1b' not in on_terminal(SCAN, 100, TERM='dumb'), 'colours on a dumb terminal')
    expect('\x1b' not in on_terminal([*SCAN, '--color', 'never'], 100), 'colours under --color never')
    expect('\x1b' in on_terminal([*SCAN, '--color=always'], 100, NO_COLOR='1'), 'no colours under --color always')
    # A closed colour on each line, so that a cut or filtered report does not stain what follows.
    for line in text.splitlines():
        expect(line.count('\x1b[0m') == len(CONTROL.findall(line)) - line.count('\x1b[0m'), f'open colour: {line!r}')


def check_width():
    for columns in (60, 80, 200):
        text = CONTROL.sub('', on_terminal(SCAN, columns))
        # Rule lines and the summary are not broken: titles are short. What is long wraps.
        longest = max((line for line in text.splitlines() if line.startswith('    ')), key=len)
        places = re.compile(r' {4}\S+:\d+:\d+$')
        expect(len(longest) <= columns or places.match(longest), f'{columns} columns: {longest!r}')


def check_interrupt():
    """Standard input that stays open: the first signal ends the run with what was found, status 130."""
    run = subprocess.Popen([BULWARK, 'scan', '-', 'examples/shop'], cwd=ROOT, stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    document = (ROOT / 'examples/shop/web/checkout.yaml').read_bytes()
    run.stdin.write(document + b'---\n')
    run.stdin.flush()
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    try:
        out, err = run.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        run.kill()
        failures.append('SIGINT does not end a scan of standard input')
        return
    expect(run.returncode == 130, f'interrupted: status {run.returncode}')
    expect(b'interrupted' in err, f'interrupted: says {err!r}')
    expect(b'judged by' in out, f'interrupted: no partial results: {out!r}')


def main():
    check_colours()
    check_width()
    check_interrupt()
    for failure in failures:
        print(failure)
    print(f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
