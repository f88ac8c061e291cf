/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of the Host document: SSH, accounts, sudo, services, listeners, firewall, logs, metadata service. */
#define BW_ALLOW_BANNED
#include "host_tree.h"

#define ROW(pid, uid, name, exe, cgroup, args) pid "\t1\t" uid "\t" name "\t" exe "\t" cgroup "\t-\t" args "\n"
static const char processes[] =
        ROW("1", "0", "systemd", "/usr/lib/systemd/systemd", "/", "/sbin/init")
        ROW("300", "0", "sshd", "/usr/sbin/sshd", "/system.slice/ssh.service",
            "sshd: /usr/sbin/sshd -D -o MaxAuthTries=3 -p 2222 [listener] 0 of 10-100 startups")
        ROW("301", "0", "sshd", "/usr/sbin/sshd", "/system.slice/ssh.service", "sshd: alice [priv]")
        ROW("310", "0", "rpcbind", "/usr/sbin/rpcbind", "/system.slice/rpcbind.service", "/sbin/rpcbind")
        ROW("320", "0", "kubelet", "/usr/bin/kubelet", "/system.slice/kubelet.service", "/usr/bin/kubelet")
        ROW("330", "0", "miner", "/tmp/miner", "/user.slice", "/tmp/miner")
        ROW("340", "0", "exporter", "/bin/exporter", "/kubepods.slice/x", "/bin/exporter")
        ROW("350", "0", "auditd", "/usr/sbin/auditd", "/system.slice/auditd.service", "/sbin/auditd");

static void test_ssh(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_file(&t.temp, "root/etc/ssh/sshd_config",
                  "Include /etc/ssh/sshd_config.d/*.conf\nMaxAuthTries 6\nPermitRootLogin without-password\n"
                  "Ciphers +3des-cbc,aes128-cbc\nLogLevel verbose\nUsePAM yes\nPort 22\nListenAddress 10.0.0.1\n"
                  "Match User git\n  PasswordAuthentication yes\n");
        temp_file(&t.temp, "root/etc/ssh/sshd_config.d/50-cloud.conf", "PasswordAuthentication no\n");
        temp_file(&t.temp, "root/etc/ssh/sshd_config.d/.hidden.conf", "PermitRootLogin yes\n");
        temp_file(&t.temp, "root/etc/passwd",
                  "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/people/alice:/bin/sh\nd:x:2:2:d:/:/usr/sbin/nologin\n");
        temp_file(&t.temp, "root/root/.ssh/authorized_keys",
                  "# a comment\n"
                  "from=\"10.0.0.1,10.0.0.2\",command=\"a \\\"b\\\" c\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA= x\nnonsense\n");
        temp_file(&t.temp, "root/people/alice/.ssh/authorized_keys", "ssh-dss AAAAB3NzaC1kc3MAAAA= alice\n");
        temp_file(&t.temp, "root/etc/ssh/ssh_host_rsa_key", "placeholder\n");
        /* ssh-rsa, exponent 65537, a modulus of 1024 bits whose bytes do not matter. */
        temp_file(&t.temp, "root/etc/ssh/ssh_host_rsa_key.pub",
                  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQD/////////////////////////////////////////////////////////////////////"
                  "////////////////////////////////////////////////////////////////////////////////////////////////////"
                  "/w==\n");
        tree_open(&t, true);
        tree_collect(&t, &bw_section_ssh);
        assert_field(&t, "ssh.installed", "true");
        assert_field(&t, "ssh.running", "true");
        assert_field(&t, "ssh.settings.MaxAuthTries", "3");
        assert_evidence(&t, "ssh.settings.MaxAuthTries", "type", "flag");
        assert_field(&t, "ssh.settings.PermitRootLogin", "\"prohibit-password\"");
        assert_evidence(&t, "ssh.settings.PermitRootLogin", "file", "/etc/ssh/sshd_config");
        assert_field(&t, "ssh.settings.PasswordAuthentication", "false");
        assert_evidence(&t, "ssh.settings.PasswordAuthentication", "file", "/etc/ssh/sshd_config.d/50-cloud.conf");
        assert_field(&t, "ssh.settings.X11Forwarding", "false");
        assert_evidence(&t, "ssh.settings.X11Forwarding", "type", "default");
        assert_field(&t, "ssh.settings.Ciphers", "[\"3des-cbc\",\"aes128-cbc\"]");
        assert_field(&t, "ssh.settings.MACs", "absent");
        assert_field(&t, "ssh.settings.LogLevel", "\"VERBOSE\"");
        assert_field(&t, "ssh.settings.Port", "[\"2222\",\"22\"]");
        assert_field(&t, "ssh.settings.LoginGraceTime", "120");
        assert_field(&t, "ssh.matches", "[{\"criteria\":\"User git\",\"settings\":{\"PasswordAuthentication\":true}}]");
        assert_evidence(&t, "ssh.matches[0].settings.PasswordAuthentication", "text", "PasswordAuthentication yes");
        assert_field(&t, "ssh.authorizedKeys[0]",
                     "{\"user\":\"root\",\"uid\":0,\"key\":{\"type\":\"ssh-ed25519\",\"bits\":256,\"restricted\":true,"
                     "\"authority\":false}}");
        assert_evidence(&t, "ssh.authorizedKeys[0]", "file", "/root/.ssh/authorized_keys");
        assert_field(&t, "ssh.authorizedKeys[1].key.type", "\"ssh-dss\"");
        assert_field(&t, "ssh.authorizedKeys[2]", "absent");
        assert_field(&t, "ssh.hostKeys[0].key.bits", "1024");
        tree_end(&t);
}

