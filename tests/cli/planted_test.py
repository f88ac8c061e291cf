#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A generated cluster with planted facts: a scan counts each exactly, folded and not; net and rbac answer as planted.

Usage: planted_test.py [SCALE]. Skipped where the generator is not there.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

BULWARK = os.environ['BULWARK']
GENERATOR = pathlib.Path(os.environ.get('SHARED', '/nowhere')) / 'bench/gen_cluster.py'
SCALE = sys.argv[1] if len(sys.argv) > 1 else '0.01'
NET_SAMPLES = 40
ASKED = ['BW-NET-017', 'BW-SA-009', 'BW-API-033']  # two that only run when asked for; one about a live cluster
failed = []


class Fact:
    """Rules that state a fact: all of an object's findings, or those with this text in path or message.

    less and more: of whom the rules rightly say nothing, or say it for another reason. Both are given (object, pod spec).
    """
    def __init__(self, *rules, path='', message='', less=None, more=None):
        self.rules, self.path, self.message, self.less, self.more = rules, path, message, less, more

    def states(self, finding):
        return (finding['rule'] in self.rules and self.path in finding['location']['path']
                and self.message in finding['message'])


NO_RULE = None


def first_container_runs_to_its_end(cluster, document, spec):
    return 'livenessProbe' not in spec['containers'][0] and spec['restartPolicy'] != 'Always'


def port_by_host_network(cluster, document, spec):
    """The API server makes these ports the host's own, of pods but not of templates."""
    every = spec['containers'] + spec.get('initContainers', [])
    ports = [port for container in every for port in container.get('ports', [])]
    return (document['kind'] == 'Pod' and spec.get('hostNetwork') is True and ports != []
            and not any(port.get('hostPort') for port in ports))


def account_keeps_its_token(cluster, document, spec):
    return ('automountServiceAccountToken' not in spec
            and (document['metadata']['namespace'], spec['serviceAccountName']) in cluster.silent_accounts)


# What is planted in pods and in what makes them: "KINDs with FACT", "pods with FACT".
POD_FACTS = {
    'a privileged container': Fact('BW-PSS-107'),
    'hostNetwork': Fact('BW-PSS-103', path='hostNetwork'),
    'hostPID': Fact('BW-PSS-103', path='hostPID'),
    'a hostPath volume': Fact('BW-PSS-104'),
    'the docker socket': Fact('BW-WL-006'),
    'a hostPort': Fact('BW-PSS-105', path='containers[0].ports[0]', more=port_by_host_network),
    'a container whose effective runAsUser is 0': Fact('BW-PSS-206'),
    'a container without allowPrivilegeEscalation false': Fact('BW-PSS-201'),
    'a container that adds SYS_ADMIN': Fact('BW-PSS-102', message='"SYS_ADMIN"'),
    'a container that does not drop ALL': Fact('BW-PSS-202', message='does not drop all'),
    'a container without readOnlyRootFilesystem true': Fact('BW-WL-005'),
    'an image of tag latest or none, without digest': Fact('BW-WL-001'),
    'a container (init aside) without a memory limit': Fact('BW-WL-002', path='.containers['),
    'a first container without livenessProbe':
        Fact('BW-WL-050', path='.containers[0].', less=first_container_runs_to_its_end),
    'a literal value in an env var named like a password': Fact('BW-WL-007'),
    'automountServiceAccountToken not false in the pod spec': Fact('BW-SA-009', less=account_keeps_its_token),
    'a pod-level seccomp profile Unconfined': Fact('BW-PSS-110', message='pod sets'),
    'no seccomp profile at pod level': Fact('BW-PSS-207', message='has no seccomp profile'),
    'an init container': NO_RULE,
}
MAKERS = {'Deployments': 'Deployment', 'StatefulSets': 'StatefulSet', 'DaemonSets': 'DaemonSet', 'Jobs': 'Job',
          'CronJobs': 'CronJob', 'Pods': 'Pod'}  # the last: pods of nobody

GRANTS_ALL = ('BW-RBAC-001',)
WILDCARDS = ('BW-RBAC-001', 'BW-RBAC-003', 'BW-RBAC-004', 'BW-RBAC-005', 'BW-RBAC-052')
RAISES = ('BW-RBAC-008', 'BW-RBAC-009', 'BW-RBAC-010')
EVERYBODY = ('BW-RBAC-002', 'BW-RBAC-038')


