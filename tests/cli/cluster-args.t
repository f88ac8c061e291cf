Which cluster is asked: what is refused before anybody is asked. No secret of a kubeconfig is told.

  $ bulwark scan --context shop .
  bulwark: --context is about a live cluster: give --cluster as well
  [2]
  $ bulwark scan --cluster --request-timeout 1d
  bulwark: --request-timeout takes a time such as 30s or 2m, at most 24h, not "1d"
  [2]
  $ bulwark scan --cluster --request-timeout 0
  bulwark: --request-timeout takes a time such as 30s or 2m, at most 24h, not "0"
  [2]
  $ bulwark scan --cluster --qps 0
  bulwark: --qps takes a number of requests a second, up to 10000, not "0"
  [2]
  $ bulwark scan --cluster --context ''
  bulwark: --context is empty: give a value, or leave it out
  [2]
  $ KUBECONFIG= HOME=/nonexistent bulwark scan --cluster
  bulwark: nothing says where a cluster is: there is no $KUBECONFIG, no ~/.kube/config, and this is no pod: give --kubeconfig FILE or --server URL
  [2]
  $ KUBECONFIG=/nonexistent/a:/nonexistent/b bulwark scan --cluster
  bulwark: nothing says where a cluster is: of the files that $KUBECONFIG names (/nonexistent/a:/nonexistent/b) none is there, and this is no pod: give --kubeconfig FILE or --server URL
  [2]
  $ bulwark scan --cluster --kubeconfig /nonexistent/config
  bulwark: /nonexistent/config: does not exist
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/broken.yaml
  bulwark: tests/fixtures/kubeconfigs/broken.yaml:4:16: no kubeconfig: did not find expected ',' or ']' while parsing a flow sequence that begins at line 4
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml
  bulwark: tests/fixtures/kubeconfigs/shop.yaml:7:37: user "ann" has the auth-provider "azure"; exec plugins came in place of auth-providers: use kubelogin (kubelogin convert-kubeconfig)
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml --context b
  bulwark: tests/fixtures/kubeconfigs/shop.yaml:8:32: user "bob" has a password: Kubernetes no longer has basic authentication (since 1.19); use a client certificate, a token or an exec plugin, and remove username and password
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml --context c
  bulwark: tests/fixtures/kubeconfigs/shop.yaml:13:32: context "c" names cluster "test", which is not there; there are: shop
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml --context e
  bulwark: context "e" is not in the kubeconfig; there are: a, b, c, d
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml --context d -n Shop
  bulwark: "Shop" is no name of a namespace
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml --context d --insecure-skip-tls-verify --certificate-authority ca.crt
  bulwark: --certificate-authority and --insecure-skip-tls-verify contradict each other: give one
  [2]
  $ bulwark scan --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml --context d --as-group admins
  bulwark: a UID, groups or extra values to act with are given, and no user to act as: give --as USER as well
  [2]
  $ bulwark collect --cluster --kubeconfig tests/fixtures/kubeconfigs/shop.yaml --context d --proxy-url ftp://proxy -o /dev/null
  bulwark: --proxy-url: the URL's scheme is none of https, http, socks5
  [2]
