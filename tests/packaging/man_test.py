#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""man pages: groff has no warning for any of them, and each can be found by its name."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from support import expect, finish, need, run

BULWARK = str(pathlib.Path(os.environ['BULWARK']).resolve())
need('man', 'groff')
verbs = [verb['name'] for verb in json.loads(run(BULWARK, 'help', '-o', 'json'))['verbs']]
expect(len(verbs) > 5, 'no verbs')
with tempfile.TemporaryDirectory() as name:
    for verb in [None, *verbs]:
        page = pathlib.Path(name) / ('bulwark' + ('-' + verb.replace(' ', '-') if verb else '') + '.1')
        page.write_text(run(BULWARK, 'help', '-o', 'man', *(verb.split() if verb else [])))
        for width in ('80', '60'):
            shown = subprocess.run(['man', '--warnings=w,all', '-E', 'UTF-8', '-l', str(page)], capture_output=True, text=True,
                                   env={**os.environ, 'MANWIDTH': width, 'MANPAGER': 'cat', 'LC_ALL': 'C.UTF-8', 'TERM': 'dumb'})
            expect(shown.returncode == 0 and not shown.stderr, f'{page.name} at {width} columns: {shown.stderr[:500]}')
            expect('NAME' in shown.stdout and 'EXIT STATUS' in shown.stdout, f'{page.name} shows nothing')
        # The NAME section in the form that whatis reads.
        name_line = page.read_text().split('.SH NAME\n')[1].split('\n')[0]
        expect(name_line.startswith(page.stem.replace('-', '\\-') + ' \\- '), f'{page.name}: {name_line!r}')
finish()
