#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each output format, read by a reader of its own: what is well formed, says the same as JSON, and stays so whatever
stands in an input. SARIF_SCHEMA may name the official schema of SARIF 2.1.0; without it that one check is skipped."""
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(os.environ.get('SOURCE_ROOT') or pathlib.Path(__file__).resolve().parents[2])
BULWARK = str(pathlib.Path(os.environ['BULWARK']).resolve())
sys.path.insert(0, str(ROOT / 'tests' / 'support'))
import jsonschema  # noqa: E402

SARIF_SCHEMA = json.loads((ROOT / 'schema' / 'sarif-subset.schema.json').read_text())
LEVELS = {'critical': 'error', 'high': 'error', 'medium': 'warning', 'low': 'note'}
COMMANDS = {'critical': 'error', 'high': 'error', 'medium': 'warning', 'low': 'notice'}
SCORES = {'critical': (9.0, 10), 'high': (7.0, 8.9), 'medium': (4.0, 6.9), 'low': (0.1, 3.9)}
problems = []

# Names and values that mean something in a format: ends of CDATA and tables, formulas, commands, links, mentions.
HOSTILE = [
    ']]>', '<script>alert(1)</script>', '=cmd|\' /C calc\'!A0', '+1', '-1', '@nobody', '%0A::error::x', '::error::x',
    'a\nb', 'a\r\nb', 'a\tb', '\x07\x1b[31m', '"quoted", and, commas', "it's", '|cell|', '`code`', '**bold**', '[a](http://b)',
    '#1', '$x$', '\u202egnp', '\ufffe', '\U0001f600', '\\', '&amp;', '--- ', '</details>', '{0}', '%', 'ünïcode',
]
TEMPLATE = """apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {name}}}
spec:
  containers:
  - name: {name}
    image: {name}
    securityContext: {{privileged: true, procMount: {name}}}
"""


def expect(ok, what):
    if not ok:
        problems.append(what)


def scan(*args, cwd=ROOT):
    run = subprocess.run([BULWARK, 'scan', *args], cwd=cwd, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
    expect(run.returncode in (0, 1, 2), f'scan {args}: exit status {run.returncode}')
    return run.stdout, run.returncode


def text_of(data, what):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError as error:
        problems.append(f'{what}: {error}')
        return data.decode('utf-8', 'replace')


def uri_of(file):
    return ('file://' if file.startswith('/') else '') + urllib.parse.quote(file.encode('utf-8', 'surrogateescape'), safe='/')


# ---- one check for each format: what the format says, against the findings of the JSON report

def check_sarif(data, report, status, what):
    log = json.loads(text_of(data, what))
    for problem in jsonschema.validate(SARIF_SCHEMA, log):
        problems.append(f'{what}: {problem}')
    official(data, what)
    run = log['runs'][0]
    rules = run['tool']['driver']['rules']
    wanted = [f for f in report['withExcepted'] if f['verdict'] != 'error']
    expect(len(run['results']) == len(wanted), f'{what}: {len(run["results"])} results for {len(wanted)} findings')
    expect([r['id'] for r in rules] == sorted({f['rule'] for f in report['withExcepted']}), f'{what}: rules')
    for result, finding in zip(run['results'], wanted):
        rule = rules[result['ruleIndex']]
        region = result['locations'][0]['physicalLocation'].get('region', {})
        expect(rule['id'] == result['ruleId'] == finding['rule'], f'{what}: rule of a result')
        low, high = SCORES[finding['severity']]
        expect(low <= float(rule['properties']['security-severity']) <= high, f'{what}: score of {rule["id"]}')
        level = LEVELS[finding['severity']] if finding['verdict'] == 'fail' or 'exception' in finding else 'none'
        expect(result['level'] == level, f'{what}: level of {rule["id"]}')
        expect(region.get('startLine', 0) == finding['location']['line'], f'{what}: line of {rule["id"]}')
        expect(result.get('partialFingerprints', {}).get('bulwark/v1') == finding.get('fingerprint'), f'{what}: fingerprint')
        expect('](' not in result['message']['text'], f'{what}: a link in a message')
        replacements = [x for fix in result.get('fixes', []) for y in fix['artifactChanges'] for x in y['replacements']]
        expect(len(replacements) == len(finding.get('fix', {}).get('edits', [])), f'{what}: fixes of {rule["id"]}')
    invocation = run['invocations'][0]
    expect(invocation['exitCode'] == status, f'{what}: exit status')
    errors = len(report.get('errors', [])) + sum(f['verdict'] == 'error' for f in report['findings'])
    expect(len(invocation['toolExecutionNotifications']) == errors, f'{what}: notifications')
    expect(invocation['executionSuccessful'] == (status < 2), f'{what}: success')
    suppressed = [bool(r.get('suppressions')) for r in run['results']]
    expect(suppressed == ['exception' in f for f in wanted], f'{what}: suppressions')
    expect(not any(suppressed) or all('suppressions' in r for r in run['results']), f'{what}: results without suppressions')
    expect(len(invocation['toolConfigurationNotifications']) == len(report.get('notices', [])), f'{what}: notices')


# The validator of the language's own library, in a process of its own: the project's has the same name.
OFFICIAL = """
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
root = {'$ref': '#/definitions/Root', 'definitions': schema['definitions']} if 'Root' in schema['definitions'] else schema
for error in jsonschema.Draft7Validator(root).iter_errors(json.load(sys.stdin)):
    print(list(error.absolute_path), error.message[:200])
