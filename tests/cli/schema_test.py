#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The published schema against real reports, and proof that the schema and its validator can refuse."""
import copy
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
sys.path.insert(0, str(ROOT / 'tests' / 'support'))
import jsonschema  # noqa: E402

SCHEMA = json.loads((ROOT / 'schema' / 'scan-report.schema.json').read_text())
# Fields that a report may lack.
OPTIONAL = ('errors', 'notices', 'fingerprint', 'fix', 'exception')
RUNS = [
    ['examples/shop'],
    ['examples/shop', '--no-ignore'],
    ['examples/shop', '--include-passed'],
    ['examples/shop/web/storefront.yaml'],
    ['examples/does-not-exist.yaml'],
]


def bulwark(*args, text=None):
    return subprocess.run([os.environ['BULWARK'], *args], cwd=ROOT, capture_output=True, text=True, input=text).stdout


def report(args):
    return json.loads(bulwark('scan', '-o', 'json', *args))


def yaml_report(args):
    """The same from YAML, read back by the program's own reader."""
    return json.loads(bulwark('cel', '-o', 'json', '-f', '-', 'object', text=bulwark('scan', '-o', 'yaml', *args)))


def same_report(a, b):
    for each in (a, b):
        each['metadata']['generatedAt'] = ''
    return a == b


def runs():
    """Our own examples, and real manifests where they are there."""
    corpus = pathlib.Path(os.environ.get('SHARED', '/nonexistent')) / 'corpus' / 'files'
    if not corpus.is_dir():
        print('skipped: no corpus of real manifests')
        return RUNS
    return [*RUNS, [str(corpus)], [str(corpus), '--include-passed']]


def paths(value, at=()):
    """Every place in a value."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, at + (key,))


def get(value, at):
    for key in at:
        value = value[key]
    return value


def mutants(valid):
    """Reports that differ from a valid one in one place and must be refused."""
    for at in paths(valid):
        value = get(valid, at)
        if isinstance(value, dict):
            for change in ('add', *value):
                if change in OPTIONAL:
                    continue
                bad = copy.deepcopy(valid)
                if change == 'add':
                    get(bad, at)['surprise'] = 1
                else:
                    del get(bad, at)[change]
                yield f'{change} at {at}', bad
        elif at:
            bad = copy.deepcopy(valid)
            get(bad, at[:-1])[at[-1]] = {} if not isinstance(value, dict) else 1
            yield f'type at {at}', bad


def main():
    failures = []
    if jsonschema.is_closed(SCHEMA):
        failures.append(f'schema is open: {jsonschema.is_closed(SCHEMA)}')
    valid_runs = runs()
    for args in valid_runs:
        came = report(args)
        for problem in jsonschema.validate(SCHEMA, came):
            failures.append(f'scan {args}: {problem}')
        if not same_report(came, yaml_report(args)):
            failures.append(f'scan {args}: YAML says something else than JSON')

    valid = report(['examples/shop', '--no-ignore'])
    if not valid['findings'] or not valid.get('errors'):
        failures.append('the examples show no finding or no unreadable input')
    valid['findings'] = valid['findings'][:2]
    refused = 0
    for what, bad in mutants(valid):
        refused += 1
        if not jsonschema.validate(SCHEMA, bad):
            failures.append(f'not refused: {what}')
    for field, value in (('verdict', 'failed'), ('severity', 'HIGH'), ('rule', '')):
        bad = copy.deepcopy(valid)
        bad['findings'][0][field] = value
        if not jsonschema.validate(SCHEMA, bad):
            failures.append(f'not refused: {field} {value!r}')
    try:
        jsonschema.validate({'type': 'object', 'maxPropertees': 1}, {})
        failures.append('an unknown keyword was not refused')
    except jsonschema.SchemaError:
        pass
    for failure in failures:
        print(failure)
    print(f'{len(valid_runs)} reports valid, {refused} mutants refused' if not failures else f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