def made_by_kubernetes(cluster, document, spec):
    return document['metadata']['name'] in ('kube-system', 'kube-public', 'kube-node-lease')


# What is planted in other objects, one row a fact: the kind of the object and what states it.
FACTS = {
    'namespaces without pod-security enforce label': ('Namespace', Fact('BW-NS-001', less=made_by_kubernetes)),
    'namespaces without a networkpolicy': NO_RULE,  # BW-NET-072 asks for more: a policy that isolates all pods
    'nodes on an old kubelet (v1.24)': ('Node', Fact('BW-API-033')),
    'services of type ClusterIP': NO_RULE,
    'services of type Headless': NO_RULE,
    'services of type NodePort': ('Service', Fact('BW-NET-019')),
    'services of type LoadBalancer': ('Service', Fact('BW-NET-016', 'BW-NET-017')),
    'services that select no pod': ('Service', Fact('BW-NET-040')),
    'services with externalIPs': ('Service', Fact('BW-NET-001')),
    'configmaps with a password-like key': ('ConfigMap', Fact('BW-SEC-003')),
    'secrets of type Opaque': NO_RULE,
    'secrets of type kubernetes.io/tls': NO_RULE,
    'secrets of type kubernetes.io/dockerconfigjson': NO_RULE,
    'secrets of type kubernetes.io/service-account-token': ('Secret', Fact('BW-SEC-011')),
    'serviceaccounts with automount off': NO_RULE,
    'clusterroles that allow everything': ('ClusterRole', Fact(*GRANTS_ALL)),
    'roles that allow everything': ('Role', Fact(*GRANTS_ALL)),
    'clusterroles with a wildcard in resources or verbs': ('ClusterRole', Fact(*WILDCARDS)),
    'roles with a wildcard in resources or verbs': ('Role', Fact(*WILDCARDS)),
    'clusterroles that read all secrets of their scope': ('ClusterRole', Fact('BW-RBAC-011', 'BW-RBAC-004', *GRANTS_ALL)),
    'roles that read all secrets of their scope': ('Role', Fact('BW-RBAC-012', 'BW-RBAC-004', *GRANTS_ALL)),
    'clusterroles with escalate, bind or impersonate': ('ClusterRole', Fact(*RAISES)),
    'roles with escalate, bind or impersonate': ('Role', Fact(*RAISES)),
    'clusterrolebindings to cluster-admin': ('ClusterRoleBinding', Fact('BW-RBAC-036')),
    'rolebindings to cluster-admin': ('RoleBinding', Fact('BW-RBAC-037')),
    'clusterrolebindings that name system:authenticated or system:unauthenticated':
        ('ClusterRoleBinding', Fact(*EVERYBODY, message='authenticated')),
    'rolebindings that name system:authenticated or system:unauthenticated':
        ('RoleBinding', Fact(*EVERYBODY, message='authenticated')),
    'rolebindings to a role that is not there': ('RoleBinding', Fact('BW-RBAC-042')),
    'networkpolicies: default deny ingress': NO_RULE,
    'networkpolicies: default deny both': NO_RULE,
    'networkpolicies: allow all ingress': ('NetworkPolicy', Fact('BW-NET-003')),
    'networkpolicies: allow some ingress': NO_RULE,
    'networkpolicies: allow some egress': NO_RULE,
    'networkpolicies: allow a range': NO_RULE,
    'ingresses without tls': ('Ingress', Fact('BW-NET-002')),
    'ingresses with a wildcard host': ('Ingress', Fact('BW-NET-028')),
    'ingresses with a configuration snippet': ('Ingress', Fact('BW-NET-032')),
    'persistentvolumes of hostPath': ('PersistentVolume', Fact('BW-WL-101')),
    'poddisruptionbudgets that allow no disruption': ('PodDisruptionBudget', Fact('BW-WL-069')),
    'validatingwebhookconfigurations with failurePolicy Ignore': ('ValidatingWebhookConfiguration', Fact('BW-ADM-001')),
    'mutatingwebhookconfigurations with failurePolicy Ignore': ('MutatingWebhookConfiguration', Fact('BW-ADM-002')),
    # Those that are ignored when they do not answer hold nothing up: BW-ADM-003 is about the others.
    'validatingwebhookconfigurations over every resource':
        ('ValidatingWebhookConfiguration', Fact('BW-ADM-003', less=lambda cluster, o, spec: wide(o) and ignored(o))),
    'mutatingwebhookconfigurations over every resource':
        ('MutatingWebhookConfiguration', Fact('BW-ADM-003', less=lambda cluster, o, spec: wide(o) and ignored(o))),
    'pods': NO_RULE,        # the dump's size
    'containers': NO_RULE,
}


