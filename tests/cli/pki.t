Certificates of a directory, those that end first on top.

  $ bulwark pki list examples/pki --now 2026-06-01T00:00:00Z
    DAYS  ENDS        ROLE                        KEY        SUBJECT
    -151  2026-01-01  admin-client                EC P-256   O=kubeadm:cluster-admins,CN=kubernetes-admin  (expired)
          issued by CN=kubernetes
          examples/pki/admin.crt
      14  2026-06-15  kubelet-client              EC P-256   O=system:nodes,CN=system:node:cp1  (expires soon)
          issued by CN=kubernetes
          examples/pki/kubelet-client.crt
      30  2026-07-01  serving                     EC P-256   CN=shop.example.org
          issued by CN=kubernetes
          examples/pki/shop-tls.yaml: ConfigMap shop/shop-ca data['tls.crt']
     214  2027-01-01  apiserver-serving           EC P-256   CN=kube-apiserver
          issued by CN=kubernetes
          examples/pki/apiserver.crt
     214  2027-01-01  etcd-server                 EC P-256   CN=cp1
          issued by CN=etcd-ca
          examples/pki/etcd/server.crt
    3136  2035-01-01  cluster-ca                  EC P-256   CN=kubernetes
          examples/pki/ca.crt
    3136  2035-01-01  etcd-ca                     EC P-256   CN=etcd-ca
          examples/pki/etcd/ca.crt

  certificates as of 2026-06-01: 7, with problems: 2, not readable: 0

  $ bulwark pki list examples/pki/ca.crt examples/pki/apiserver.crt --now 2027-01-01T00:00:00Z
    DAYS  ENDS        ROLE                        KEY        SUBJECT
       0  2027-01-01  apiserver-serving           EC P-256   CN=kube-apiserver  (expired)
          issued by CN=kubernetes
          examples/pki/apiserver.crt
    2922  2035-01-01  cluster-ca                  EC P-256   CN=kubernetes
          examples/pki/ca.crt

  certificates as of 2027-01-01: 2, with problems: 1, not readable: 0

What somebody has to look at, and the exit status for monitoring.

  $ bulwark pki check examples/pki --now 2026-06-01T00:00:00Z
    DAYS  ENDS        ROLE                        KEY        SUBJECT
    -151  2026-01-01  admin-client                EC P-256   O=kubeadm:cluster-admins,CN=kubernetes-admin  (expired)
          issued by CN=kubernetes
          examples/pki/admin.crt
      14  2026-06-15  kubelet-client              EC P-256   O=system:nodes,CN=system:node:cp1  (expires soon)
          issued by CN=kubernetes
          examples/pki/kubelet-client.crt

  certificates as of 2026-06-01: 7, with problems: 2, not readable: 0
  [1]

  $ bulwark pki check --days 13 examples/pki/kubelet-client.crt examples/pki/ca.crt --now 2026-06-01T00:00:00Z
  certificates as of 2026-06-01: 2, with problems: 0, not readable: 0

  $ bulwark pki check --days 31 -o csv examples/pki/shop-tls.yaml --now 2026-06-01T00:00:00Z | tr -d '\r'
  daysLeft,notAfter,problems,key,role,subject,issuer,serial,fingerprint,files
  30,"2026-07-01T00:00:00Z","expires soon","EC P-256","serving","CN=shop.example.org","CN=kubernetes","1004","829692550a0a7375e3b822415e1f501bb4370885228635f6441cd135a6cd8984","examples/pki/shop-tls.yaml: ConfigMap shop/shop-ca data['tls.crt']"

  $ bulwark pki check -o json examples/pki/admin.crt --now 2026-06-01T00:00:00Z
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "CertificateReport",
    "time": "2026-06-01T00:00:00Z",
    "summary": {
      "certificates": 1,
      "withProblems": 1,
      "unreadable": 0
    },
    "items": [
      {
        "daysLeft": -151,
        "problems": [
          "expired"
        ],
        "certificate": {
          "apiVersion": "bulwark.dev/v1",
          "kind": "Certificate",
          "metadata": {
            "name": "examples/pki/admin.crt"
          },
          "origin": "file",
          "role": "admin-client",
          "roles": [
            "admin-client"
          ],
          "uses": [
            "client"
          ],
          "files": [
            {
              "path": "examples/pki/admin.crt",
              "position": 0,
              "why": [
                "given"
              ]
            }
          ],
          "inUse": true,
          "rotated": false,
          "subject": "O=kubeadm:cluster-admins,CN=kubernetes-admin",
          "commonName": "kubernetes-admin",
          "organizations": [
            "kubeadm:cluster-admins"
          ],
          "issuer": "CN=kubernetes",
          "serial": "1003",
          "notBefore": "2025-01-01T00:00:00Z",
          "notAfter": "2026-01-01T00:00:00Z",
          "lifetimeHours": 8760,
          "publicKey": {
            "type": "EC",
            "bits": 256,
            "curve": "P-256",
            "encrypted": false,
            "publicKeyHash": "5d226720b620d0af1143d94bcb40813140270ddb052fe01cc6055d48868f66ff"
          },
          "signatureAlgorithm": "ecdsa-with-SHA256",
          "digest": "SHA256",
          "dnsNames": [],
          "ipAddresses": [],
          "uris": [],
          "emailAddresses": [],
          "keyUsage": [
            "digitalSignature"
          ],
          "extendedKeyUsage": [
            "clientAuth"
          ],
          "isCA": false,
          "subjectKeyId": "7396805742f9712ef8f2f978fbcd2cd990927868",
          "authorityKeyId": "1ca02fe170386556f7b744e9e9065e74c4715f01",
          "fingerprint": "507111e6478832c2e8ed0a1027114c0c4c5455d4b2dd0ab84a572d12f4ac7860",
          "selfSigned": false,
          "chain": {
            "issuer": "unknown",
            "verified": false,
            "domain": "cluster"
          },
          "missingNames": [],
          "evidence": {
            "": {
              "type": "file",
              "text": "given",
              "file": "examples/pki/admin.crt",
              "line": 2
            }
          }
        }
      }
    ]
  }
  [1]

  $ bulwark pki check -o yaml examples/pki/ca.crt --now 2026-06-01T00:00:00Z
  apiVersion: bulwark.dev/v1
  kind: CertificateReport
  time: "2026-06-01T00:00:00Z"
  summary:
    certificates: 1
    withProblems: 0
    unreadable: 0
  items: []

