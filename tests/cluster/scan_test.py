#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scans and snapshots of live clusters, as whole programs: what is found, what is said of what could not be read, what it costs,
and what never gets out. The servers are tests/support/api_server.h's. Prints TAP. Usage: scan_test.py [NAME…]
"""
import base64
import ctypes
import ctypes.util
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import time

from support import BULWARK, MIB, OWN, RECORDED, SANITIZED, ApiServer, Skipped, check_memory, check_no_credential, expect, main, run

CLIENT = os.environ["KUBE_CLIENT"]
DEV = "token planted-admin-token admin system:masters\ntoken planted-dev-token dev\n"
CASES = []


def case(function):
    CASES.append((function.__name__.replace("_", " "), function))
    return function


def bulwark(server, verb, *options, context="token", **more):
    result = run(BULWARK, *verb.split(), "--cluster", "--kubeconfig", server.kubeconfig, "--context", context, *options, **more)
    check_no_credential(server, result.out, result.err)
    return result


def scan(server, *options, **more):
    result = bulwark(server, "scan", "-o", "json", *options, **more)
    result.report = json.loads(result.out) if result.out else None
    return result


def scan_files(*paths):
    result = run(BULWARK, "scan", "-o", "json", "--include-passed", *paths)
    expect(result.status in (0, 1), result.err[:500])
    return json.loads(result.out)


def verdicts(report, without=()):
    """What was found, without where: {(rule, kind, namespace, name, path, message): verdict}."""
    found = {}
    for f in report["findings"]:
        r = f["resource"]
        if r["kind"] not in without and f["verdict"] != "skip":
            found[f["rule"], r["kind"], r["namespace"], r["name"], f["location"]["path"], f["message"]] = f["verdict"]
    return found


def difference(a, b):
    lines = [f"only in the first: {k} {v}" for k, v in a.items() if b.get(k) != v]
    lines += [f"only in the second: {k} {v}" for k, v in b.items() if a.get(k) != v]
    return "\n".join([f"{len(lines)} differences"] + lines[:10])


def unpack(path):
    """A snapshot's bytes; zstd's library is one that the program itself is built on."""
    data = pathlib.Path(path).read_bytes()
    if not data.startswith(b"\x28\xb5\x2f\xfd"):
        return data
    zstd = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    zstd.ZSTD_createDStream.restype = ctypes.c_void_p

    class Buffer(ctypes.Structure):
        _fields_ = [("p", ctypes.c_void_p), ("size", ctypes.c_size_t), ("pos", ctypes.c_size_t)]

    stream = ctypes.c_void_p(zstd.ZSTD_createDStream())
    room = ctypes.create_string_buffer(MIB)
    held = ctypes.create_string_buffer(data, len(data))
    source = Buffer(ctypes.cast(held, ctypes.c_void_p), len(data), 0)
    parts = []
    while True:
        target = Buffer(ctypes.cast(room, ctypes.c_void_p), MIB, 0)
        left = zstd.ZSTD_decompressStream(stream, ctypes.byref(target), ctypes.byref(source))
        parts.append(room.raw[:target.pos])
        if source.pos == source.size and target.pos < MIB:
            expect(left == 0, "the snapshot's last frame has no end")
            return b"".join(parts)


def kubectl_files(server, folder):
    """What "kubectl get KIND -A -o json" would write, for every kind that can be listed."""
    listing = run(CLIENT, "--raw", server.kubeconfig, "discover").out
    for number, line in enumerate(listing.splitlines()):
        words = line.split()
        if "list" not in words or words[0].split("/")[2] == "events":
            continue
        text = run(CLIENT, "--raw", server.kubeconfig, "list", words[0]).out.rsplit('{"code":', 1)[0]
        if text.strip() and json.loads(text).get("items"):
            (folder / f"{number:03}-{words[1]}.json").write_text(text)


def pods(folder, count):
    """Pods in a folder of a server's, each like no other."""
    with open(folder / "pods.ndjson", "w", encoding="ascii") as out:
        for i in range(count):
            out.write(json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{i:05}", "namespace": "default"},
                                  "spec": {"containers": [{"name": f"c{i}", "image": f"registry.example.com/i:{i}",
                                                           "securityContext": {"privileged": True}}]}}) + "\n")


# ---- the same from everywhere

SERVERS_OWN = ("Cluster", "ClusterCoverage", "KubeletConfiguration")  # what only a live cluster has