def wide(configuration):
    return any('*' in rule['resources'] for hook in configuration['webhooks'] for rule in hook['rules'])


def ignored(configuration):
    return all(hook['failurePolicy'] == 'Ignore' for hook in configuration['webhooks'])


def pod_spec(document):
    spec = document.get('spec') or {}
    if document['kind'] == 'Pod':
        return spec
    spec = spec.get('jobTemplate', {}).get('spec', spec)
    return spec.get('template', {}).get('spec')


def identity(resource):
    return resource['kind'], resource.get('namespace') or '', resource['name']


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        self.files = sorted(f for f in folder.glob('*.ndjson') if not f.name.startswith('truth-'))
        self.truth = json.loads((folder / 'truth.json').read_text())
        self.documents = collections.defaultdict(list)
        for file in self.files:
            with open(file, encoding='utf-8') as lines:
                for line in lines:
                    document = json.loads(line)
                    self.documents[document['kind']].append(document)
        self.bare = {identity({'kind': 'Pod', **pod['metadata']}) for pod in self.documents['Pod']
                     if 'ownerReferences' not in pod['metadata']}
        self.silent_accounts = {(a['metadata']['namespace'], a['metadata']['name']) for a in self.documents['ServiceAccount']
                                if a.get('automountServiceAccountToken') is False}
        # The version that kubelets are held against: only a live cluster tells it.
        self.version = folder / 'cluster.json'
        self.version.write_text(json.dumps({'apiVersion': 'bulwark.dev/v1', 'kind': 'Cluster', 'metadata': {'name': 'made'},
                                            'kubernetesMinor': '32'}))

    def differing(self, fact, documents):
        """How many more objects than the planted ones the fact's rules have to name."""
        def count(test):
            return sum(test(self, d, pod_spec(d)) for d in documents) if test else 0
        return count(fact.more) - count(fact.less)


def run(*args, stdin=None, good=(0,)):
    done = subprocess.run([BULWARK, *map(str, args)], input=stdin, capture_output=True, text=True, timeout=600)
    if done.returncode not in good:
        sys.exit(f'{" ".join(map(str, args))[:300]}: status {done.returncode}: {done.stderr.strip()[:500]}')
    return done.stdout


def scan(cluster, *flags):
    asked = [flag for rule in ASKED for flag in ('--rule', rule)]
    main = json.loads(run('scan', '-o', 'json', *flags, *cluster.files, good=(0, 1)))
    more = json.loads(run('scan', '-o', 'json', *asked, *flags, cluster.version, *cluster.files, good=(0, 1)))
    summary = main['summary']
    expect('documents', summary['documents'], cluster.truth['objects'])
    expect('errors and skips', (summary['error'], summary['skip']), (0, 0))
    return [f for f in main['findings'] + more['findings'] if f['verdict'] == 'fail']


def expect(what, value, wanted):
    if value != wanted:
        failed.append(f'{what}: {value}, not {wanted}')


def pods_of(finding):
    """How many pods a finding stands for."""
    return finding.get('objects', {}).get('pods', 1 if finding['resource']['kind'] == 'Pod' else 0)


def check_pod_fact(cluster, mode, name, fact, findings):
    """Pods of one maker are alike: two findings of one object are about the same pods."""
    named = {}
    for finding in findings:
        at = identity(finding['resource'])
        named[at] = max(named.get(at, 0), pods_of(finding))
    planted = cluster.truth['planted']
    for plural, kind in MAKERS.items():
        objects = {at for at in named if at[0] == kind and (kind != 'Pod' or at in cluster.bare)}
        documents = [d for d in cluster.documents[kind]
                     if kind != 'Pod' or identity({'kind': 'Pod', **d['metadata']}) in cluster.bare]
        expect(f'{mode}: {plural} with {name}', len(objects),
               planted.get(f'{plural} with {name}', 0) + cluster.differing(fact, documents))
    wanted = planted.get(f'pods with {name}', 0) + cluster.differing(fact, cluster.documents['Pod'])
    expect(f'{mode}: pods with {name}', sum(named.values()), wanted)


