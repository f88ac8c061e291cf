#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each allocation, open, read and write of whole commands fails, once and from then on: no crash, no leak, a status
that says so, and no output file that is half written. Needs a fault build (-Dfault=true). Sampled unless TORTURE=full."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
KINDS = ('alloc', 'open', 'read', 'write')
SAMPLES = 60
NODE = ['--root', 'examples/node/root', '--modes', 'examples/node/modes.tsv', '--processes', 'examples/node/processes.tsv']
COMMANDS = [
    ['scan', '--threads', '1', '-o', 'json=OUT', 'examples/shop'],
    ['scan', '--rules', 'examples/rules', '--framework', 'pss-baseline', 'examples/shop/web'],
    ['scan', '--threads', '1', '--config', 'examples/bulwark.yaml', 'examples/shop/ops'],
    ['scan', '--threads', '1', '--node', *NODE, '-o', 'json=OUT'],
    ['collect', '--node', *NODE, '-o', 'OUT'],
    ['pki', 'list', 'examples/pki'],
    ['validate', 'examples/node/kubelet.yaml'],
    ['audit', 'explain-policy', 'examples/node/audit-policy.yaml'],
    ['explain', 'BW-PSS-107'],
    ['rules', 'list', '-o', 'json'],
    ['rules', 'lint', 'examples/rules'],
    ['rules', 'test', 'examples/rules'],
    ['cel', '-o', 'yaml', '-f', 'examples/shop/web/storefront.yaml', 'object.metadata'],
    ['completion', 'bash'],
    ['help', '-o', 'json'],
]
failures = []


def run(command, plan, folder):
    out = folder / 'out.json'
    out.unlink(missing_ok=True)
    args = [str(x).replace('OUT', str(out)) for x in command]
    done = subprocess.run([os.environ['BULWARK'], *args], cwd=ROOT, capture_output=True, text=True, timeout=60,
                          env={**os.environ, 'BULWARK_FAULT': plan})
    counts = [int(line.split()[2]) for line in done.stderr.splitlines() if line.startswith('fault-points ')]
    return done, counts, out


def is_whole(command, out):
    if command[0] == 'collect':
        return subprocess.run([os.environ['BULWARK'], 'scan', '-q', '--fail-on', 'none', out], capture_output=True,
                              timeout=60).returncode == 0
    try:
        json.loads(out.read_text())
    except ValueError:
        return False
    return True


def check(command, plan, done, counts, out, clean):
    what = f'{" ".join(command)} [{plan}]'
    if done.returncode not in (0, 1, 2, 3) or 'Sanitizer' in done.stderr or len(counts) != len(KINDS):
        failures.append(f'{what}: status {done.returncode}\n{done.stderr[:2000]}')
        return
    kind, number, _ = (int(x) for x in plan.split())
    # A planned failure may be worked around, but then the answer is the same; else it is told. Of a machine, a file that
    # cannot be opened or read is a fact like others; no memory is not.
    of_machine = '--root' in command and KINDS[kind] in ('open', 'read')
    if counts[kind] >= number and done.returncode < 2 and done.stdout != clean.stdout and 'scan' not in command \
            and not of_machine:
        failures.append(f'{what}: another answer with status {done.returncode}\n{done.stderr[:500]}')
    if out.exists() and not is_whole(command, out):
        failures.append(f'{what}: half an output file')
    left = [x.name for x in out.parent.iterdir() if x.name != 'out.json']
    if left:
        failures.append(f'{what}: left {left}')
        for x in out.parent.iterdir():
            x.unlink()


def numbers(count):
    if os.environ.get('TORTURE') == 'full' or count <= SAMPLES:
        return range(1, count + 1)
    return sorted({*range(1, SAMPLES // 2), *range(1, count + 1, max(1, count * 2 // SAMPLES))})


def main():
    total = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for command in COMMANDS:
            clean, counts, _ = run(command, '0 0 0', folder)
            if clean.returncode > 1 or len(counts) != len(KINDS):
                failures.append(f'{command}: status {clean.returncode} without faults: {clean.stderr[:500]}')
                continue
            for kind, count in enumerate(counts):
                for number in numbers(count):
                    plan = f'{kind} {number} {number % 2}'
                    done, after, out = run(command, plan, folder)
                    check(command, plan, done, after, out, clean)
                    total += 1
    for failure in failures[:20]:
        print(failure)
    print(f'{total} runs with a planted failure, {len(failures)} failures')
    return 1 if failures or not total else 0


if __name__ == '__main__':
    sys.exit(main())