"""


def official(data, what):
    if not os.environ.get('SARIF_SCHEMA'):
        return
    run = subprocess.run([sys.executable, '-c', OFFICIAL, os.environ['SARIF_SCHEMA']], input=data, capture_output=True)
    expect(run.returncode == 0 and not run.stdout, f'{what}: official schema: {(run.stdout or run.stderr)[:500]}')


def check_junit(data, report, status, what):
    try:
        top = xml.fromstring(data)
    except xml.ParseError as error:
        problems.append(f'{what}: {error}')
        return
    cases = top.findall('./testsuite/testcase')
    for each in [top, *top.findall('testsuite')]:
        inside = each.findall('.//testcase')
        count = {kind: sum(case.find(kind) is not None for case in inside) for kind in ('failure', 'error', 'skipped')}
        expect(int(each.get('tests')) == len(inside) and int(each.get('failures')) == count['failure'] and
               int(each.get('errors')) == count['error'] and int(each.get('skipped')) == count['skipped'],
               f'{what}: counts of {each.get("name")!r}')
    for case in cases:
        expect(case.get('name') and case.get('classname') and len(case) <= 1, f'{what}: a case')
    files = {f['location']['file'] for f in report['withExcepted']}
    expect(len(top.findall('testsuite')) == 1 + len(files), f'{what}: suites')
    failed = {(json.dumps(f['resource']), f['rule'], f['location']['file']) for f in report['findings'] if f['verdict'] == 'fail'}
    expect(len(top.findall('.//failure')) >= len(failed), f'{what}: failures')
    xmllint(data, what)


def xmllint(data, what):
    try:
        run = subprocess.run(['xmllint', '--noout', '--schema', str(ROOT / 'tests' / 'support' / 'junit.xsd'), '-'],
                             input=data, capture_output=True, timeout=60)
    except FileNotFoundError:
        return
    expect(run.returncode == 0, f'{what}: {run.stderr[:300]}')


def check_csv(data, report, status, what):
    text = text_of(data, what)
    expect(text.count('\r\n') == text.count('\r'), f'{what}: a lone carriage return')
    rows = list(csv.DictReader(io.StringIO(text, newline='')))
    expect(len(rows) == len(report['findings']), f'{what}: {len(rows)} rows')
    for row, finding in zip(rows, report['findings']):
        expect(None not in row and None not in row.values(), f'{what}: cells of {row}')
        expect((row['rule'], row['severity'], row['verdict']) == (finding['rule'], finding['severity'], finding['verdict']),
               f'{what}: {row["rule"]}')
        for value in row.values():
            expect(not value or value[0] not in '=+-@\t\r\n\uff1d\uff0b\uff0d\uff20', f'{what}: a formula: {value!r}')


def check_markdown(data, report, status, what):
    text = text_of(data, what)
    expect(len(data) < 65536, f'{what}: {len(data)} bytes do not fit into a comment')
    expect(text.count('<details') == text.count('\n</details>'), f'{what}: sections that do not end')
    tags = set(re.findall(r'<[^!][^>]*>', text)) - {'<details>', '<details open>', '</details>', '<summary>', '</summary>',
                                                    '<b>', '</b>'}
    expect(not tags, f'{what}: markup of an input: {tags}')
    cells = re.compile(r'(?<!\\)\|')
    for line in text.split('\n'):
        if line.startswith('|'):
            expect(len(cells.findall(line)) in (4, 5), f'{what}: cells: {line!r}')
        expect(not re.search(r'[@#](?![ #<L])', re.sub(r'\]\([^)]*\)', '', line)), f'{what}: a mention: {line!r}')
    fails = report['summary']['fail']
    expect(f'{fails} failed check' in text or not fails, f'{what}: no count')


def check_github(data, report, status, what):
    lines = text_of(data, what).split('\n')
    commands = [x for x in lines if x.startswith('::')]
    expect(lines[-1] == '' and lines[-2].startswith('bulwark: '), f'{what}: no summary at the end')
    expect(len(commands) == len(lines) - 2, f'{what}: lines that are no command: {len(lines)}')
    pattern = re.compile(r'^::(error|warning|notice) ((?:[a-zA-Z]+=[^,:]*,?)+)::(.*)$')
    ranks = []
    for line in commands:
        match = pattern.match(line)
        expect(match and '\r' not in line, f'{what}: {line!r}')
        if not match:
            continue
        properties = dict(x.split('=', 1) for x in match[2].split(','))
        expect(properties.get('title') and set(properties) <= {'file', 'line', 'col', 'endColumn', 'title'}, f'{what}: {line!r}')
        ranks.append(match[1])
    fails = [f for f in report['findings'] if f['verdict'] == 'fail']
    wanted = sorted(COMMANDS[f['severity']] for f in fails)
    came = sorted(ranks)
    for other in ['error'] * len(report.get('errors', [])) + ['notice'] * len(report.get('notices', [])) + \
                 ['warning'] * (len(report['findings']) - len(fails)):
        if other in came:
            came.remove(other)
    expect(came == wanted, f'{what}: {len(came)} annotations for {len(wanted)} failures')


CHECKS = {'sarif': check_sarif, 'junit': check_junit, 'csv': check_csv, 'markdown': check_markdown, 'github': check_github}


def check_all(name, *args, cwd=ROOT):
    plain = json.loads(scan('-o', 'json', *args, cwd=cwd)[0])
    # Some formats list excepted findings, too.
    full = json.loads(scan('-o', 'json', '--include-passed', *args, cwd=cwd)[0])
    plain['withExcepted'] = [f for f in full['findings'] if f['verdict'] not in ('pass', 'skip') or 'exception' in f]
    for format_name, check in CHECKS.items():
        data, status = scan('-o', format_name, *args, cwd=cwd)
        check(data, plain, status, f'{name} as {format_name}')
    for format_name in ('text', 'wide'):
        text_of(scan('-o', format_name, *args, cwd=cwd)[0], f'{name} as {format_name}')


def yaml_string(text):
    return json.dumps(text)


def hostile_folder(folder):
    """Manifests whose names, and files whose names, mean something in a format."""
    for i, text in enumerate(HOSTILE):
        plain = text.replace('/', '_').replace('\n', '_')
        for name in (f'{i}.yaml', f'{i}-{plain}.yaml'):
            (folder / name).write_text(TEMPLATE.format(name=yaml_string(text)))
    (folder / os.fsdecode(b'bad-\xff\xc3.yaml')).write_text(TEMPLATE.format(name='x'))
    (folder / os.fsdecode(b'line\nbreak\r.yaml')).write_text(TEMPLATE.format(name='x'))
    (folder / 'broken-]]>,=1.yaml').write_text('kind: [')


def offset(lines, line, column):
    """Characters before a place, both from 1."""
    return sum(len(x) for x in lines[:line - 1]) + column - 1


def check_fixes():
    """Each change that JSON tells, made in a copy of the file, takes its finding away and leaves a file that is read."""
    with tempfile.TemporaryDirectory() as name:
        made = 0
        for file in sorted(ROOT.glob('examples/shop/*/*.*')):
            copy = pathlib.Path(name) / file.name
            copy.write_bytes(file.read_bytes())
            text = copy.read_text()
            lines = text.splitlines(keepends=True)
            before = json.loads(scan('-o', 'json', str(copy))[0])
            for finding in before['findings']:
                edits = finding.get('fix', {}).get('edits', [])
                if not edits:
                    continue
                changed = text
                for edit in reversed(edits):
                    begin, end = offset(lines, edit['line'], edit['column']), offset(lines, edit['endLine'], edit['endColumn'])
                    changed = changed[:begin] + edit['text'] + changed[end:]
                copy.write_text(changed)
                after = json.loads(scan('-o', 'json', str(copy))[0])
                same = [f for f in after['findings'] if f.get('fingerprint') == finding['fingerprint']]
                had = [f for f in before['findings'] if f.get('fingerprint') == finding['fingerprint']]
                expect('errors' not in after and len(same) < len(had), f'{file.name}: fix of {finding["rule"]} at '
                       f'{finding["location"]["path"]}: {edits}')
                made += 1
        expect(made > 5, f'only {made} fixes')


SECRETS = """apiVersion: v1
kind: Pod
metadata: {name: a, annotations: {note: "password=hunter2-annotated"}}
spec: {containers: [{name: c, image: "x:1", env: [{name: PASSWORD, value: hunter2-env}], args: ["--token=hunter2-argument"],
  securityContext: {privileged: true}}]}