def check_findings(cluster, mode, findings):
    by_rule = collections.defaultdict(list)
    for finding in findings:
        by_rule[finding['rule']].append(finding)
    def of(fact):
        return [f for rule in fact.rules for f in by_rule[rule] if fact.states(f)]
    for name, fact in POD_FACTS.items():
        if fact is not NO_RULE:
            check_pod_fact(cluster, mode, name, fact, of(fact))
    for name, row in FACTS.items():
        if row is NO_RULE:
            continue
        kind, fact = row
        objects = {identity(f['resource']) for f in of(fact) if f['resource']['kind'] == kind}
        wanted = cluster.truth['planted'].get(name, 0) + cluster.differing(fact, cluster.documents[kind])
        expect(f'{mode}: {name}', len(objects), wanted)


def check_table(cluster):
    """Every planted fact has a row, if only one that says that no rule states it."""
    known = set(FACTS) | {f'{kind} with {fact}' for kind in [*MAKERS, 'pods'] for fact in POD_FACTS}
    for name in cluster.truth['planted']:
        if name not in known:
            failed.append(f'no row for what is planted: {name}')


def check_net(cluster):
    lines = [json.loads(line) for line in (cluster.folder / 'truth-netpol.ndjson').read_text().splitlines()]
    groups = collections.defaultdict(list)
    for line in lines:
        groups[line['allowed'], '/' in line['from']].append(line)
    # Of each sort alike, spread over the file.
    sample = [line for group in groups.values() for line in group[::max(1, len(group) * len(groups) // NET_SAMPLES)]]
    inputs = [flag for kind in ('namespaces', 'networkpolicies', 'pods') for flag in ('-f', cluster.folder / f'{kind}.ndjson')]
    for line in sample:
        answer = json.loads(run('net', 'can', *inputs, '-o', 'json', line['from'], line['to'],
                                f'{line["port"]}/{line["protocol"]}', good=(0, 1)))
        expect(f'net can {line}', answer['answer'], 'yes' if line['allowed'] else 'no')
    return len(sample)


def objects(text):
    decoder = json.JSONDecoder()
    at = 0
    text = text.strip()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        while at < len(text) and text[at].isspace():
            at += 1


def check_rbac(cluster):
    lines = [json.loads(line) for line in (cluster.folder / 'truth-rbac.ndjson').read_text().splitlines()]
    questions = []
    for line in lines:
        resource, _, subresource = line['resource'].partition('/')
        questions.append({'user': line['subject'], 'groups': line['groups'], 'verb': line['verb'], 'group': line['group'],
                          'resource': resource, 'subresource': subresource, 'namespace': line['namespace'], 'name': line['name']})
    inputs = [flag for kind in ('clusterroles', 'clusterrolebindings', 'roles', 'rolebindings')
              for flag in ('-f', cluster.folder / f'{kind}.ndjson')]
    text = run('rbac', 'review', '--requests', '-', *inputs, '-o', 'json', stdin='\n'.join(map(json.dumps, questions)))
    answers = [answer.get('status', answer) for answer in objects(text)]
    expect('answers of rbac review', len(answers), len(lines))
    for line, answer in zip(lines, answers):
        expect(f'rbac review {line}', answer['allowed'], line['allowed'])
    return len(lines)


def main():
    if not GENERATOR.exists():
        print('skipped: the generator of clusters is not there')
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix='bulwark-planted-') as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.executable, GENERATOR, '--out', folder, '--scale', SCALE, '--format', 'ndjson'], check=True,
                       stdout=subprocess.DEVNULL)
        cluster = Cluster(folder)
        check_table(cluster)
        check_findings(cluster, 'not folded', scan(cluster, '--no-fold'))
        check_findings(cluster, 'folded', scan(cluster))
        net, rbac = check_net(cluster), check_rbac(cluster)
        print(f'planted: {len(cluster.truth["planted"])} numbers; net: {net} answers; rbac: {rbac} answers')
    for line in failed[:40]:
        print('not ok:', line)
    print(f'{len(failed)} differences')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
