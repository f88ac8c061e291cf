#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rights: rbac review answers as Kubernetes' authorizer did; generated roles allow what was done, and nothing else."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ['SOURCE_ROOT'])
BULWARK = os.environ['BULWARK']
SHARED = pathlib.Path(os.environ.get('SHARED', '/nowhere'))
failed = []


def run(*args, stdin=None, good=(0, 1)):
    done = subprocess.run([BULWARK, *map(str, args)], input=stdin, capture_output=True, text=True, timeout=300)
    if done.returncode not in good:
        failed.append(f'{" ".join(map(str, args))}: status {done.returncode}: {done.stderr.strip()[:500]}')
    return done.stdout


def objects(text):
    """The JSON objects of a text, one behind the other."""
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text.rstrip()):
        while text[at].isspace():
            at += 1
        value, at = decoder.raw_decode(text, at)
        yield value


def review(question):
    """A request's attributes as a SubjectAccessReview."""
    spec = {'user': question.get('user', ''), 'groups': question.get('groups', [])}
    if question.get('path'):
        spec['nonResourceAttributes'] = {'path': question['path'], 'verb': question.get('verb', '')}
    else:
        keys = ('namespace', 'verb', 'group', 'resource', 'subresource', 'name')
        spec['resourceAttributes'] = {k: question[k] for k in keys if k in question}
    return {'apiVersion': 'authorization.k8s.io/v1', 'kind': 'SubjectAccessReview', 'spec': spec}


def ask(folder, manifests, questions):
    file = folder / 'objects.json'
    file.write_text('\n'.join(json.dumps(o) for o in manifests))
    text = run('rbac', 'review', '--requests', '-', '-f', file, '-o', 'json',
               stdin='\n'.join(json.dumps(q) for q in questions), good=(0,))
    return [answer.get('status', answer) for answer in objects(text)]


def check_vectors(folder):
    files = sorted((SHARED / 'vectors' / 'rbac').glob('*.json'))
    n = 0
    for file in files:
        for setup in json.loads(file.read_text()):
            # A question about nobody is none to the API server.
            questions = [q for q in setup['requests'] if q.get('user') or q.get('groups')]
            answers = ask(folder, setup['objects'], [review(q) for q in questions])
            if len(answers) != len(questions):
                failed.append(f'{file.name} {setup["id"]}: {len(answers)} answers to {len(questions)} questions')
                continue
            for question, answer in zip(questions, answers):
                n += 1
                if answer['allowed'] != question['allow']:
                    failed.append(f'{file.name} {setup["id"]}: {question}: {answer}')
    print(f'reviews: {n} as the authorizer said' if files else 'reviews: skipped, the vectors are not there')


def event(verb, user, groups, resource, ns='', name='', group='', sub='', uri='', code=200, stage='ResponseComplete', **more):
    ref = {'resource': resource, 'namespace': ns, 'name': name, 'apiGroup': group, 'subresource': sub}
    made = {'kind': 'Event', 'apiVersion': 'audit.k8s.io/v1', 'stage': stage, 'verb': verb, 'requestURI': uri or '/api',
            'user': {'username': user, 'groups': groups}, 'responseStatus': {'code': code},
            'stageTimestamp': '2026-11-02T08:00:00.000000Z', **more}
    if resource:
        made['objectRef'] = {k: v for k, v in ref.items() if v}
    return made


SHOP = ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated']
LOG = [
    event('get', 'system:serviceaccount:shop:web', SHOP, 'configmaps', 'shop', 'a'),
    event('get', 'system:serviceaccount:shop:web', SHOP, 'configmaps', 'shop', 'b'),
    event('list', 'system:serviceaccount:shop:web', SHOP, 'pods', 'shop'),
    event('watch', 'system:serviceaccount:shop:web', SHOP, 'pods', 'shop', stage='ResponseStarted'),
    event('list', 'system:serviceaccount:shop:web', SHOP, 'pods', 'other'),
    event('get', 'system:serviceaccount:shop:web', SHOP, 'nodes', '', 'n1'),
    event('get', 'system:serviceaccount:shop:web', SHOP, 'namespaces', 'shop', 'shop'),
    event('create', 'system:serviceaccount:shop:web', SHOP, 'pods', 'shop', 'web-0', sub='exec'),
    event('create', 'system:serviceaccount:shop:web', SHOP, 'jobs', 'shop', 'j1', group='batch'),
    event('get', 'system:serviceaccount:shop:web', SHOP, '', uri='/metrics?x=1'),
    event('delete', 'system:serviceaccount:shop:web', SHOP, 'secrets', 'shop', 's', code=403),
    event('list', 'system:serviceaccount:shop:web', SHOP, 'secrets', 'shop', stage='RequestReceived'),
    event('get', 'admin', ['system:masters'], 'secrets', 'shop', 's',
          impersonatedUser={'username': 'dora', 'groups': ['developers']}),
]


