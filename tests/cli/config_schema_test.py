#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The published schema of settings files against the program: both take the same files and refuse the same ones, and
every field that one knows the other knows."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
sys.path.insert(0, str(ROOT / 'tests' / 'support'))
import jsonschema  # noqa: E402

SCHEMA = json.loads((ROOT / 'schema' / 'config.schema.json').read_text())
RULE = 'BW-PSS-104'
failures = []


def exception(**fields):
    return {'exceptions': [{'rules': [RULE], 'reason': 'r', **fields}]}


TAKEN = [
    {}, {'exceptions': []}, exception(), exception(owner='o', expires='2027-01-31'),
    exception(resources=[{}, {'kind': 'Pod'}, {'kind': 'apps/Deployment', 'namespace': 'a*', 'name': '?'}]),
    exception(labels={}), exception(labels={'matchLabels': {'a': 'b'}}),
    exception(labels={'matchExpressions': [{'key': 'a', 'operator': 'In', 'values': ['b']}]}),
    exception(namespaces=['a'], containers=['b'], paths=['spec.containers[*]'], files=['**/x.yaml']),
    {'exceptions': [{'rules': ['BW-*', RULE], 'reason': 'r'}]},
    {'disabledRules': [{'rule': 'BW-PSS-2*', 'reason': 'r'}]}, {'params': {}}, {'rules': []},
    {'frameworks': ['pss-baseline']}, {'failOn': 'none'}, {'kubernetesVersion': '1.30'}, {'kubernetesVersion': 'v1.30.2'},
]
REFUSED = [
    {'kind': 'Rule'}, {'apiVersion': 'v1'}, {'exception': []}, {'exceptions': {}}, {'exceptions': [1]},
    {'exceptions': [{'rules': [RULE]}]}, {'exceptions': [{'reason': 'r'}]}, {'exceptions': [{'rules': [], 'reason': 'r'}]},
    {'exceptions': [{'rules': RULE, 'reason': 'r'}]}, {'exceptions': [{'rules': ['A*B'], 'reason': 'r'}]},
    exception(reason=''), exception(reason=1), exception(owner=''), exception(expires='soon'), exception(expires=2027),
    exception(resources={}), exception(resources=[{'kin': 'Pod'}]), exception(resources=[{'name': 1}]),
    exception(labels={'a': 'b'}), exception(labels={'matchLabels': {'a': 1}}),
    exception(labels={'matchExpressions': [{'key': 'a', 'operator': 'Is'}]}),
    exception(labels={'matchExpressions': [{'key': 'a'}]}), exception(namespaces='a'), exception(files=[1]), exception(x=1),
    {'disabledRules': [RULE]}, {'disabledRules': [{'rule': RULE}]}, {'params': []}, {'params': {RULE: 1}}, {'rules': 'a'},
    {'frameworks': 'a'}, {'failOn': 'hihg'}, {'kubernetesVersion': 1.3}, {'kubernetesVersion': '2.1'},
]


def expect(ok, what):
    if not ok:
        failures.append(what)


def scan(settings, folder):
    path = pathlib.Path(folder) / 'settings.yaml'
    path.write_text(json.dumps(settings))
    run = subprocess.run([os.environ['BULWARK'], 'scan', '-q', '--config', str(path), str(ROOT / 'examples/shop/namespace.yaml')],
                         capture_output=True, text=True)
    return run.returncode, run.stderr


def check(settings, taken, folder):
    settings = {'apiVersion': 'bulwark.dev/v1', 'kind': 'Config', **settings}
    problems = jsonschema.validate(SCHEMA, settings)
    status, said = scan(settings, folder)
    expect((not problems) == taken, f'the schema {"refuses" if taken else "takes"} {settings}: {problems}')
    expect((status in (0, 1)) == taken, f'the program {"refuses" if taken else "takes"} {settings}: {said}')


def fields_of(message):
    return set(re.search(r'its fields are (.*)', message).group(1).split(', '))


def main():
    with tempfile.TemporaryDirectory() as folder:
        for settings in TAKEN:
            check(settings, True, folder)
        for settings in REFUSED:
            check(settings, False, folder)
        head = {'apiVersion': 'bulwark.dev/v1', 'kind': 'Config'}
        one = SCHEMA['properties']['exceptions']['items']['properties']
        expect(fields_of(scan({**head, 'x': 1}, folder)[1]) == set(SCHEMA['properties']), 'fields of the file differ')
        expect(fields_of(scan({**head, **exception(x=1)}, folder)[1]) == set(one), 'fields of an exception differ')
    text = subprocess.run([os.environ['BULWARK'], 'cel', '-o', 'json', '-f', 'examples/bulwark.yaml', 'object'], cwd=ROOT,
                          capture_output=True, text=True).stdout
    problems = jsonschema.validate(SCHEMA, json.loads(text))
    expect(not problems, f'examples/bulwark.yaml: {problems}')
    for failure in failures:
        print(failure)
    print(f'{len(TAKEN)} files taken, {len(REFUSED)} refused, {len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