def same_from_everywhere(*folders, script=""):
    with tempfile.TemporaryDirectory() as temp, ApiServer(*folders, script=script) as server:
        temp = pathlib.Path(temp)
        live = scan(server, "--include-passed", "--no-fold")
        expect(live.status in (0, 1), live.err[:500])
        taken = bulwark(server, "collect", "-o", temp / "snapshot.zst")
        expect(taken.status == 0, f"collect: {taken.status}: {taken.err[:500]}")
        snapshot = run(BULWARK, "scan", "-o", "json", "--include-passed", "--no-fold", temp / "snapshot.zst")
        a, b = verdicts(live.report), verdicts(json.loads(snapshot.out))
        expect(a == b, "live and snapshot: " + difference(a, b))
        (temp / "files").mkdir()
        kubectl_files(server, temp / "files")
        files = run(BULWARK, "scan", "-o", "json", "--include-passed", "--no-fold", "--kubernetes-version", "1.32", temp / "files")
        a, b = verdicts(live.report, SERVERS_OWN), verdicts(json.loads(files.out), SERVERS_OWN)
        expect(a == b, "live and files: " + difference(a, b))
        expect(len(a) > 100, f"only {len(a)} verdicts")


@case
def the_same_from_a_cluster_its_snapshot_and_its_files():
    same_from_everywhere(OWN)


@case
def the_same_of_a_real_cluster():
    if not RECORDED.is_dir():
        raise Skipped("no recordings of a real server here")
    same_from_everywhere(RECORDED)


@case
def what_is_planted_is_found():
    with ApiServer(OWN) as server:
        result = scan(server)
        found = {(f["rule"], f["resource"]["kind"], f["resource"]["name"]) for f in result.report["findings"]}
        expect(result.status == 1, f"exit status {result.status}")
        for wanted in (("BW-PSS-107", "DaemonSet", "planted-agent"), ("BW-CP-603", "KubeletConfiguration", "worker-1"),
                       ("BW-ADM-001", "ValidatingWebhookConfiguration", "planted-admission")):
            expect(wanted in found, f"{wanted} was not found")
        expect(not any(kind == "KubeletConfiguration" and name == "cp-1" and rule == "BW-CP-603" for rule, kind, name in found), "cp-1's kubelet is well")
        asked = [r["path"] for r in server.requests()]
        expect(not any("fruit.example.com" in path for path in asked), "a kind that no rule is about was asked for")
        expect(all(r["method"] in ("GET", "POST") for r in server.requests()), "something was written")
        expect(all(path.count("proxy/configz") for path in asked if "proxy" in path), f"another proxy path: {asked}")


@case
def kubelets_are_not_asked_when_not_wanted():
    with ApiServer(OWN) as server:
        result = scan(server, "--no-kubelets")
        expect(result.status == 1, f"{result.status}: {result.err[:300]}")
        expect(not any("proxy" in r["path"] for r in server.requests()), "a kubelet was asked")


# ---- what never gets out

SECRETS = re.findall(r"PLANTED[A-Za-z0-9-]*", (OWN / "cluster.yaml").read_text())


def check_clean(text, where):
    if isinstance(text, str):
        text = text.encode()
    expect(b"PLANTED" not in text, f"{where}: a secret value: {text[max(0, text.find(b'PLANTED') - 80):][:200]!r}")
    for secret in SECRETS:
        for shift in range(3):
            packed = base64.b64encode(b"x" * shift + secret.encode())[4:-4]
            expect(packed not in text, f"{where}: {secret} in base64")
    expect(b"planted-managed-field" not in text, f"{where}: managedFields")


@case
def no_secret_in_any_output():
    with tempfile.TemporaryDirectory() as temp, ApiServer(OWN) as server:
        for form in ("text", "wide", "brief", "json", "yaml", "sarif", "junit", "html", "csv", "markdown", "github"):
            result = bulwark(server, "scan", "-o", form, "--include-passed")
            if result.status == 2 and "no format" in result.err + result.out:
                continue
            check_clean(result.out, f"-o {form}")
            check_clean(result.err, f"-o {form}, standard error")
        path = pathlib.Path(temp) / "snapshot.zst"
        expect(bulwark(server, "collect", "-o", path).status == 0, "collect")
        text = unpack(path)
        expect(b"planted-agent" in text, "the snapshot is not what it should be")
        check_clean(text, "the snapshot")
        expect(b"planted-admin-token" not in text, "the snapshot has the token")
        expect(path.stat().st_mode & 0o077 == 0, "others may read the snapshot")


# ---- what could not be read