What cannot be read.

  $ bulwark pki check README.md examples/nowhere examples/pki/ca.crt --now 2026-06-01T00:00:00Z
  bulwark: README.md: neither certificates in PEM form nor a manifest or kubeconfig
  bulwark: examples/nowhere: does not exist
  certificates as of 2026-06-01: 1, with problems: 0, not readable: 2
  [2]

  $ printf -- '-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n' | bulwark pki check - --now 2026-06-01T00:00:00Z
    DAYS  ENDS        ROLE                        KEY        SUBJECT
       ?  <stdin>: the block is no X.509 certificate

  certificates as of 2026-06-01: 0, with problems: 0, not readable: 1
  [2]

  $ bulwark pki list -o csv - --now 2026-06-01T00:00:00Z </dev/null | tr -d '\r'
  daysLeft,notAfter,problems,key,role,subject,issuer,serial,fingerprint,files

A kubeconfig on standard input.

  $ printf 'apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: "https://a", certificate-authority-data: %s}\n' $(base64 -w0 examples/pki/ca.crt) | bulwark pki list - --now 2026-06-01T00:00:00Z
    DAYS  ENDS        ROLE                        KEY        SUBJECT
    3136  2035-01-01  ca                          EC P-256   CN=kubernetes
          <stdin>: Config kubeconfig#clusters[0].cluster.certificate-authority-data

  certificates as of 2026-06-01: 1, with problems: 0, not readable: 0

Wrong usage.

  $ bulwark pki check
  bulwark: pki check: whose certificates? Give files, directories, a snapshot, or --node (see "bulwark help pki check")
  [2]

  $ bulwark pki check --node examples/pki
  bulwark: pki check: --node and paths do not go together (see "bulwark help pki check")
  [2]

  $ bulwark pki check --days soon examples/pki
  bulwark: pki check: --days takes a number of days, not "soon" (see "bulwark help pki check")
  [2]

  $ bulwark pki check --root / examples/pki
  bulwark: pki check: --root is about a machine: give --node as well (see "bulwark help pki check")
  [2]

  $ bulwark pki list --now tomorrow examples/pki
  bulwark: pki list: --now takes a time such as 2027-01-31T12:00:00Z, not "tomorrow" (see "bulwark help pki list")
  [2]

A node.

  $ bulwark pki list --node --root examples/node/root --now 2026-06-01T00:00:00Z
  certificates as of 2026-06-01: 0, with problems: 0, not readable: 0