static void test_no_ssh(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, NULL);
        tree_open(&t, false);
        tree_collect(&t, &bw_section_ssh);
        assert_field(&t, "ssh.installed", "false");
        assert_field(&t, "ssh.running", "absent");
        assert_evidence(&t, "ssh.settings.PermitRootLogin", "state", "absent");
        tree_end(&t);
}

/* A pipe in the place of the configuration: nothing is claimed, and nothing hangs. */
static void test_ssh_unreadable(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_dir(&t.temp, "root/etc");
        temp_dir(&t.temp, "root/etc/ssh");
        assert_int_equal(mkfifo(temp_path(&t.temp, "root/etc/ssh/sshd_config"), 0600), 0);
        temp_link(&t.temp, "root/etc/shadow", "shadow");
        temp_file(&t.temp, "root/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        tree_open(&t, true);
        tree_collect(&t, &bw_section_ssh);
        assert_evidence(&t, "ssh.settings.PermitRootLogin", "state", "unreadable");
        assert_evidence(&t, "ssh.authorizedKeys", "state", "unreadable");
        tree_collect(&t, &bw_section_accounts);
        assert_evidence(&t, "accounts.passwords", "state", "unreadable");
        tree_end(&t);
}

static void test_accounts(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, NULL);
        temp_file(&t.temp, "root/etc/passwd",
                  "root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n"
                  "game:x:5:60::/people/game:\nbroken\nalice:x:1000:998::/people/alice:/bin/bash\nold::1001:1001::/x:/bin/sh\n");
        temp_file(&t.temp, "root/etc/shadow",
                  "root:$y$j9T$abc$def:1:0:99999:7:::\ntoor:$1$abc$def:1::::::\ndaemon:*:1::::::\ngame::1::::::\n"
                  "alice:!$6$a$b:1::::::\n");
        temp_file(&t.temp, "root/etc/group", "root:x:0:\ndocker:x:998:bob, carol\nlxd:x:99:erin\nusers:x:100:dave\nsudo:x:27:frank\n");
        temp_file(&t.temp, "root/usr/bin/dockerd", "");
        temp_dir(&t.temp, "root/people");
        temp_dir(&t.temp, "root/people/alice");
        tree_open(&t, false);
        tree_collect(&t, &bw_section_accounts);
        assert_field(&t, "accounts.users[1].name", "\"toor\"");
        assert_field(&t, "accounts.users[2].logsIn", "false");
        assert_field(&t, "accounts.users[2].system", "true");
        assert_field(&t, "accounts.users[3].logsIn", "true");
        assert_field(&t, "accounts.users[4].homeMode", "493");
        assert_evidence(&t, "accounts.users[4].shell", "text", "alice, uid 1000, /bin/bash");
        assert_field(&t, "accounts.passwords[0]", "{\"name\":\"old\",\"state\":\"empty\"}");
        assert_field(&t, "accounts.passwords[1]", "{\"name\":\"root\",\"state\":\"set\",\"hash\":\"yescrypt\"}");
        assert_field(&t, "accounts.passwords[2].hash", "\"md5\"");
        assert_field(&t, "accounts.passwords[3].state", "\"locked\"");
        assert_field(&t, "accounts.passwords[4].state", "\"empty\"");
        assert_field(&t, "accounts.passwords[5]", "{\"name\":\"alice\",\"state\":\"locked\"}");
        assert_evidence(&t, "accounts.passwords[2]", "text", "toor: password set");
        assert_field(&t, "accounts.asGoodAsRoot[0].user", "\"bob\"");
        assert_field(&t, "accounts.asGoodAsRoot[2].user", "\"alice\"");
        assert_field(&t, "accounts.asGoodAsRoot[3]", "absent");
        assert_field(&t, "accounts.administrators", "[{\"user\":\"frank\",\"group\":\"sudo\"}]");
        tree_end(&t);
}