def coverage(result):
    return [f for f in result.report["findings"] if f["verdict"] in ("skip", "error") and f["resource"]["kind"] in ("Cluster", "ClusterCoverage")]


@case
def refused_lists_are_skips_with_the_rule_that_would_allow_them():
    with ApiServer(OWN, script=DEV + "deny dev * secrets\ndeny dev * roles.rbac.authorization.k8s.io\ndeny dev get nodes/proxy") as server:
        result = scan(server, "--include-passed", context="dev")
        expect(result.status == 1, f"{result.status}: {result.err[:300]}")
        said = json.dumps(result.report["findings"]) + result.err
        for group, resource, verb in (("", "secrets", "list"), ("rbac.authorization.k8s.io", "roles", "list"), ("", "nodes/proxy", "get")):
            wanted = f'{{apiGroups: ["{group}"], resources: ["{resource}"], verbs: ["{verb}"]}}'
            expect(said.count(json.dumps(wanted)[1:-1]) == 1, f"{wanted} is not named once: {said.count(json.dumps(wanted)[1:-1])} times")
        found = verdicts(result.report)
        expect(any(key[1] == "DaemonSet" for key in found), "the rest was not judged")


@case
def kubelets_that_refuse_the_server_itself():
    """No right of ours would help: nothing says so. One that does not answer says nothing of the others."""
    with tempfile.TemporaryDirectory() as temp:
        (pathlib.Path(temp) / "kubelet.headers").write_text("HTTP/1.1 403\ncontent-type: text/plain; charset=utf-8\n")
        (pathlib.Path(temp) / "kubelet.body").write_text("Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=proxy)")
        for nodes, says in (("*", "3 of 3 kubelets"), ("cp-1", "2 of 3 kubelets")):  # worker-2's does not answer
            with ApiServer(OWN, temp, script=f"on /api/v1/nodes/{nodes}/proxy/configz replay kubelet") as server:
                result = scan(server, "--include-passed")
                said = [f["message"] for f in coverage(result) if f["resource"]["name"] == "nodes/proxy"]
                expect(said and says in said[0] and "ClusterRole" not in said[0], f"{nodes}: {said}")
                found = any(f["rule"] == "BW-CP-603" and f["verdict"] == "fail" for f in result.report["findings"])
                expect(found == (nodes != "*"), f"{nodes}: worker-1's kubelet: {found}")


@case
def a_refused_credential():
    with ApiServer(OWN, script="token unknown nobody uses=0") as server:
        result = bulwark(server, "scan")
        expect(result.status == 2 and "401" in result.err and len(result.err.splitlines()) == 1, f"{result.status}: {result.err}")
        expect(not result.out, result.out[:200])


@case
def no_server():
    with ApiServer(OWN) as server:
        (server.folder / "kubeconfig").write_text((server.folder / "kubeconfig").read_text().replace(f":{server.port}", ":1"))
        result = bulwark(server, "scan")
        expect(result.status == 2 and len(result.err.splitlines()) == 1, f"{result.status}: {result.err}")
        expect("127.0.0.1" in result.err, result.err)


@case
def certificates_that_do_not_hold():
    for kind, says in (("expired", "expired"), ("future", "not yet valid"), ("self-signed", "self-signed"), ("other-name", "127.0.0.1"),
                       ("other-ca", "issuer")):
        with ApiServer(OWN, script="certificate " + kind) as server:
            for verb in ("scan", "collect -o /dev/null"):
                result = bulwark(server, verb)
                expect(result.status == 2 and says in result.err and len(result.err.splitlines()) == 1, f"{kind}: {result.status}: {result.err}")
            expect(not server.requests(), "a request was made all the same")


@case
def an_unverified_server_is_a_finding():
    with ApiServer(OWN, script="certificate expired") as server:
        result = scan(server, context="unverified")
        expect(result.status == 1, f"{result.status}: {result.err[:300]}")
        expect(any(f["rule"] == "BW-API-031" and f["verdict"] == "fail" for f in result.report["findings"]), "nothing says so")
    with ApiServer(OWN) as server:
        expect(not any(f["rule"] == "BW-API-031" for f in scan(server).report["findings"]), "a server that was verified is one, too")


