#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The API client against servers that misbehave, one row each: what it says, how often it asked, what it cost, and that no
credential went elsewhere. The client is the program $KUBE_CLIENT. Prints TAP. Usage: client_test.py [NAME…]
"""
import json
import os
import pathlib
import sys
import tempfile

from support import MIB, OWN, RECORDED, ApiServer, Skipped, check_memory, check_no_credential, expect, main, run

CLIENT = os.environ["KUBE_CLIENT"]
PODS = ("list", "/v1/pods")
DEV = "token planted-admin-token admin system:masters\ntoken planted-dev-token dev\n"

# name, script, options, command, what comes of it: fields of the answer; "says": in the message; "requests": how many, or (from, to)
ROWS = [
    ("list", "", (), PODS, {"pages": 1, "requests": 1}),
    ("pages", "", ("--limit", "3"), PODS, {"pages": 3, "requests": 3}),
    ("pages of one", "", ("--limit", "1"), PODS, {"pages": 7}),
    ("metadata only", "", ("--metadata",), ("list", "/v1/secrets"), {"pages": 1}),
    ("a namespace", "", ("--ns", "shop"), PODS, {"pages": 1}),
    ("a group", "", (), ("list", "apps/v1/deployments"), {"pages": 1}),
    ("packed", "on /api/v1/pods* packed", (), PODS, {"pages": 1}),
    ("slow but steady", "on /api/v1/pods* slow 1000 20", (), PODS, {"pages": 1}),
    ("410 with a way on", "on *continue=* times=1 gone", ("--limit", "3"), PODS, {"again": 0, "requests": 4}),
    ("410 without", "on *continue=* times=1 gone final", ("--limit", "3"), PODS, {"again": 1, "requests": 5}),
    ("410 without end", "on *continue=* gone final", ("--limit", "3"), PODS, {"error": "ESTALE", "says": "410 Gone", "requests": (4, 20)}),
    ("401", "on /api/v1/pods* status 401", (), PODS, {"error": "EACCES", "says": "401 Unauthorized", "requests": (1, 2)}),
    ("401 of an unknown token", "token other-token other uses=0", (), PODS, {"error": "EACCES", "says": "401", "requests": (1, 2)}),
    ("403", DEV + "deny dev * pods", ("--context", "dev"), PODS,
     {"error": "EACCES", "says": 'pods is forbidden: User "dev" cannot list resource "pods" in API group "" at the cluster scope', "requests": 1}),
    ("403 of the anonymous", "", ("--context", "anonymous"), PODS, {"error": "EACCES", "says": "system:anonymous", "requests": 1}),
    ("no anonymous", "no-anonymous", ("--context", "anonymous"), PODS, {"error": "EACCES", "says": "401"}),
    ("a client certificate", "no-anonymous", ("--context", "certificate"), PODS, {"pages": 1}),
    ("impersonation", DEV + "deny somebody * pods", ("--as", "somebody"), PODS, {"error": "EACCES", "says": 'User "somebody" cannot list'}),
    ("impersonation refused", DEV + "deny dev impersonate *", ("--context", "dev", "--as", "x"), PODS, {"error": "EACCES", "says": "cannot impersonate"}),
    ("404", "", (), ("list", "/v1/nothings"), {"error": "ENOENT", "says": "404", "requests": 1}),
    ("429 and seconds", "on /api/v1/pods* times=2 status 429 retry-after=1", (), PODS, {"requests": 3, "retries": 2, "least": 2}),
    ("429 and a date", "on /api/v1/pods* times=1 status 429 retry-after=date+2", (), PODS, {"requests": 2, "least": 1}),
    ("429 and nonsense", "on /api/v1/pods* times=1 status 429 retry-after=-soon", (), PODS, {"requests": 2}),
    ("429 always", "on /api/v1/pods* status 429 retry-after=0", ("--tries", "3"), PODS, {"error": "EAGAIN", "says": "429", "requests": 3}),
    ("500 once", "on /api/v1/pods* times=1 status 500", (), PODS, {"pages": 1, "requests": 2}),
    ("500 always", "on /api/v1/pods* status 500", ("--tries", "2"), PODS, {"error": "EAGAIN", "says": "500", "requests": 2}),
    ("503 once", "on /api/v1/pods* times=1 status 503", (), PODS, {"pages": 1, "requests": 2}),
    ("504 asks for less", "on /api/v1/pods?limit=500 status 504", (), PODS, {"pages": 1}),
    ("cut off once", "on /api/v1/pods* times=1 cut 3000", (), PODS, {"pages": 1, "restarts": 1, "requests": 2}),
    ("cut off always", "on /api/v1/pods* cut 3000", ("--tries", "3"), PODS, {"error": "ECONNRESET", "says": "breaks off", "requests": 3}),
    ("cut off before it begins", "on /api/v1/pods* times=1 cut 0", (), PODS, {"pages": 1}),
    ("a length too small", "on /api/v1/pods* length -100", ("--tries", "2"), PODS, {"error": "EPROTO", "requests": (1, 4)}),
    ("a length too large", "on /api/v1/pods* length +100", ("--tries", "2"), PODS, {"error": "ECONNRESET", "requests": (1, 4)}),
    ("dropped once", "on /api/v1/pods* times=1 drop", (), PODS, {"pages": 1, "requests": 2}),
    ("reset once", "on /api/v1/pods* times=1 reset", (), PODS, {"pages": 1, "requests": 2}),
    ("silence", "on /api/v1/pods* silent", ("--timeout", "1", "--tries", "2"), PODS, {"error": "ETIMEDOUT", "requests": (1, 4), "most": 20}),
    ("hangs in the middle", "on /api/v1/pods* hang", ("--timeout", "1", "--tries", "2"), PODS, {"error": "ETIMEDOUT", "requests": (1, 12), "most": 40}),
    ("a page for people", "on /api/v1/pods* page", (), PODS, {"error": "EPROTO", "requests": (1, 4)}),
    ("another type", "on /api/v1/pods* type application/yaml", (), PODS, {"error": "EPROTO", "says": "application/yaml", "requests": (1, 4)}),
    ("redirect", "on /api/v1/pods* redirect https://127.0.0.1:{trap}/api/v1/pods", (), PODS, {"error": "EPROTO", "says": "redirect", "requests": 1}),
    ("redirect without TLS", "on /api/v1/pods* redirect http://127.0.0.1:{trap-http}/api/v1/pods", (), PODS, {"error": "EPROTO", "says": "redirect"}),
    ("redirect to another name", "on /api/v1/pods* redirect https://localhost:{trap}/api/v1/pods", (), PODS, {"error": "EPROTO", "says": "redirect"}),
    ("redirect on the server", "on /api/v1/pods* redirect https://127.0.0.1:{port}/api/v1/nodes", (), PODS, {"error": "EPROTO", "says": "redirect"}),
    ("redirect of a watch", "on /api/v1/pods* redirect https://127.0.0.1:{trap}/", (), ("watch", "/v1/pods", "0", "1"), {"error": "EPROTO", "says": "redirect"}),
    ("endless headers", "on /api/v1/pods* endless-headers", ("--tries", "2"), PODS, {"error": "E2BIG", "requests": (1, 10)}),
    ("an endless header", "on /api/v1/pods* endless-line", ("--tries", "2"), PODS, {"fails": True, "requests": (1, 10)}),
    ("an endless page", "on /api/v1/pods* endless-list", (), PODS, {"error": "E2BIG", "requests": (1, 10)}),
    ("the same page for ever", "on /api/v1/pods* endless-pages same", (), PODS, {"error": "EPROTO", "says": "repeats itself"}),
    ("deep nesting", "on /api/v1/pods* nested 1000000", (), PODS, {"error": "E2BIG", "requests": (1, 10)}),
    ("a huge object", "on /api/v1/pods* huge 70000000", (), PODS, {"pages": 1}),
    ("a page of 300 MiB in one object", "on /api/v1/pods* huge 314572800", (), PODS, {"error": "E2BIG", "requests": (1, 10)}),
    ("a gzip bomb", "on /api/v1/pods* bomb 400000000", (), PODS, {"error": "E2BIG", "requests": (1, 10)}),
    ("discovery", "", (), ("discover",), {"pages": 64, "failed": 1, "requests": 2}),
    ("discovery of old servers", "on /apis header X-Old yes", ("--raw",), ("discover",), {"pages": 64, "failed": 1}),
    ("discovery is no JSON", "on /apis page", (), ("discover",), {"error": "EPROTO"}),
    ("a watch", "", (), ("watch", "/v1/pods", "0", "7"), {"events": 7, "requests": 1}),
    ("a watch that ends", "on *watch=* times=2 cut 0", (), ("watch", "/v1/pods", "0", "7"), {"events": 7}),
    ("a watch that is gone", "on *watch=* gone final", (), ("watch", "/v1/pods", "5", "1"), {"error": "ESTALE"}),
    ("an expired certificate", "certificate expired", (), PODS, {"error": "EKEYREJECTED", "says": "expired", "requests": 1, "served": 0}),
    ("a certificate of tomorrow", "certificate future", (), PODS, {"error": "EKEYREJECTED", "says": "not yet valid", "served": 0}),
    ("a self-signed certificate", "certificate self-signed", (), PODS, {"error": "EKEYREJECTED", "says": "self-signed", "served": 0}),
    ("a certificate for another name", "certificate other-name", (), PODS, {"error": "EKEYREJECTED", "says": "127.0.0.1", "served": 0}),
    ("a certificate of another CA", "certificate other-ca", (), PODS, {"error": "EKEYREJECTED", "served": 0}),
    ("unverified because the kubeconfig says so", "certificate expired", ("--context", "unverified"), PODS, {"pages": 1}),
    ("an answer with the token in it", "on /api/v1/pods* replay echo", (), PODS, {"error": "EACCES", "requests": (1, 2)}),
]

ECHO_HEADERS = "HTTP/1.1 403\ncontent-type: application/json\n"
ECHO_BODY = json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403, "reason": "Forbidden",
                        "message": "you sent Bearer planted-admin-token"})


def compare(answer, key, wanted):
    got = answer[key]
    if isinstance(wanted, tuple):
        expect(wanted[0] <= got <= wanted[1], f"{key}: {got}, not from {wanted[0]} to {wanted[1]}: {answer}")
    else:
        expect(got == wanted, f"{key}: {got}, not {wanted}: {answer}")


def check_row(script, options, command, wanted):
    with tempfile.TemporaryDirectory() as folder, ApiServer(OWN, folder, script=script) as server:
        (pathlib.Path(folder) / "echo.headers").write_text(ECHO_HEADERS)
        (pathlib.Path(folder) / "echo.body").write_text(ECHO_BODY)
        result = run(CLIENT, *options, server.kubeconfig, *command)
        expect(result.out.strip(), f"no answer: status {result.status}, {result.err[-300:]}")
        answer = json.loads(result.out.splitlines()[-1])
        expect(result.status == (1 if "error" in wanted or "fails" in wanted else 0), f"status {result.status}: {answer}")
        for key, value in wanted.items():
            if key == "fails":
                continue
            if key == "says":
                expect(value in answer["message"], f"the message does not say \"{value}\": {answer['message']}")
            elif key == "least":
                expect(result.seconds >= value, f"{result.seconds} s, less than {value}: it did not wait")
            elif key == "most":
                expect(result.seconds <= value, f"{result.seconds} s, more than {value}")
            elif key == "served":
                expect(len(server.requests()) == value, f"{len(server.requests())} requests reached the server")
            else:
                compare(answer, key, value)
        expect(len(answer["message"]) < 1000 and "\n" not in answer["message"], f"a message too long to read: {answer['message']}")
        check_no_credential(server, result.out, result.err)
        check_memory(result, 64 * MIB)


def recorded():
    """A real server's answers: pages of what it had, and its own 410 and 403."""
    if not RECORDED.is_dir():
        raise Skipped("no recordings of a real server here")
    with ApiServer(RECORDED, script="on *continue=* times=1 replay err-410-continue\non /api/v1/secrets* replay err-403-dev") as server:
        plain = json.loads(run(CLIENT, "--limit", "30", server.kubeconfig, *PODS).out)
        expect(plain["code"] == 0 and plain["pages"] > 2, plain)
        refused = json.loads(run(CLIENT, server.kubeconfig, "list", "/v1/secrets").out)
        expect('User "dev-user" cannot list resource "secrets"' in refused["message"], refused)
        found = run(CLIENT, "--raw", server.kubeconfig, "discover")
        expect("broken custom.metrics.k8s.io" in found.out, found.out[-400:])
        expect("longhorn.io/v1beta2/nodes Node namespaced list watch" in found.out, "a kind Node of another group is not there")


def cases():
    for name, script, options, command, wanted in ROWS:
        yield name, lambda row=(script, options, command, wanted): check_row(*row)
    yield "recordings of a real server", recorded


if __name__ == "__main__":
    sys.exit(main(list(cases())))
