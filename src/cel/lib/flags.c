/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command line flags of Kubernetes' components and of etcd, in a list of arguments.
 * Source: github.com/spf13/pflag (flag.go: parseLongArg, NoOptDefVal; string_slice.go), k8s.io/component-base
 * cli/flag (underscores), Go's flag package for etcd. The arguments may begin with the program: what is no flag is
 * passed over. A shell's script (sh -c "exec kube-proxy --v=2") counts as its words.
 */
#include "cel/lib/lib_internal.h"

/*
 * Flags that take no value from the next argument: "--profiling false" leaves profiling on, and "false" is an argument
 * of its own. Source: the components' command line reference; kubelet cmd/kubelet/app/options; etcd
 * server/embed/config.go AddFlags.
 */
static const char *const switches[] = {
        "add-dir-header",
        "allocate-node-cidrs",
        "allow-privileged",
        "also-stdout",
        "alsologtostderr",
        "anonymous-auth",
        "audit-dynamic-configuration",
        "audit-log-batch-throttle-enable",
        "audit-log-compress",
        "audit-log-truncate-enabled",
        "audit-webhook-batch-throttle-enable",
        "audit-webhook-truncate-enabled",
        "authentication-skip-lookup",
        "authentication-token-webhook",
        "authentication-tolerate-lookup-failure",
        "auto-tls",
        "bind-address-hard-fail",
        "cgroups-per-qos",
        "cleanup",
        "cleanup-iptables",
        "client-cert-auth",
        "configure-cloud-routes",
        "containerized",
        "contention-profiling",
        "cpu-cfs-quota",
        "disable-attach-detach-reconcile-sync",
        "disable-force-detach-on-timeout",
        "disable-http2-serving",
        "disable-log-sampling",
        "discovery-insecure-skip-tls-verify",
        "discovery-insecure-transport",
        "emulation-forward-compatible",
        "enable-aggregator-routing",
        "enable-bootstrap-token-auth",
        "enable-controller-attach-detach",
        "enable-debugging-handlers",
        "enable-distributed-tracing",
        "enable-dynamic-provisioning",
        "enable-garbage-collector",
        "enable-grpc-gateway",
        "enable-hostpath-provisioner",
        "enable-leader-migration",
        "enable-log-rotation",
        "enable-logs-handler",
        "enable-pprof",
        "enable-priority-and-fairness",
        "enable-profiling-handler",
        "enable-server",
        "enable-swagger-ui",
        "enable-system-log-handler",
        "enable-taint-manager",
        "enable-v2",
        "encryption-provider-config-automatic-reload",
        "etcd-quorum-read",
        "exit-on-lock-contention",
        "experimental-allocatable-ignore-eviction",
        "experimental-check-node-capabilities-before-mount",
        "experimental-enable-distributed-tracing",
        "experimental-initial-corrupt-check",
        "experimental-kernel-memcg-notification",
        "experimental-memory-mlock",
        "fail-swap-on",
        "force-new-cluster",
        "help",
        "horizontal-pod-autoscaler-use-rest-clients",
        "init-only",
        "initial-election-tick-advance",
        "insecure-skip-tls-verify",
        "iptables-localhost-nodeports",
        "ipvs-strict-arp",
        "keep-terminated-pod-volumes",
        "kernel-memcg-notification",
        "kubelet-https",
        "leader-elect",
        "local-storage-capacity-isolation",
        "logtostderr",
        "make-iptables-util-chains",
        "masquerade-all",
        "memory-mlock",
        "one-output",
        "peer-auto-tls",
        "peer-client-cert-auth",
        "peer-skip-client-san-verification",
        "permit-address-sharing",
        "permit-port-sharing",
        "pre-vote",
        "profiling",
        "protect-kernel-defaults",
        "really-crash-for-testing",
        "redirect-stderr",
        "register-node",
        "register-schedulable",
        "repair-malformed-updates",
        "require-kubeconfig",
        "rotate-certificates",
        "rotate-server-certificates",
        "run-once",
        "runonce",
        "runtime-config-emulation-forward-compatible",
        "seccomp-default",
        "serialize-image-pulls",
        "service-account-extend-token-expiration",
        "service-account-lookup",
        "shutdown-send-retry-after",
        "skip-headers",
        "socket-reuse-address",
        "socket-reuse-port",
        "strict-reconfig-check",
        "unsafe-no-fsync",
        "use-service-account-credentials",
        "version",
        "watch-cache",
        "windows-service",
};

