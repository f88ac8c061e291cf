#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Questions to a live cluster are answered as those to its snapshot and to its files, and only what they need is read.
Prints TAP. Usage: verbs_test.py [NAME…]
"""
import pathlib
import re
import sys
import tempfile

from support import BULWARK, OWN, ApiServer, check_no_credential, expect, main, run

CLUSTER = OWN / "cluster.yaml"
RBAC = ("roles", "clusterroles", "rolebindings", "clusterrolebindings")

# verb, arguments, what the answer must say, resources that must not be asked for
ROWS = [
    ("rbac can", ("sa:lab/default", "get", "secrets", "-n", "pay"), "planted-everything", ("secrets", "pods", "configmaps")),
    ("rbac can", ("user:dana", "create", "pods/exec", "-n", "lab"), "deployers", ("secrets", "pods")),
    ("rbac can", ("user:dana", "create", "pods/exec", "-n", "shop"), "", ("secrets", "pods")),
    ("rbac who-can", ("get", "secrets", "-n", "shop"), "support", ("secrets", "pods")),
    ("rbac who-can", ("delete", "nodes"), "planted-everything", ("secrets",)),
    ("rbac what-can", ("user:dana",), "deployments", ("secrets", "pods")),
    ("rbac what-can", ("sa:lab/default",), "planted-everything", ("secrets", "pods")),
    ("rbac paths", (), "dana", ("configmaps",)),
    ("rbac paths", ("--from", "user:dana", "--to", "cluster-admin"), "dana", ("configmaps",)),
    ("net can", ("shop/Deployment/web", "pay/StatefulSet/ledger", "5432"), "ledger", ("secrets", "configmaps", "roles")),
    ("net can", ("lab/planted-open", "pay/StatefulSet/ledger", "5432"), "ledger", ("secrets", "configmaps")),
    ("net can", ("internet", "lab/planted-open", "80"), "", ("secrets", "configmaps")),
    ("net connections", (), "ledger", ("secrets", "configmaps")),
    ("net connections", ("-o", "csv"), "ledger", ("secrets", "configmaps")),
    ("net exposure", (), "planted-open", ("secrets", "configmaps")),
    ("net gaps", (), "lab", ("secrets", "configmaps")),
]


def without_places(text, names):
    """Names of sources, with lines, and the blanks that line up columns."""
    for name in names:
        text = text.replace(name, "SOURCE")
    return re.sub(r" +", " ", re.sub(r"SOURCE(:\d+)?", "SOURCE", text))


def same(a, b, names):
    return without_places(a, names) == without_places(b, names)


def check_row(verb, arguments, says, unwanted):
    with tempfile.TemporaryDirectory() as temp, ApiServer(OWN) as server:
        live = run(BULWARK, *verb.split(), *arguments, "--cluster", "--kubeconfig", server.kubeconfig)
        asked = [r["path"].split("?")[0].rsplit("/", 1)[1] for r in server.requests()]
        check_no_credential(server, live.out, live.err)
        expect(live.status in (0, 1), f"live: {live.status}: {live.err[:300]}")
        expect(not re.search(r"https://127.0.0.1:\d+:\d", live.out), f"a line of a stream that nobody sees: {live.out[:500]}")
        expect(says in live.out, f"the answer does not say {says}: {live.out[:500]}")
        expect(not set(asked) & set(unwanted), f"more was read than is needed: {sorted(set(asked) & set(unwanted))}")
        snapshot = pathlib.Path(temp) / "snapshot.zst"
        taken = run(BULWARK, "collect", "--cluster", "--kubeconfig", server.kubeconfig, "-o", snapshot)
        expect(taken.status == 0, f"collect: {taken.err[:300]}")
        names = (f"https://127.0.0.1:{server.port}", str(snapshot), str(CLUSTER))
        for source in (snapshot, CLUSTER):
            other = run(BULWARK, *verb.split(), *arguments, "-f", source)
            expect(other.status == live.status, f"{source.name}: status {other.status}, live {live.status}: {other.err[:300]}")
            expect(same(other.out, live.out, names), f"{source.name}:\n{other.out[:1500]}\nlive:\n{live.out[:1500]}")


def refused():
    """Without the right to read roles nothing is answered as if there were none."""
    with ApiServer(OWN, script="token planted-admin-token dev\ndeny dev * *.rbac.authorization.k8s.io") as server:
        result = run(BULWARK, "rbac", "can", "user:dana", "create", "pods/exec", "-n", "lab", "--cluster", "--kubeconfig", server.kubeconfig)
        expect(result.status == 2 or "rbac.authorization.k8s.io" in result.err, f"{result.status}: {result.out} {result.err}")
        expect("rbac.authorization.k8s.io" in result.err, f"nothing says that roles could not be read: {result.err}")
    with ApiServer(OWN, script="on /apis/networking.k8s.io/v1/networkpolicies* status 403") as server:
        result = run(BULWARK, "net", "can", "lab/planted-open", "pay/StatefulSet/ledger", "5432", "--cluster", "--kubeconfig", server.kubeconfig)
        expect("networkpolicies" in result.err, f"nothing says that policies could not be read: {result.status}: {result.out} {result.err}")


def role_for_a_scan():
    """The role that "cluster rbac" prints allows all that a scan asks for, and nothing by a wildcard."""
    role = run(BULWARK, "cluster", "rbac", "--kubelets")
    expect(role.status == 0 and "kind: ClusterRole" in role.out, f"{role.status}: {role.err[:300]}")
    expect("*" not in role.out.replace("# ", ""), "the role has a wildcard")
    with ApiServer(OWN) as server:
        run(BULWARK, "scan", "--cluster", "--kubeconfig", server.kubeconfig)
        for request in server.requests():
            parts = request["path"].split("?")[0].strip("/").split("/")
            resource = "nodes/proxy" if "proxy" in parts else parts[-1]
            if len(parts) > 2 and parts[0] in ("api", "apis"):
                expect(resource in role.out, f"a scan reads {request['path']}, which the role does not allow")


def cases():
    for row in ROWS:
        yield " ".join([row[0], *row[1]]), lambda row=row: check_row(*row)
    yield "what may not be read is said", refused
    yield "the role for a scan", role_for_a_scan


if __name__ == "__main__":
    sys.exit(main(list(cases())))