@case
def lists_that_fail_leave_the_rest():
    """Whatever one list does, the others are judged, and the report says that something is missing."""
    for action, most in (("status 500", 128), ("cut 300", 128), ("page", 128), ("type text/plain", 128), ("nested 200000", 256), ("drop", 128),
                         ("redirect https://127.0.0.1:{trap}/", 128), ("endless-headers", 128), ("length +50", 128), ("gone final", 128)):
        with ApiServer(OWN, script=f"on /apis/apps/v1/daemonsets* {action}") as server:
            result = scan(server, "--include-passed", "--request-timeout", "2s")
            expect(result.status in (1, 2) and result.report, f"{action}: {result.status}: {result.err[:300]}")
            found = verdicts(result.report)
            expect(any(key[1] == "Pod" for key in found), f"{action}: pods were not judged")
            expect(not any(key[1] == "DaemonSet" for key in found), f"{action}: a part of a list that broke off was judged")
            said = json.dumps(coverage(result)) + result.err
            expect("daemonsets" in said, f"{action}: nothing says that daemonsets are missing: {result.err[:300]}")
            check_memory(result, most * MIB)


@case
def a_list_that_is_broken_once_counts_once():
    with tempfile.TemporaryDirectory() as temp:
        pods(pathlib.Path(temp), 1300)
        for trouble in ("", "on /api/v1/pods*continue=* times=1 cut 100000", "on /api/v1/pods*continue=* times=1 gone",
                        "on /api/v1/pods* times=1 status 504", "on /api/v1/pods* times=2 reset", "on /api/v1/pods*continue=* times=1 length +1000"):
            with ApiServer(OWN, temp, script=trouble) as server:
                result = scan(server, "--rule", "BW-PSS-107", "--no-fold")
                found = [f["resource"]["name"] for f in result.report["findings"] if f["resource"]["kind"] == "Pod" and f["resource"]["name"].startswith("p0")]
                expect(len(found) == 1300 and len(set(found)) == 1300, f"{trouble}: {len(found)} findings of {len(set(found))} pods, not of 1300")
                check_memory(result, 192 * MIB)


@case
def a_list_that_cannot_be_ended_is_kept_as_far_as_it_came():
    """What was listed stays, each object once, and the report says that it is a part."""
    with tempfile.TemporaryDirectory() as temp:
        pods(pathlib.Path(temp), 1300)
        for action, says in (("gone final", "410"), ("cut 100000", "breaks off"), ("status 403", "not allowed"), ("status 500", "500")):
            with ApiServer(OWN, temp, script=f"on /api/v1/pods*continue=* {action}") as server:
                result = scan(server, "--include-passed", "--no-fold")
                found = [f["resource"]["name"] for f in result.report["findings"] if f["rule"] == "BW-PSS-107" and f["resource"]["name"].startswith("p0")]
                expect(len(found) == len(set(found)) == 500, f"{action}: {len(found)} findings of {len(set(found))} pods, not of the first 500")
                said = [f["message"] for f in coverage(result) if f["resource"]["name"] == "pods"]
                expect(said and says in said[0], f"{action}: nothing says that pods are missing: {said}")


@case
def a_busy_server_is_waited_for():
    with ApiServer(OWN, script="on /api/v1/* times=3 status 429 retry-after=1") as server:
        result = scan(server)
        expect(result.status == 1 and any(f["resource"]["name"] == "planted-agent" for f in result.report["findings"]), result.err[:300])
        expect(result.seconds >= 1, "it did not wait")


@case
def old_servers_without_aggregated_discovery():
    """They answer with the plain lists whatever they are asked for."""
    plain = {path: json.dumps(body) for path, body in (
        ("api", {"kind": "APIVersions", "versions": ["v1"]}),
        ("apis", {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}], "preferredVersion": {"groupVersion": "apps/v1", "version": "v1"}},
            {"name": "metrics.example.com", "versions": [{"groupVersion": "metrics.example.com/v1beta1", "version": "v1beta1"}],
             "preferredVersion": {"groupVersion": "metrics.example.com/v1beta1", "version": "v1beta1"}}]}))}
    with tempfile.TemporaryDirectory() as temp:
        for name, text in plain.items():
            (pathlib.Path(temp) / f"old-{name}").write_text(text)
        with ApiServer(OWN, temp, script="on GET /api file old-api application/json\non GET /apis file old-apis application/json") as server:
            result = scan(server)
            names = {f["resource"]["name"] for f in result.report["findings"]}
            expect(result.status == 1 and "planted-agent" in names, f"{result.status}: {result.err[:300]}")
            expect(any(r["path"] == "/apis/apps/v1" for r in server.requests()), "the versions were not asked one by one")


# ---- hostile servers