/* The letter at i of a flag's name: an underscore counts as a dash. */
static char letter(struct bw_str name, size_t i)
{
        return name.p[i] == '_' ? '-' : name.p[i];
}

static bool is_named(struct bw_str a, struct bw_str b)
{
        if (a.n != b.n)
                return false;
        for (size_t i = 0; i < a.n; i++)
                if (letter(a, i) != letter(b, i))
                        return false;
        return true;
}

static bool is_switch(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(switches); i++)
                if (is_named(name, bw_str(switches[i])))
                        return true;
        return false;
}

/* "--name=value", "-name=value": true; ret_value.p is NULL when there is no "=". */
static bool read_flag(struct bw_str arg, struct bw_str *ret_name, struct bw_str *ret_value)
{
        const char *equals;

        if (arg.n < 2 || arg.p[0] != '-')
                return false;
        arg = bw_str_rest(arg, arg.p[1] == '-' ? 2 : 1);
        if (arg.n == 0 || arg.p[0] == '-' || arg.p[0] == '=')
                return false;
        equals = memchr(arg.p, '=', arg.n);
        *ret_name = equals ? bw_str_n(arg.p, (size_t)(equals - arg.p)) : arg;
        *ret_value = equals ? bw_str_n(equals + 1, arg.n - ret_name->n - 1) : (struct bw_str){0};
        return true;
}

/* ---- words: the arguments, and the words of a shell's script among them */

struct words {
        struct bw_value args;
        uint32_t i;
        struct bw_str script; /* what is left of it */
        bool in_script;       /* the last word was from there */
};

static struct words words_of(struct bw_value args)
{
        return (struct words){.args = args, .script = BW_STR("")};
}

static struct bw_str text_at(struct bw_value args, uint32_t i)
{
        return i < args.n && args.list->items[i].type == BW_STRING ? bw_lib_text(args.list->items[i]) : BW_STR("");
}

/* "-c", "-ec": what follows is a script. */
static bool begins_script(struct bw_str arg)
{
        return arg.n >= 2 && arg.n <= 5 && arg.p[0] == '-' && arg.p[1] != '-' && arg.p[arg.n - 1] == 'c';
}

/* Blanks, and what ends a command or redirects it. */
static bool is_between(char c)
{
        return c && strchr(" \t\r\n;&|()<>", c);
}

static bool next_of_script(struct bw_str *script, struct bw_str *ret_word)
{
        char quote = 0;
        size_t n = 0;

        while (script->n > 0 && (is_between(script->p[0]) || script->p[0] == '\\'))
                *script = bw_str_rest(*script, 1);
        for (; n < script->n && (quote || !is_between(script->p[n])); n++) {
                char c = script->p[n];

                if (quote ? c == quote : c == '"' || c == '\'')
                        quote = quote ? 0 : c;
        }
        *ret_word = bw_str_n(script->p, n);
        *script = bw_str_rest(*script, n);
        return n > 0;
}

static bool next_word(struct words *words, struct bw_str *ret_word)
{
        for (;;) {
                struct bw_str arg;

                words->in_script = next_of_script(&words->script, ret_word);
                if (words->in_script)
                        return true;
                if (words->i >= words->args.n)
                        return false;
                arg = text_at(words->args, words->i++);
                if (words->i < 2 || !begins_script(text_at(words->args, words->i - 2)) || !memchr(arg.p, ' ', arg.n)) {
                        *ret_word = arg;
                        return true;
                }
                words->script = arg;
        }
}

