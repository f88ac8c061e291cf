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
RUNS = [
    ['examples/shop'],
    ['examples/shop', '--no-ignore'],
    ['examples/shop', '--include-passed'],
    ['examples/shop/web/storefront.yaml'],
    ['examples/does-not-exist.yaml'],
]


def report(args):
    run = subprocess.run([os.environ['BULWARK'], 'scan', '-o', 'json', *args], cwd=ROOT, capture_output=True, text=True)
    return json.loads(run.stdout)


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
                if change == 'errors':
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
    for args in RUNS:
        for problem in jsonschema.validate(SCHEMA, report(args)):
            failures.append(f'scan {args}: {problem}')

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
    print(f'{len(RUNS)} reports valid, {refused} mutants refused' if not failures else f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