@case
def endless_answers_end():
    if SANITIZED:
        raise Skipped("hundreds of megabytes take too long with a sanitizer")
    for action in ("endless-list", "bomb 400000000", "endless-line", "endless-pages same"):
        with ApiServer(OWN, script=f"on /apis/apps/v1/daemonsets* {action}") as server:
            result = scan(server)
            expect(result.report and result.status in (1, 2), f"{action}: {result.status}: {result.err[:300]}")
            expect(any(key[1] == "Pod" for key in verdicts(result.report)), f"{action}: pods were not judged")
            check_memory(result, 512 * MIB)


@case
def many_objects():
    n = 5_000 if SANITIZED else 100_000
    with ApiServer(OWN, script=f"on /api/v1/pods* items {n}") as server:
        result = scan(server, "--no-fold", "--rule", "BW-WL-002")
        expect(result.status in (0, 1), f"{result.status}: {result.err[:300]}")
        expect(result.report["summary"]["documents"] >= n, f"{result.report['summary']}")
        check_memory(result, 512 * MIB)


@case
def a_huge_object():
    """64 MiB of one object: more than a document may have. It is named, and its neighbours are judged."""
    with ApiServer(OWN, script="on /api/v1/pods* huge 70000000") as server:
        result = scan(server, "--no-fold")
        names = {f["resource"]["name"] for f in result.report["findings"]}
        expect({"p0", "p1"} <= names, f"its neighbours were not judged: {result.err[:300]}")
        expect(result.status == 2 or "huge" in names, f"nothing was said: {result.status} {result.err[:300]}")
        check_memory(result, 512 * MIB)