---
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"j"},"spec":{"containers":[{"name":"c","image":"x:1",
"env":[{"name":"PASSWORD","value":"hunter2-json"}],"securityContext":{"privileged":true}}]}}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {password: hunter2-secret}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {password: hunter2-config, AWS_SECRET_ACCESS_KEY: hunter2/abcdefghijklmnopqrstuvwxyz0123456}
"""


def check_secrets():
    """Values of secrets are in no report, whatever it shows: source lines, changes of the text, messages."""
    with tempfile.TemporaryDirectory() as name:
        file = pathlib.Path(name) / 'in.yaml'
        file.write_text(SECRETS)
        for format_name in ('text', 'wide', 'json', 'yaml', *CHECKS):
            data, _ = scan('-o', format_name, '--include-passed', str(file))
            expect(b'PASSWORD' in data or b'rivileged' in data, f'secrets as {format_name}: nothing is found')
            expect(b'hunter2' not in data, f'secrets as {format_name}: {[x for x in data.split(bytes([10])) if b"hunter2" in x][:2]}')


def check_can_fail():
    """The readers refuse what they are there to refuse."""
    report = {'findings': [], 'withExcepted': [], 'summary': {'fail': 1}}
    for format_name, data in (('junit', b'<testsuites tests="1" failures="0" errors="0" skipped="0"/>'), ('junit', b'<a>\x07</a>'),
                              ('csv', b'rule\r\n=1\r\n'), ('markdown', b'1 failed check <script> @x'),
                              ('github', b'::error title=a,b::x\nbulwark: \n')):
        before = len(problems)
        CHECKS[format_name](data, report, 1, 'planted')
        expect(len(problems) > before, f'{format_name}: not refused: {data!r}')
        problems[:] = [x for x in problems if not x.startswith('planted')]


def main():
    check_can_fail()
    check_fixes()
    check_secrets()
    check_all('the sample', 'examples/shop')
    check_all('the sample without ignore files', '--no-ignore', 'examples/shop')
    check_all('exceptions', '--config', 'examples/bulwark.yaml', 'examples/shop')
    with tempfile.TemporaryDirectory() as name:
        baseline = pathlib.Path(name) / 'baseline.json'
        baseline.write_bytes(scan('-o', 'json', 'examples/shop/ops')[0])
        check_all('a baseline', '--baseline', str(baseline), 'examples/shop')
        results = json.loads(scan('-o', 'sarif', '--baseline', str(baseline), 'examples/shop')[0])['runs'][0]['results']
        expect(results and all(r.get('baselineState') == 'new' for r in results), 'SARIF: results that are not new')
    check_all('nothing wrong', '--rule', 'BW-PSS-107', 'examples/shop/data')
    check_all('nothing there', 'examples/does-not-exist.yaml')
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / 'in').mkdir()
        hostile_folder(folder / 'in')
        check_all('hostile texts', '.', cwd=folder / 'in')
        check_all('hostile texts, absolute paths', str(folder / 'in'))
        shown = scan('-o', 'sarif', '.', cwd=folder / 'in')[0].decode()
        expect(all(uri_of(f'{i}-' + x.replace('/', '_').replace('\n', '_') + '.yaml') in shown for i, x in enumerate(HOSTILE)),
               'SARIF: not all files under their URI')
    corpus = pathlib.Path(os.environ.get('SHARED', '/nonexistent')) / 'corpus' / 'files'
    if corpus.is_dir():
        check_all('real manifests', str(corpus))
    else:
        print('skipped: no corpus of real manifests')
    if not os.environ.get('SARIF_SCHEMA'):
        print('skipped: no official schema of SARIF (SARIF_SCHEMA)')
    for problem in problems[:40]:
        print(problem)
    print('all formats well formed' if not problems else f'{len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
