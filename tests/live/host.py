#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The assessment of this very machine against real programs: what they do changes, and so must the verdict.

Usage: host.py BULWARK sshd|etcd|nftables|listeners

Each test runs in a network of its own (unshare), writes to a folder of its own, and ends what it started. Exit status 77
says that a program it needs is not here, or that this user may not do it.
"""
import atexit
import ctypes
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SKIP = 77
CLONE_NEWNET = 0x40000000


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def need(program):
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    return found or skip(f"{program} is not installed")


def own_network():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        skip("no network of its own: " + os.strerror(ctypes.get_errno()))
    run([need("ip"), "link", "set", "lo", "up"])


def run(command, **options):
    return subprocess.run(command, check=True, timeout=60, capture_output=True, text=True, **options).stdout


def verdicts(bulwark, rules, *more):
    """{rule: set of verdicts} of a scan of the node."""
    command = [bulwark, "scan", "--node", "--include-passed", "-o", "json", *more]
    for rule in rules:
        command += ["--rule", rule]
    done = subprocess.run(command, timeout=60, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"bulwark scan: {done.stderr}")
    result = {}
    for finding in json.loads(done.stdout)["findings"]:
        result.setdefault(finding["rule"], set()).add(finding["verdict"])
    return result


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got}, not {wanted}")
    print("ok -", what)


def documents(bulwark, folder, *more):
    out = folder / "node.jsonl"
    run([bulwark, "collect", "--node", "-o", str(out), *more])
    return [json.loads(line) for line in out.read_text().splitlines() if line.startswith("{")]


def host(bulwark, folder, *more):
    return next(d for d in documents(bulwark, folder, *more) if d.get("kind") == "Host")


# ---- sshd: what it says of its own configuration is what is read of it

SSHD_CONFIGS = [
    "",
    "PermitRootLogin no\nPermitRootLogin yes\nX11Forwarding=yes\nLoginGraceTime 1m30s\nMaxAuthTries 3\n",
    "Include {root}/etc/ssh/x.d/*.conf\nPasswordAuthentication yes\nLogLevel verbose\nGatewayPorts clientspecified\n",
    "Match all\nPasswordAuthentication no\nMatch User a\nPasswordAuthentication yes\n",
    "Ciphers aes256-ctr,aes128-cbc\nMACs hmac-sha2-256\nStrictModes no\nClientAliveInterval 5m\nPermitTunnel ethernet\n",
    "challengeresponseauthentication no\nUsePAM yes\nHostbasedAuthentication yes # why not\nIgnoreRhosts shosts-only\n",
]
DROP_INS = {"10.conf": "PasswordAuthentication no\nMatch User b\nX11Forwarding yes\n", "20.conf": "MaxAuthTries 2\n"}


def as_sshd_prints(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower()


def test_sshd(bulwark, folder):
    sshd, keygen = need("sshd"), need("ssh-keygen")
    separation = pathlib.Path("/run/sshd")  # of a server that has not been started yet, it is not there
    if not separation.exists():
        try:
            separation.mkdir(mode=0o755)
        except OSError as e:
            skip(f"{separation}: {e.strerror}")
        atexit.register(separation.rmdir)
    key = folder / "key"
    run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
    for number, text in enumerate(SSHD_CONFIGS):
        root = folder / f"root{number}"
        (root / "etc/ssh/x.d").mkdir(parents=True)
        for name, drop_in in DROP_INS.items():
            (root / "etc/ssh/x.d" / name).write_text(drop_in)
        (root / "usr/sbin").mkdir(parents=True)
        (root / "usr/sbin/sshd").write_text("")
        real = root / "real"
        real.write_text(text.format(root=root))
        (root / "etc/ssh/sshd_config").write_text(text.format(root=""))
        done = subprocess.run([sshd, "-T", "-C", "user=root,host=h,addr=192.0.2.1", "-f", str(real), "-h", str(key)],
                              capture_output=True, text=True, timeout=60)
        if done.returncode:
            skip("sshd -T: " + done.stderr.strip())
        said = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
        settings = host(bulwark, folder, "--root", str(root))["ssh"]["settings"]
        compared = 0
        for name, value in settings.items():
            theirs = said.get(name.lower())
            if theirs is None or name in ("Port", "HostKey", "AuthorizedKeysFile", "AuthenticationMethods"):
                continue
            theirs = {"without-password": "prohibit-password"}.get(theirs, theirs)
            compared += 1
            if as_sshd_prints(value) != theirs.lower():
                sys.exit(f"configuration {number}: {name} is {as_sshd_prints(value)}; sshd says {theirs}")
        if compared < 20:
            sys.exit(f"configuration {number}: only {compared} settings were compared")
        print(f"ok - configuration {number}: {compared} settings")


# ---- etcd


def make_certificates(folder):
    openssl = need("openssl")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    run([openssl, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test"], cwd=folder)
    run([openssl, "req", *new, "-keyout", "s.key", "-out", "s.csr", "-subj", "/CN=etcd"], cwd=folder)
    (folder / "ext").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    run([openssl, "x509", "-req", "-in", "s.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "s.crt",
         "-days", "2", "-extfile", "ext"], cwd=folder)


def wait_for_port(port):
    for _ in range(100):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"nothing listens on port {port}")


def with_etcd(folder, arguments, then):
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    command = [need("etcd"), "--name", "t", "--data-dir", str(data), *arguments]
    with open(folder / "etcd.log", "w") as log:
        etcd = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for_port(2379)
        time.sleep(1)  # a leader is elected
        then()
    finally:
        etcd.terminate()
        etcd.wait(20)


def test_etcd(bulwark, folder):
    own_network()
    need("etcd")
    make_certificates(folder)
    rules = ["BW-ET-001", "BW-ET-003", "BW-ET-011", "BW-ET-012", "BW-ET-013", "BW-HO-264", "BW-HO-303"]
    urls = ["--listen-client-urls", "https://{}:2379", "--advertise-client-urls", "https://127.0.0.1:2379",
            "--listen-peer-urls", "https://127.0.0.1:2380", "--initial-advertise-peer-urls", "https://127.0.0.1:2380",
            "--initial-cluster", "t=https://127.0.0.1:2380"]
    files = ["--cert-file", folder / "s.crt", "--key-file", folder / "s.key", "--peer-cert-file", folder / "s.crt",
             "--peer-key-file", folder / "s.key"]
    trust = ["--client-cert-auth", "--peer-client-cert-auth", "--trusted-ca-file", folder / "ca.crt",
             "--peer-trusted-ca-file", folder / "ca.crt"]

    def closed():
        got = verdicts(bulwark, rules, "--probe")
        for rule in rules:
            expect(f"{rule}, certificates demanded", got.get(rule), {"pass"})
        store = next(d for d in documents(bulwark, folder, "--probe") if d.get("kind") == "EtcdStore")
        expect("etcd was asked", (store.get("healthy"), store.get("alarms"), store.get("size", 0) > 0), (True, [], True))

    def open_to_all():
        got = verdicts(bulwark, rules, "--probe")
        expect("BW-ET-011, no certificate demanded", got.get("BW-ET-011"), {"fail", "pass"})
        expect("BW-ET-012, no certificate demanded", got.get("BW-ET-012"), {"fail", "pass"})
        expect("BW-HO-264, every address", got.get("BW-HO-264"), {"fail"})

    def plain():
        got = verdicts(bulwark, rules, "--probe")
        expect("BW-ET-013, no TLS", got.get("BW-ET-013"), {"fail", "pass"})

    with_etcd(folder, [str(a).format("127.0.0.1") for a in urls + files + trust], closed)
    with_etcd(folder, [str(a).format("0.0.0.0") for a in urls + files], open_to_all)
    with_etcd(folder, [str(a).format("127.0.0.1").replace("https", "http") for a in urls], plain)


# ---- nftables

RULESET = """
flush ruleset
table inet host {{
  chain input {{
    type filter hook input priority 0; policy {policy};
    ct state established,related accept
    iif lo accept
    {rules}
  }}
  chain forward {{
    type filter hook forward priority 0; policy accept;
    {forward}
  }}
}}
"""


def test_nftables(bulwark, folder):
    own_network()
    nft = need("nft")
    server = socket.create_server(("0.0.0.0", 22))

    def load(policy, rules="", forward=""):
        try:
            run([nft, "-f", "-"], input=RULESET.format(policy=policy, rules=rules, forward=forward))
        except subprocess.CalledProcessError as e:
            skip("nft: " + e.stderr.strip())
        return host(bulwark, folder)

    firewall = host(bulwark, folder)["firewall"]
    if "filters" not in firewall:
        skip("the firewall cannot be read here")
    expect("no rules", (firewall["filters"], firewall["others"]), (False, "open"))
    expect("BW-HO-271, no rules", verdicts(bulwark, ["BW-HO-271"])["BW-HO-271"], {"fail"})

    document = load("drop", "tcp dport 22 accept", "ip daddr 169.254.169.254 drop")
    expect("policy drop", (document["firewall"]["filters"], document["firewall"]["others"]), (True, "closed"))
    expect("port 22 for all", [p["reach"] for p in document["firewall"]["ports"] if p["port"] == 22], ["open"])
    expect("metadata service dropped", document["metadataService"]["pods"], "closed")
    expect("BW-HO-271, policy drop", verdicts(bulwark, ["BW-HO-271"])["BW-HO-271"], {"pass"})
    expect("BW-HO-275, port 22 for all", verdicts(bulwark, ["BW-HO-275"])["BW-HO-275"], {"fail"})

    document = load("drop", "ip saddr { 10.0.0.0/8, 192.0.2.1 } tcp dport 22 accept")
    expect("port 22 for some", [p["reach"] for p in document["firewall"]["ports"] if p["port"] == 22], ["limited"])
    expect("metadata service open", document["metadataService"]["pods"], "open")
    expect("BW-HO-275, port 22 for some", verdicts(bulwark, ["BW-HO-275"])["BW-HO-275"], {"pass"})
    server.close()


# ---- listening sockets


def test_listeners(bulwark, folder):
    own_network()
    with socket.create_server(("0.0.0.0", 4444)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 5555))
        found = {(s["protocol"], s["port"]): s for s in host(bulwark, folder)["listeners"]}
        expect("both are seen", sorted(found), [("tcp", 4444), ("udp", 5555)])
        mine = found["tcp", 4444]
        expect("where", (mine["address"], mine["everywhere"], mine["loopback"]), ("0.0.0.0", True, False))
        expect("whose", (mine["owned"], mine.get("pid")), (True, os.getpid()))
        expect("BW-HO-265", verdicts(bulwark, ["BW-HO-265"])["BW-HO-265"], {"manual"})
    expect("nobody listens", host(bulwark, folder)["listeners"], [])
    expect("BW-HO-265, nobody", verdicts(bulwark, ["BW-HO-265"])["BW-HO-265"], {"pass"})


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tests = {"sshd": test_sshd, "etcd": test_etcd, "nftables": test_nftables, "listeners": test_listeners}
    with tempfile.TemporaryDirectory() as folder:
        tests[sys.argv[2]](sys.argv[1], pathlib.Path(folder))


if __name__ == "__main__":
    main()