static void test_sudo(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, NULL);
        temp_file(&t.temp, "root/etc/sudoers", "Defaults use_pty\nroot ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n");
        temp_file(&t.temp, "root/etc/sudoers.d/90-x", "ops ALL=(ALL) NOPASSWD:ALL\n");
        temp_file(&t.temp, "root/etc/sudoers.d/a.bak", "evil ALL=(ALL) NOPASSWD:ALL\n");
        tree_open(&t, false);
        tree_collect(&t, &bw_section_sudo);
        assert_field(&t, "sudo.installed", "true");
        assert_field(&t, "sudo.defaults", "{\"use_pty\":true}");
        assert_field(&t, "sudo.rules[1].nopasswd", "true");
        assert_field(&t, "sudo.rules[1].asRoot", "true");
        assert_evidence(&t, "sudo.rules[1]", "file", "/etc/sudoers.d/90-x");
        assert_field(&t, "sudo.rules[2]", "absent");
        tree_end(&t);
}

static const char listeners[] = "# protocol, address, port, pid\n"
                                "tcp\t0.0.0.0\t22\t300\ntcp\t::\t10250\t320\ntcp\t127.0.0.1\t10248\t320\n"
                                "tcp\t0.0.0.0\t4444\t330\ntcp\t0.0.0.0\t9100\t340\nudp\t0.0.0.0\t8472\t0\n";

static void test_listeners(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_file(&t.temp, "listeners.tsv", listeners);
        tree_open(&t, true);
        tree_collect(&t, &bw_section_listeners);
        assert_field(&t, "listeners[0].program", "\"sshd\"");
        assert_field(&t, "listeners[0].service", "\"SSH\"");
        assert_field(&t, "listeners[1].exposure", "\"nodes\"");
        assert_field(&t, "listeners[1].everywhere", "true");
        assert_field(&t, "listeners[2].loopback", "true");
        assert_field(&t, "listeners[3].program", "\"miner\"");
        assert_field(&t, "listeners[3].service", "\"\"");
        assert_evidence(&t, "listeners[3]", "text", "miner (pid 330) on 0.0.0.0, tcp port 4444");
        assert_field(&t, "listeners[4].pod", "true");
        assert_field(&t, "listeners[5].owned", "false");
        assert_field(&t, "listeners[5].service", "\"VXLAN of Flannel and Cilium\"");
        tree_end(&t);
}

static void test_listeners_unknown(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        tree_open(&t, true);
        tree_collect(&t, &bw_section_listeners);
        assert_field(&t, "listeners", "[]");
        assert_evidence(&t, "listeners", "state", "absent");
        tree_end(&t);
}

static void test_services(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_dir(&t.temp, "root/etc");
        temp_dir(&t.temp, "root/etc/systemd");
        temp_dir(&t.temp, "root/etc/systemd/system");
        temp_dir(&t.temp, "root/etc/systemd/system/multi-user.target.wants");
        temp_link(&t.temp, "root/etc/systemd/system/multi-user.target.wants/vsftpd.service", "/lib/systemd/system/vsftpd.service");
        tree_open(&t, true);
        tree_collect(&t, &bw_section_services);
        assert_field(&t, "services.enabled", "[\"vsftpd.service\"]");
        assert_field(&t, "services.known[0]",
                     "{\"name\":\"FTP\",\"class\":\"cleartext\",\"running\":false,\"enabled\":true,\"unit\":\"vsftpd.service\"}");
        assert_field(&t, "services.known[1].name", "\"rpcbind\"");
        assert_field(&t, "services.known[1].running", "true");
        tree_end(&t);
}