def question_of(entry):
    """What the authorizer was asked, as attributes."""
    who = entry.get('impersonatedUser', entry['user'])
    asked = {'user': who['username'], 'groups': who['groups'], 'verb': entry['verb']}
    ref = entry.get('objectRef')
    if not ref:
        return asked | {'path': entry['requestURI'].split('?')[0]}
    asked |= {'namespace': ref.get('namespace', ''), 'group': ref.get('apiGroup', ''), 'resource': ref['resource'],
              'subresource': ref.get('subresource', ''), 'name': ref.get('name', '')}
    if asked['verb'] == 'create' and not asked['subresource']:
        asked['name'] = ''
    return asked


def was_allowed(entry):
    decision = entry.get('annotations', {}).get('authorization.k8s.io/decision')
    if entry['stage'] == 'RequestReceived':
        return False
    return decision == 'allow' if decision else entry.get('responseStatus', {}).get('code') not in (401, 403)


def variants(question):
    """Requests near to one that was made: another verb, namespace, resource, subresource."""
    if 'path' in question:
        yield question | {'path': question['path'] + 'x'}
        return
    for verb in ('get', 'list', 'delete', 'patch', 'escalate'):
        yield question | {'verb': verb}
    yield question | {'namespace': 'elsewhere'}
    yield question | {'resource': question['resource'] + 'x'}
    yield question | {'subresource': 'other'}
    yield question | {'group': 'example.com'}


def key(question, names):
    fields = ['verb', 'path'] if 'path' in question else ['verb', 'namespace', 'group', 'resource', 'subresource']
    named = dict(question)
    if named.get('resource') == 'namespaces' and not named.get('group'):
        named['namespace'] = ''
    return tuple(named.get(f, '') for f in fields) + ((question.get('name', ''),) if names else ())


def check_generated(folder, log, user, names):
    file = folder / 'audit.jsonl'
    file.write_text('\n'.join(json.dumps(e) for e in log) + '\n')
    used = [question_of(e) for e in log if was_allowed(e)]
    used = [q for q in used if q['user'] == user]
    text = run('rbac', 'generate', '--subject', f'user:{user}', '--audit-log', file, '-o', 'json', *(['--names'] if names else []))
    made = list(objects(text))
    keys = {key(q, names) for q in used}
    everywhere = {k[:1] + k[2:] for k in keys if len(k) > 2 and k[1] == ''}
    asked = used + [v for q in used[:200] for v in variants(q)]
    for question, answer in zip(asked, ask(folder, made, [review(q) for q in asked])):
        k = key(question, names)
        # What was done in all namespaces at once is allowed in each; without a name, for any.
        wanted = k in keys or (len(k) > 2 and k[:1] + k[2:] in everywhere) or \
            (names and len(k) > 2 and (k[:-1] + ('',) in keys or k[:1] + k[2:-1] + ('',) in everywhere))
        if answer['allowed'] != wanted:
            failed.append(f'generated for {user} (names {names}): {question}: {answer["allowed"]}, wanted {wanted}')
    # Beside these roles nothing is missing.
    roles = folder / 'roles.json'
    roles.write_text('\n'.join(json.dumps(o) for o in made))
    if run('rbac', 'generate', '--subject', f'user:{user}', '--audit-log', file, '--missing', '-f', roles, '-o', 'json').strip():
        failed.append(f'generated for {user}: something is missing beside what was generated')
    # And everything in them was used.
    if run('rbac', 'unused', '--audit-log', file, '-f', roles, '-o', 'json', good=(0,)) and \
            json.loads(run('rbac', 'unused', '--audit-log', file, '-f', roles, '-o', 'json'))['grants']:
        failed.append(f'generated for {user}: has what was not used')


def recorded():
    file = SHARED / 'recordings' / 'audit' / 'audit.ndjson.zst'
    if not file.is_file():
        return []
    text = subprocess.run(['zstd', '-dc', file], capture_output=True).stdout if os.path.exists('/usr/bin/zstd') else b''
    return [json.loads(line) for line in text.splitlines() if line]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_vectors(folder)
        for names in (False, True):
            check_generated(folder, LOG, 'system:serviceaccount:shop:web', names)
            check_generated(folder, LOG, 'dora', names)
        log = recorded()
        users = sorted({e.get('impersonatedUser', e['user'])['username'] for e in log if was_allowed(e)})
        for user in users:
            check_generated(folder, log, user, False)
        print(f'recorded log: {len(users)} users' if log else 'recorded log: skipped, it is not there')
    for line in failed[:40]:
        print(line)
    print(f'{len(failed)} failed')
    return 1 if failed else 0


sys.exit(main())