@case
def text_from_the_server_is_shown_safely():
    body = json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403, "message": "\x1b]0;title\x07\x1b[31mred\nsecond line\u202e" + "x" * 100000})
    with tempfile.TemporaryDirectory() as temp:
        (pathlib.Path(temp) / "evil.headers").write_text("HTTP/1.1 403\ncontent-type: application/json\n")
        (pathlib.Path(temp) / "evil.body").write_text(body)
        for path in ("/version*", "/api/v1/pods*"):
            with ApiServer(OWN, temp, script=f"on {path} replay evil") as server:
                result = bulwark(server, "scan")
                expect(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", result.err + result.out), f"control characters: {result.err[:300]!r}")
                expect(all(len(line) < 2000 for line in result.err.splitlines()), "a line too long to read")


# ---- the end before the end


def children_of(pid):
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found


def lives(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def interrupted(server, verb, *options, number=signal.SIGINT):
    """The signal comes when the server has been asked for pods, which it does not answer."""
    started = []

    def during(process):
        for _ in range(600):
            if any(r["path"].startswith("/api/v1/pods") for r in server.requests()):
                break
            time.sleep(0.05)
        time.sleep(0.3)
        started.extend(children_of(process.pid))
        process.send_signal(number)

    result = bulwark(server, verb, *options, during=during)
    time.sleep(0.2)
    expect(started, "there was no process of its own that asks the server")
    left = [pid for pid in started if lives(pid)]
    expect(not left, f"a process was left behind: {left}")
    expect(result.seconds < 60, f"{result.seconds} s")
    return result


@case
def interrupted_scans_show_what_they_have():
    with ApiServer(OWN, script="on /api/v1/pods* silent") as server:
        result = interrupted(server, "scan", "-o", "json")
        expect(result.status == 130, f"exit status {result.status}: {result.err[:300]}")
        expect("interrupted" in result.err, result.err[:300])
        names = {f["resource"]["name"] for f in json.loads(result.out)["findings"]}
        expect("planted-agent" in names, "what had been read was not judged")


@case
def interrupted_snapshots():
    with tempfile.TemporaryDirectory() as temp, ApiServer(OWN, script="on /api/v1/pods* silent") as server:
        path = pathlib.Path(temp) / "snapshot.zst"
        result = interrupted(server, "collect", "-o", path)
        expect(result.status == 130, f"exit status {result.status}: {result.err[:300]}")
        if path.exists():
            report = scan_files(path)
            expect(any(f["resource"]["name"] == "planted-agent" for f in report["findings"]), "the snapshot lacks what had been read")


@case
def pages_without_end_can_be_interrupted():
    with ApiServer(OWN, script="on /api/v1/pods* endless-pages") as server:
        result = interrupted(server, "scan", "-o", "json")
        expect(result.status == 130, f"exit status {result.status}: {result.err[:300]}")
        check_memory(result, 256 * MIB)


# ---- who one is

PLUGIN = """#!/bin/sh
echo run >> "$COUNT"
[ -e "$COUNT.fail" ] && { echo "planted failure" >&2; exit 7; }
n=$(wc -l < "$COUNT")
echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "plugin-token-'"$n"'"}}'
"""


def with_plugin(server, folder):
    plugin = folder / "plugin"
    plugin.write_text(PLUGIN)
    plugin.chmod(0o755)
    text = (server.folder / "kubeconfig").read_text()
    text = text.replace("users:\n", f"users:\n- {{name: plugin, user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{plugin}', "
                                    f"interactiveMode: Never, env: [{{name: COUNT, value: '{folder}/count'}}]}}}}}}\n")
    text = text.replace("contexts:\n", "contexts:\n- {name: plugin, context: {cluster: test, user: plugin}}\n")
    (server.folder / "kubeconfig").write_text(text)
    return folder / "count"


@case
def a_credential_plugin():
    """It is run once, and again when its token is refused."""
    with tempfile.TemporaryDirectory() as temp, ApiServer(
            OWN, script=DEV + "token plugin-token-1 plugged system:masters uses=9\ntoken plugin-token-2 plugged system:masters") as server:
        count = with_plugin(server, pathlib.Path(temp))
        result = scan(server, context="plugin")
        expect(result.status == 1 and any(f["resource"]["name"] == "planted-agent" for f in result.report["findings"]), f"{result.status}: {result.err[:300]}")
        expect(count.read_text().count("run") == 2, f"run {count.read_text().count('run')} times, not twice")
        expect("plugin-token" not in result.out + result.err, "the plugin's token is in the output")
        (pathlib.Path(temp) / "count.fail").touch()
        result = bulwark(server, "scan", context="plugin")
        expect(result.status == 2 and "7" in result.err and len(result.err.splitlines()) <= 3, f"{result.status}: {result.err}")


@case
def a_token_file_that_changes():
    """The first token holds for some requests only; by then the file has another."""
    with tempfile.TemporaryDirectory() as temp, ApiServer(
            OWN, script="on /api/v1/nodes* slow 300 100\ntoken first-planted-token one system:masters uses=12\ntoken second-planted-token one system:masters") as server:
        path = pathlib.Path(temp) / "token"
        path.write_text("first-planted-token\n")

        def during(_):
            while len(server.requests()) < 4:
                time.sleep(0.01)
            (pathlib.Path(temp) / "new").write_text("second-planted-token\n")
            (pathlib.Path(temp) / "new").rename(path)

        result = scan(server, "--token-file", path, "--qps", "25", context="anonymous", during=during)
        expect(result.status == 1 and any(f["resource"]["name"] == "planted-agent" for f in result.report["findings"]), f"{result.status}: {result.err[:300]}")
        expect(len([r for r in server.requests() if r["status"] == 401]) <= 4, "it went on with the old token")
        expect("planted-token" not in result.out + result.err, "a token is in the output")


@case
def a_token_that_runs_out():
    """What was read until then is kept; no rule of a role is said to help."""
    with ApiServer(OWN, script="token planted-admin-token one system:masters uses=12") as server:
        result = scan(server, "--include-passed")
        said = [f["message"] for f in coverage(result) if f["resource"]["name"] == "pods"]
        expect(said and "401" in said[0] and "ClusterRole" not in said[0], said)
        expect(any(key[1] == "ClusterRoleBinding" for key in verdicts(result.report)), "what had been read was not judged")


@case
def acting_as_somebody():
    with ApiServer(OWN, script="deny eve * secrets") as server:
        result = scan(server, "--as", "eve", "--as-group", "auditors", "--include-passed")
        expect(result.status == 1, f"{result.status}: {result.err[:300]}")
        expect(all(r["as"] == "eve" and r["asGroups"] == "auditors" for r in server.requests()), "a request was not made as eve")
        expect(any(r["path"].startswith("/api/v1/secrets") and r["status"] == 403 for r in server.requests()), "secrets were not refused")


@case
def the_server_has_the_last_word_on_reviews():
    """--preflight asks what could be read, and reads nothing."""
    with ApiServer(OWN, script=DEV + "deny dev list secrets") as server:
        result = bulwark(server, "scan --preflight", context="dev")
        expect("secrets" in result.out and 'resources: ["secrets"]' in result.out, result.out[-600:])
        expect(not any("/secrets" in r["path"] or "/pods?" in r["path"] for r in server.requests()), "something was listed")


if __name__ == "__main__":
    sys.exit(main(CASES))