static const char nft[] =
        "{\"nftables\":[{\"chain\":{\"family\":\"inet\",\"table\":\"f\",\"name\":\"in\",\"type\":\"filter\",\"hook\":\"input\","
        "\"prio\":0,\"policy\":\"drop\"}},{\"rule\":{\"family\":\"inet\",\"table\":\"f\",\"chain\":\"in\",\"expr\":[{\"match\":"
        "{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}},\"right\":22}},{\"accept\":null}]}},"
        "{\"rule\":{\"family\":\"inet\",\"table\":\"f\",\"chain\":\"in\",\"expr\":[{\"match\":{\"op\":\"==\",\"left\":{\"payload\":"
        "{\"protocol\":\"ip\",\"field\":\"saddr\"}},\"right\":{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":8}}}},{\"accept\":null}]}}]}";

static void test_firewall(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_file(&t.temp, "listeners.tsv", listeners);
        temp_file(&t.temp, "nft.json", nft);
        temp_file(&t.temp, "root/etc/ufw/ufw.conf", "# ENABLED=no\nENABLED=yes\n");
        tree_open(&t, true);
        tree_collect(&t, &bw_section_firewall);
        assert_field(&t, "firewall.filters", "true");
        assert_field(&t, "firewall.others", "\"limited\"");
        assert_field(&t, "firewall.managers", "[\"ufw\"]");
        assert_field(&t, "firewall.ports[0].reach", "\"open\"");
        assert_evidence(&t, "firewall.ports[0]", "text", "tcp port 22, SSH: open");
        assert_field(&t, "firewall.ports[1].port", "10250");
        assert_field(&t, "firewall.ports[1].reach", "\"limited\"");
        tree_end(&t);
}

static void test_no_firewall(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_file(&t.temp, "listeners.tsv", listeners);
        temp_file(&t.temp, "nft.json", "{\"nftables\":[]}");
        tree_open(&t, true);
        tree_collect(&t, &bw_section_firewall);
        assert_field(&t, "firewall.filters", "false");
        assert_field(&t, "firewall.others", "\"open\"");
        tree_end(&t);

        tree_begin(&t, NULL);
        tree_open(&t, false);
        tree_collect(&t, &bw_section_firewall);
        assert_field(&t, "firewall.filters", "absent");
        assert_evidence(&t, "firewall.filters", "state", "absent");
        tree_end(&t);
}

static void test_logs(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_file(&t.temp, "root/etc/audit/rules.d/10.rules",
                  "-D\n-w /etc/passwd -p wa -k identity\n-a always,exit -F dir=/etc/kubernetes/ -F perm=wa\n# -w /x\n-e 2\n");
        temp_file(&t.temp, "root/etc/audit/auditd.conf", "max_log_file = 8\nnum_logs=5\nspace_left_action = SYSLOG\n");
        temp_file(&t.temp, "root/etc/systemd/journald.conf", "[Journal]\n#Storage=auto\nStorage=volatile\n");
        temp_file(&t.temp, "root/etc/systemd/journald.conf.d/10.conf", "[Journal]\nStorage=persistent\nForwardToSyslog=no\n");
        temp_file(&t.temp, "root/etc/rsyslog.d/10.conf", "# *.* @old\nmail.* -/var/log/mail\n*.*  @@logs.example:6514\n");
        tree_open(&t, true);
        tree_collect(&t, &bw_section_auditd);
        assert_field(&t, "auditd.installed", "true");
        assert_field(&t, "auditd.running", "true");
        assert_field(&t, "auditd.rules", "2");
        assert_field(&t, "auditd.immutable", "true");
        assert_field(&t, "auditd.watches", "[\"/etc/passwd\",\"/etc/kubernetes\"]");
        assert_field(&t, "auditd.config.num_logs", "\"5\"");
        assert_evidence(&t, "auditd.config.space_left_action", "file", "/etc/audit/auditd.conf");
        tree_collect(&t, &bw_section_journald);
        assert_field(&t, "journald.persistent", "true");
        assert_field(&t, "journald.settings.Storage", "\"persistent\"");
        assert_evidence(&t, "journald.settings.Storage", "file", "/etc/systemd/journald.conf.d/10.conf");
        assert_field(&t, "journald.forwarding", "[\"rsyslog\"]");
        assert_evidence(&t, "journald.forwarding[0]", "file", "/etc/rsyslog.d/10.conf");
        tree_end(&t);
}

static void test_metadata(void **state)
{
        struct tree t;

        (void)state;
        tree_begin(&t, processes);
        temp_file(&t.temp, "root/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
        temp_file(&t.temp, "nft.json",
                  "{\"nftables\":[{\"chain\":{\"family\":\"ip\",\"table\":\"f\",\"name\":\"fw\",\"type\":\"filter\",\"hook\":\"forward\","
                  "\"prio\":0,\"policy\":\"accept\"}},{\"rule\":{\"family\":\"ip\",\"table\":\"f\",\"chain\":\"fw\",\"expr\":[{\"match\":"
                  "{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"ip\",\"field\":\"daddr\"}},\"right\":\"169.254.169.254\"}},"
                  "{\"drop\":null}]}}]}");
        tree_open(&t, true);
        tree_collect(&t, &bw_section_metadataService);
        assert_field(&t, "metadataService.provider", "\"aws\"");
        assert_field(&t, "metadataService.pods", "\"closed\"");
        tree_end(&t);

        tree_begin(&t, NULL);
        tree_open(&t, false);
        tree_collect(&t, &bw_section_metadataService);
        assert_evidence(&t, "metadataService.provider", "state", "absent");
        tree_end(&t);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ssh),       cmocka_unit_test(test_no_ssh),
                cmocka_unit_test(test_ssh_unreadable),
                cmocka_unit_test(test_accounts),  cmocka_unit_test(test_sudo),
                cmocka_unit_test(test_listeners), cmocka_unit_test(test_listeners_unknown),
                cmocka_unit_test(test_services),  cmocka_unit_test(test_firewall),
                cmocka_unit_test(test_no_firewall), cmocka_unit_test(test_logs),
                cmocka_unit_test(test_metadata),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
