A container runtime on a node: what is in force, and a verdict that changes with the setting.

  $ mkdir -p $FOLDER/n/etc/containerd/conf.d $FOLDER/n/etc/containerd/certs.d/r.example
  $ printf 'version = 3\nimports = ["conf.d/*.toml"]\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/containerd/certs.d"\n' > $FOLDER/n/etc/containerd/config.toml
  $ printf 'version = 3\n[grpc]\ntcp_address = "0.0.0.0:1234"\n' > $FOLDER/n/etc/containerd/conf.d/tcp.toml
  $ printf 'server = "http://r.example"\n' > $FOLDER/n/etc/containerd/certs.d/r.example/hosts.toml
  $ printf '7\t1\t0\tcontainerd\t/usr/bin/containerd\t/system.slice/containerd.service\t-\tcontainerd\n' > $FOLDER/p.tsv
  $ bulwark scan --node --root $FOLDER/n --processes $FOLDER/p.tsv --rule BW-RT-003 --rule BW-RT-005 | grep -v 'objects judged'
  ContainerRuntime node/containerd
    CRITICAL  BW-RT-003  Container runtime takes orders from the network without asking who gives them
      /etc/containerd/conf.d/tcp.toml:3:1  listeners[0].address  0.0.0.0:1234 is open without TLS
      fix: Take the address away: the kubelet uses the socket. Where it is needed, ask for certificates of clients: for Docker --tlsverify with --tlscacert, for containerd tcp_tls_ca.
    HIGH      BW-RT-005  Images come from a registry that proves nothing
      /etc/containerd/certs.d/r.example/hosts.toml:1  insecureRegistries[0].name  images of http://r.example: it is asked without encryption
      fix: Give the registry a certificate, and its authority to the runtime: ca in hosts.toml, /etc/containers/certs.d, /etc/docker/certs.d.

  2 failed checks: 1 critical, 1 high, 0 medium, 0 low

  bulwark explain BW-RT-003 tells why a check matters and how to fix it
  $ printf 'version = 3\n[grpc]\ntcp_address = ""\n' > $FOLDER/n/etc/containerd/conf.d/tcp.toml
  $ bulwark scan --node --root $FOLDER/n --processes $FOLDER/p.tsv --rule BW-RT-003 | grep -v 'objects judged'
  No failed checks
  $ printf '[grpc\n' > $FOLDER/n/etc/containerd/conf.d/tcp.toml
  $ bulwark scan --node --root $FOLDER/n --processes $FOLDER/p.tsv --rule BW-RT-012 | grep -v 'objects judged'
  ContainerRuntime node/containerd
    MEDIUM    BW-RT-012  Configuration of the container runtime cannot be read  /etc/containerd/conf.d/tcp.toml:1

  1 failed check: 0 critical, 0 high, 1 medium, 0 low

  bulwark explain BW-RT-012 tells why a check matters and how to fix it
  -o wide shows source lines and fixes for medium and low, too
