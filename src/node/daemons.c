/* SPDX-License-Identifier: Apache-2.0 */
#include "node/daemons.h"

const struct bw_daemon bw_daemons[] = {
        {"telnet", BW_DAEMON_CLEARTEXT, "telnetd in.telnetd", "telnet.socket telnetd.service inetutils-telnetd.service"},
        {"rsh and rlogin", BW_DAEMON_CLEARTEXT, "in.rshd in.rlogind in.rexecd rshd rlogind rexecd",
         "rsh.socket rlogin.socket rexec.socket"},
        {"FTP", BW_DAEMON_CLEARTEXT, "vsftpd proftpd pure-ftpd in.ftpd ftpd", "vsftpd.service proftpd.service pure-ftpd.service"},
        {"TFTP", BW_DAEMON_CLEARTEXT, "in.tftpd atftpd tftpd", "tftpd-hpa.service tftp.socket tftp.service atftpd.service"},
        {"NIS", BW_DAEMON_CLEARTEXT, "ypserv ypbind", "ypserv.service ypbind.service nis.service"},
        {"talk", BW_DAEMON_CLEARTEXT, "in.talkd in.ntalkd talkd ntalkd", "ntalk.socket talk.socket"},
        {"inetd", BW_DAEMON_CLEARTEXT, "inetd xinetd inetutils-inetd", "xinetd.service inetd.service openbsd-inetd.service inetutils-inetd.service"},
        {"SNMP", BW_DAEMON_CLEARTEXT, "snmpd snmptrapd", "snmpd.service snmptrapd.service"},
        {"printing", BW_DAEMON_DESKTOP, "cupsd cups-browsed", "cups.service cups.socket cups-browsed.service"},
        {"mDNS", BW_DAEMON_DESKTOP, "avahi-daemon", "avahi-daemon.service avahi-daemon.socket"},
        {"X server", BW_DAEMON_DESKTOP, "Xorg X Xwayland gdm3 gdm lightdm sddm", "gdm.service gdm3.service lightdm.service sddm.service display-manager.service"},
        {"Bluetooth", BW_DAEMON_DESKTOP, "bluetoothd", "bluetooth.service"},
        {"NFS server", BW_DAEMON_SERVER, "rpc.mountd nfsdcld", "nfs-server.service nfs-kernel-server.service"},
        {"SMB", BW_DAEMON_SERVER, "smbd nmbd", "smbd.service nmbd.service smb.service nmb.service samba.service"},
        {"DHCP server", BW_DAEMON_SERVER, "dhcpd kea-dhcp4 kea-dhcp6", "isc-dhcp-server.service dhcpd.service kea-dhcp4-server.service"},
        {"DNS server", BW_DAEMON_SERVER, "named", "named.service bind9.service"},
        {"LDAP server", BW_DAEMON_SERVER, "slapd ns-slapd", "slapd.service"},
        {"IMAP and POP3", BW_DAEMON_SERVER, "dovecot", "dovecot.service"},
        {"web proxy", BW_DAEMON_SERVER, "squid", "squid.service"},
        {"rpcbind", BW_DAEMON_NFS, "rpcbind", "rpcbind.service rpcbind.socket"},
        {"Fluent Bit", BW_DAEMON_LOGGER, "fluent-bit td-agent-bit", "fluent-bit.service td-agent-bit.service"},
        {"Fluentd", BW_DAEMON_LOGGER, "fluentd td-agent", "fluentd.service td-agent.service"},
        {"Vector", BW_DAEMON_LOGGER, "vector", "vector.service"},
        {"Promtail", BW_DAEMON_LOGGER, "promtail", "promtail.service"},
        {"Grafana Alloy", BW_DAEMON_LOGGER, "alloy grafana-agent", "alloy.service grafana-agent.service"},
        {"Beats", BW_DAEMON_LOGGER, "filebeat auditbeat journalbeat elastic-agent", "filebeat.service auditbeat.service elastic-agent.service"},
        {"OpenTelemetry Collector", BW_DAEMON_LOGGER, "otelcol otelcol-contrib", "otelcol.service otelcol-contrib.service"},
        {"CloudWatch agent", BW_DAEMON_LOGGER, "amazon-cloudwatch-agent", "amazon-cloudwatch-agent.service"},
        {"Google Cloud's agent", BW_DAEMON_LOGGER, "google_cloud_ops_agent_engine otelopscol", "google-cloud-ops-agent.service"},
        {"Azure Monitor agent", BW_DAEMON_LOGGER, "mdsd amacoreagent", "azuremonitoragent.service"},
        {"Splunk forwarder", BW_DAEMON_LOGGER, "splunkd", "SplunkForwarder.service"},
        {"Wazuh agent", BW_DAEMON_LOGGER, "wazuh-agentd", "wazuh-agent.service"},
        {"journal upload", BW_DAEMON_LOGGER, "systemd-journal-upload", "systemd-journal-upload.service"},
        {"syslog-ng", BW_DAEMON_NEEDED, "syslog-ng", "syslog-ng.service"},
        {"rsyslog", BW_DAEMON_NEEDED, "rsyslogd", "rsyslog.service"},
        {"auditd", BW_DAEMON_NEEDED, "auditd", "auditd.service"},
        {"journald", BW_DAEMON_NEEDED, "systemd-journald", "systemd-journald.service"},
        {"sshd", BW_DAEMON_NEEDED, "sshd", "ssh.service sshd.service ssh.socket sshd.socket"},
        {"containerd", BW_DAEMON_NEEDED, "containerd", "containerd.service"},
        {"CRI-O", BW_DAEMON_NEEDED, "crio", "crio.service"},
        {"Docker", BW_DAEMON_NEEDED, "dockerd", "docker.service"},
        {"firewalld", BW_DAEMON_NEEDED, "firewalld", "firewalld.service"},
        {"ufw", BW_DAEMON_NEEDED, "", "ufw.service"},
        {"nftables", BW_DAEMON_NEEDED, "", "nftables.service"},
        {"chrony", BW_DAEMON_NEEDED, "chronyd", "chronyd.service chrony.service"},
        {"systemd-timesyncd", BW_DAEMON_NEEDED, "systemd-timesyncd", "systemd-timesyncd.service"},
        {"ntpd", BW_DAEMON_NEEDED, "ntpd openntpd ntp-daemon", "ntpd.service ntp.service ntpsec.service openntpd.service ntpd-rs.service"},
        {"PTP", BW_DAEMON_NEEDED, "phc2sys", "phc2sys.service"},
};
const size_t bw_n_daemons = BW_ARRAY_SIZE(bw_daemons);

const char *bw_daemon_class_text(enum bw_daemon_class daemon_class)
{
        static const char *const texts[] = {
                [BW_DAEMON_CLEARTEXT] = "cleartext", [BW_DAEMON_DESKTOP] = "desktop", [BW_DAEMON_SERVER] = "server",
                [BW_DAEMON_NFS] = "nfs",             [BW_DAEMON_LOGGER] = "logger",   [BW_DAEMON_NEEDED] = "needed",
        };

        return texts[daemon_class];
}

bool bw_daemon_lists(const char *list, struct bw_str word)
{
        struct bw_str rest = bw_str(list);
        struct bw_str item;

        while (word.n && bw_str_split(&rest, ' ', &item))
                if (bw_str_eq(item, word))
                        return true;
        return false;
}

const struct bw_daemon *bw_daemon_of_program(struct bw_str program)
{
        for (size_t i = 0; i < bw_n_daemons; i++)
                if (bw_daemon_lists(bw_daemons[i].programs, program))
                        return &bw_daemons[i];
        return NULL;
}