/* "value", 'value' of a script. */
static struct bw_str without_quotes(struct bw_str s)
{
        if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
                return bw_str_n(s.p + 1, s.n - 2);
        return s;
}

/* The next occurrence of the flag. */
static bool next(struct words *words, struct bw_str name, struct bw_str *ret_value)
{
        struct bw_str word;

        while (next_word(words, &word)) {
                struct words ahead = *words;
                struct bw_str found;
                struct bw_str value;

                if (!read_flag(word, &found, &value))
                        continue;
                /* A flag without its value cannot be told from a switch that is not known here. */
                if (!value.p && !is_switch(found) && next_word(&ahead, &word) &&
                    (word.n <= 1 || word.p[0] != '-')) {
                        value = word;
                        *words = ahead;
                }
                if (!is_named(found, name))
                        continue;
                *ret_value = value.p ? value : BW_STR("true");
                if (words->in_script)
                        *ret_value = without_quotes(*ret_value);
                return true;
        }
        return false;
}

/* Arguments are a list; null is none. */
static bool are_arguments(struct bw_value v)
{
        return v.type == BW_LIST || v.type == BW_NULL;
}

static struct bw_value flag(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str value = BW_STR("");
        struct words words = words_of(args[0]);

        (void)call;
        (void)n;
        if (!are_arguments(args[0]))
                return bw_cel_no_overload();
        while (args[0].type == BW_LIST && next(&words, bw_lib_text(args[1]), &value))
                ;
        return bw_value_str(value);
}

static struct bw_value has_flag(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct words words = words_of(args[0]);
        struct bw_str value;

        (void)call;
        (void)n;
        if (!are_arguments(args[0]))
                return bw_cel_no_overload();
        return bw_value_bool(args[0].type == BW_LIST && next(&words, bw_lib_text(args[1]), &value));
}

/* The parts of all occurrences; items: NULL to count them. */
static size_t split_values(struct bw_value args, struct bw_str name, struct bw_value *items)
{
        struct words words = words_of(args);
        struct bw_str value;
        size_t n = 0;

        while (next(&words, name, &value)) {
                struct bw_str part;

                while (value.n > 0 && bw_str_split(&value, ',', &part)) {
                        if (items)
                                items[n] = bw_value_str(part);
                        n++;
                }
        }
        return n;
}

static struct bw_value flag_values(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_list *list;
        struct bw_value v;

        (void)n;
        if (!are_arguments(args[0]))
                return bw_cel_no_overload();
        if (args[0].type == BW_NULL)
                return bw_value_list(NULL, 0);
        v = bw_lib_list(call, split_values(args[0], bw_lib_text(args[1]), NULL), &list);
        if (v.type != BW_ERROR)
                (void)split_values(args[0], bw_lib_text(args[1]), list->items);
        return v;
}

static const struct bw_cel_overload flag_overloads[] = {
        {"flag_list_string", "flag(dyn, string) -> string", flag, bw_lib_cost_traverse},
};
static const struct bw_cel_overload has_flag_overloads[] = {
        {"has_flag_list_string", "hasFlag(dyn, string) -> bool", has_flag, bw_lib_cost_traverse},
};
static const struct bw_cel_overload flag_values_overloads[] = {
        {"flag_values_list_string", "flagValues(dyn, string) -> list(string)", flag_values, bw_lib_cost_traverse},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("flag", flag_overloads,
                        "The last value of a component's flag in a list of arguments; empty when it is not set, \"true\" "
                        "when it stands without a value."),
        BW_LIB_FUNCTION("hasFlag", has_flag_overloads, "True if a list of arguments sets the flag."),
        BW_LIB_FUNCTION("flagValues", flag_values_overloads,
                        "The values of all occurrences of a flag, split at commas."),
};

const struct bw_cel_library bw_cel_lib_flags = {
        .name = "flags",
        .flag = BW_CEL_LIB_BULWARK,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
