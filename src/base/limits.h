/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits: every limit on input and effort, named once. Tests of a limit stand with those of the code that keeps it.
 */
#ifndef BW_BASE_LIMITS_H
#define BW_BASE_LIMITS_H

#define BW_MIB ((size_t)1 << 20)

/* General */
#define BW_LIMIT_BUF (256 * BW_MIB)          /* default ceiling of a bw_buf */
#define BW_LIMIT_THREADS 256U                /* of one run */

/* Input files and streams */
#define BW_LIMIT_FILE_BYTES ((uint64_t)8 << 30) /* one input file or decompressed stream that is read piece by piece */
#define BW_LIMIT_DOC_BYTES (64 * BW_MIB)     /* one YAML or JSON document */
#define BW_LIMIT_INFLATE_RATIO 1000          /* decompressed : compressed, checked past 16 MiB */
#define BW_LIMIT_DIR_DEPTH 64                /* nested directories below an input */
#define BW_LIMIT_FILES 1000000               /* files in one run */
#define BW_LIMIT_INPUT_ERRORS 20             /* errors listed for one input; the rest is counted */
#define BW_LIMIT_SOURCE_LINE 512             /* a longer source line is not shown with a finding */
#define BW_LIMIT_IGNORE_BYTES BW_MIB         /* one ignore file */
#define BW_LIMIT_IGNORE_PATTERNS 10000       /* patterns in one ignore file */
#define BW_LIMIT_IGNORE_PATTERN 4096         /* bytes of one pattern */
#define BW_LIMIT_ZONE_NAME 64                /* bytes of a time zone's name (tz database: at most 40) */
#define BW_LIMIT_ZONE_BYTES (256 * 1024)     /* one time zone file */
#define BW_LIMIT_ZONES 2000                  /* time zones looked up in one run */

/* Documents */
#define BW_LIMIT_DOC_DEPTH 10000             /* nested lists and maps: the number of go-yaml and of Go's JSON reader */
#define BW_LIMIT_DOC_NODES 4000000           /* values in one document */
#define BW_LIMIT_SCALAR_BYTES (32 * BW_MIB)  /* one scalar */
#define BW_LIMIT_DOC_ARENA (1024 * BW_MIB)   /* memory of one document */
#define BW_LIMIT_LIST_DEPTH 8                /* List inside List */
#define BW_LIMIT_MAP_STEPS 16                /* steps in a map's index for each of its keys */
#define BW_LIMIT_YAML_FLOW ((uint64_t)1 << 28) /* sum of the depths at which the tokens of flow collections stand */
#define BW_LIMIT_YAML_DIRECTIVES 64          /* %YAML and %TAG lines of one document */
#define BW_LIMIT_YAML_REREAD (8 * BW_MIB)    /* bytes read again where libyaml and go-yaml differ */
#define BW_LIMIT_ANCHOR_STEPS 256            /* steps to find one anchor's name */

#define BW_LIMIT_SNAPSHOT_BYTES (256 * BW_MIB) /* one snapshot of a machine, unpacked */
#define BW_LIMIT_SNAPSHOT_DOCS 100000        /* its documents */
#define BW_LIMIT_FACTS 4000000               /* values of its documents that are compared with another's */

/* Documents kept for rules that look at other objects. Past the first two, such rules are not judged in this run */
#define BW_LIMIT_OWNERS 8                    /* controllers of controllers that findings are folded into */
#define BW_LIMIT_KEPT_DOCS 2000000           /* documents of one run */
#define BW_LIMIT_KEPT_BYTES (768 * BW_MIB)   /* their memory */
#define BW_LIMIT_KEPT_TEXT (32 * BW_MIB)     /* their texts; past it, their findings show no source line */
#define BW_LIMIT_JOIN_STEPS 4000000000       /* of one such rule, shared by all documents kept: loops over them in CEL */
#define BW_LIMIT_JOIN_STEPS_LEAST 1000       /* that each of them has at least */
#define BW_LIMIT_KEPT_ANNOTATION 4096        /* bytes of an annotation that is kept */

/* Network */
#define BW_LIMIT_WAYS 2000000                /* ways that lead to workloads from outside of the pod network */
#define BW_LIMIT_NET_PIECES 20000            /* pieces of a range of addresses that one question looks at */
#define BW_LIMIT_GAP_POLICIES 1000           /* policies of one namespace that are held against each other */
#define BW_LIMIT_NET_ROWS 1000000            /* connections that are listed */
#define BW_LIMIT_NET_PAIRS 50000000          /* pairs of workloads that are looked at for them */

/* Command lines of components */
#define BW_LIMIT_FLAG_USES 10000             /* flags on one command line */
#define BW_LIMIT_FLAG_ITEMS 10000            /* items of one flag's list or map */

/* Files of a machine */
#define BW_LIMIT_CONFIG_TEXT BW_MIB          /* one configuration file of the host: sshd_config, sudoers, a unit, passwd */
#define BW_LIMIT_SSHD_INCLUDES 16            /* Include inside Include (OpenSSH: 16) */
#define BW_LIMIT_SSHD_SETTINGS 10000         /* lines with a setting in all of sshd's files */
#define BW_LIMIT_INCLUDED_FILES 256          /* files that one pattern or directory of a configuration takes in */
#define BW_LIMIT_SUDO_INCLUDES 16            /* @include inside @include (sudo: 128) */
#define BW_LIMIT_SUDO_RULES 10000            /* user specifications in all of sudo's files */
#define BW_LIMIT_SUDO_ALIASES 1000           /* aliases in all of them */
#define BW_LIMIT_SUDO_STEPS 100000           /* items looked at while aliases are replaced */
#define BW_LIMIT_SUDO_ALIAS_DEPTH 16         /* an alias that names an alias */
#define BW_LIMIT_NFT_BYTES (16 * BW_MIB)     /* the kernel's ruleset as JSON; kube-proxy's with 10,000 services is 8 MiB */
#define BW_LIMIT_NFT_DEPTH 16                /* jumps from chain to chain that are followed (nftables: 16) */
#define BW_LIMIT_NFT_STEPS 200000            /* rules looked at to answer for one port */
#define BW_LIMIT_NET_TABLE (4 * BW_MIB)      /* one table of sockets: /proc/net/tcp of a node with 25,000 connections */
#define BW_LIMIT_LISTENERS 4096              /* listening sockets */
#define BW_LIMIT_SAME_PROGRAM 16             /* processes of one program that are looked through in vain for sockets */
#define BW_LIMIT_OPEN_FILES 65536            /* descriptors of one process that are looked through for its sockets */
#define BW_LIMIT_ACCOUNTS 20000              /* lines of passwd, shadow or group */
#define BW_LIMIT_AUTHORIZED_KEYS 1000        /* keys of one account */
#define BW_LIMIT_UNITS 4096                  /* unit files in one directory of systemd */
#define BW_LIMIT_UNIT_SETTINGS 4096          /* settings of a unit with its drop-ins; variables of one environment */
#define BW_LIMIT_COMMAND_WORDS 4096          /* words of one command line */
#define BW_LIMIT_MANIFESTS 256               /* files in a directory of static pods */
#define BW_LIMIT_MANIFEST_ARENA (64 * BW_MIB) /* memory of one static pod's manifest while it is read */
#define BW_LIMIT_COMPONENTS 64               /* components found on one node */
#define BW_LIMIT_RUNTIME_FILES 128           /* configuration files, and files on registries, of a container runtime */
#define BW_LIMIT_TOML_BYTES BW_MIB           /* one TOML file */
#define BW_LIMIT_TOML_DEPTH 64               /* nested tables; parts of a key */
#define BW_LIMIT_NODE_FILES 4000             /* files of one role on one node */
#define BW_LIMIT_NODE_FILE_DEPTH 8           /* directories below a role's directory */
#define BW_LIMIT_NEED_ROUNDS 4               /* files that name files that name files */
#define BW_LIMIT_COMPONENT_FILES 512         /* files that one component reads */
#define BW_LIMIT_LOG_TEXT (64 * BW_MIB)      /* a log that is searched for what a component was started with */
#define BW_LIMIT_PROBE_ANSWER (64 * 1024)    /* bytes of an answer to a probe that are read */
#define BW_LIMIT_PROBES 32                  /* servers asked with --probe */
#define BW_LIMIT_PROBE_MS 2000               /* one probe, from connecting to its answer */

/* The machine under examination */
#define BW_LIMIT_HOST_DEPTH 128              /* directories on the way to a file */
#define BW_LIMIT_HOST_LINKS 40               /* symbolic links on the way (Linux: MAXSYMLINKS) */
#define BW_LIMIT_HOST_TABLE (64 * BW_MIB)    /* a fixture's table of modes or of processes */
#define BW_LIMIT_HOST_IDS (8 * BW_MIB)       /* /etc/passwd, /etc/group */
#define BW_LIMIT_HOST_JOURNAL (4 * BW_MIB)   /* the newest lines of a unit */
#define BW_LIMIT_PROCESS_ARGS BW_MIB         /* bytes of one process's arguments, and of its environment */
#define BW_LIMIT_PROCESS_ARG_COUNT 20000     /* of one process */

/* CEL: the first four are Kubernetes' and cel-go's numbers */
#define BW_LIMIT_CEL_SOURCE 100000           /* code points of an expression (cel-go parser default) */
#define BW_LIMIT_CEL_DEPTH 250               /* parser recursion (cel-go default) */
#define BW_LIMIT_CEL_TYPE_SIZE 2000          /* types inside one deduced type: list(map(string, int)) has 3 */
#define BW_LIMIT_CEL_CHECK_STEPS 20000000    /* comparisons of types while one expression is checked */
#define BW_LIMIT_CEL_COST 1000000            /* runtime cost of one expression (k8s: RuntimeCELCostBudget / per call limit) */
#define BW_LIMIT_CEL_ITERATIONS 10000000     /* loop steps of one evaluation, cost tracking or not */
#define BW_LIMIT_CEL_NODES 100000            /* AST nodes after macro expansion */
#define BW_LIMIT_CEL_ARENA (64 * BW_MIB)     /* memory of one evaluation */
#define BW_LIMIT_CEL_ISSUES 16               /* errors reported for one expression */
#define BW_LIMIT_REGEX_BYTES (8 * BW_MIB)    /* memory of one compiled pattern and its states (RE2 default) */
#define BW_LIMIT_REGEX_NESTING 1000          /* parentheses in a pattern (as Go) */
#define BW_LIMIT_QUANTITY_DIGITS 1000        /* digits of a resource quantity */

/* Rules */
#define BW_LIMIT_RULE_BYTES BW_MIB           /* one rule file */
#define BW_LIMIT_RULES 10000                 /* rules in one run */
#define BW_LIMIT_PATH_DEPTH 64               /* segments of a field path in a rule */
#define BW_LIMIT_FINDINGS_PER_RULE_DOC 1000  /* findings of one rule in one document */
#define BW_LIMIT_RULE_ROWS 1000              /* rules of one table */
#define BW_LIMIT_RULE_VARIABLES 32           /* variables of one rule */
#define BW_LIMIT_RULE_WILDCARDS 8            /* [*] in one forEach pattern */
#define BW_LIMIT_RULE_PROBLEMS 200           /* problems that one lint reports */

/* Reports */
#define BW_LIMIT_MARKDOWN_BYTES 60000        /* a comment on GitHub holds 65,536 characters; the rest is counted */
#define BW_LIMIT_GRAPH_NODES ((size_t)5000)  /* of one drawing */
#define BW_LIMIT_GRAPH_EDGES ((size_t)20000) /* of one drawing */
#define BW_LIMIT_GRAPH_BENDS 40000U          /* in edges that pass other columns; edges past it run straight */
#define BW_LIMIT_FINGERPRINT_SIBLINGS 1000   /* items of a list that a fingerprint tells from others of the same name */
#define BW_LIMIT_FIX_TEXT (256 * 1024)       /* bytes of a document for which changes of its text are worked out */
#define BW_LIMIT_FIX_PER_DOC 256             /* findings of one document with such a change: each one is read back */

/* Settings, exceptions, baselines */
#define BW_LIMIT_SETTINGS_BYTES (32 * BW_MIB) /* one settings file */
#define BW_LIMIT_EXCEPTIONS 200000           /* in one settings file */
#define BW_LIMIT_EXCEPTION_KEYS 4000000      /* pairs of a rule and a resource in the exceptions of a settings file */
#define BW_LIMIT_BASELINE_BYTES (64 * BW_MIB) /* one baseline */
#define BW_LIMIT_ANNOTATIONS 1000000         /* ignore annotations kept in one run */
#define BW_LIMIT_NOTICES 200                 /* notices listed; the rest is counted */

/* Who can become whom */
#define BW_LIMIT_RBAC_GRAPH ((size_t)8000000) /* nodes, and edges, of one graph; 5,000 nodes with 150,000 pods make 1 million */
#define BW_LIMIT_RBAC_GRAPH_STEPS ((uint64_t)400000000) /* rights looked at while it is built */

/* Keys and certificates */
#define BW_LIMIT_PEM_BYTES (4 * BW_MIB)      /* one file of certificates or keys, one kubeconfig */
#define BW_LIMIT_PEM_BLOCKS 2000U            /* blocks of one text; a system's bundle has about 150 */
#define BW_LIMIT_X509_BYTES (256 * 1024)     /* one certificate or key, decoded */
#define BW_LIMIT_X509_NAMES 1000             /* names, organizations or usages of one certificate */
#define BW_LIMIT_PKI_ITEMS 5000              /* certificates and keys looked at together */
#define BW_LIMIT_PKI_ENTRIES 2000            /* entries of one directory that is searched for them */
#define BW_LIMIT_PKI_DEPTH 6                 /* directories inside such a directory */
#define BW_LIMIT_PKI_CHAIN 8                 /* issuers above a certificate */
#define BW_LIMIT_PKI_BUNDLE 16U             /* certificates of one field in a manifest; more are the public CAs */
#define BW_LIMIT_PKI_SIGNATURES 20000        /* signatures checked in one run */
#define BW_LIMIT_KUBECONFIG_ENTRIES 1000     /* clusters, users or contexts of one kubeconfig */
#define BW_LIMIT_KUBECONFIGS 100U            /* files named by $KUBECONFIG */
#define BW_LIMIT_KUBECONFIG_ARENA (256 * BW_MIB) /* memory of kubeconfigs while they are read */
#define BW_LIMIT_KUBECONFIG_VALUES 4096      /* texts of one list or map in a kubeconfig: arguments, groups */
#define BW_LIMIT_TOKEN_BYTES (64 * 1024)     /* one token: an HTTP header's worth */
#define BW_LIMIT_PLUGIN_INFO 131000          /* bytes of KUBERNETES_EXEC_INFO: Linux starts nothing with a longer text (128 KiB) */
#define BW_LIMIT_PLUGIN_OUTPUT BW_MIB        /* what a credential plugin prints */
#define BW_LIMIT_PLUGIN_SECONDS 300          /* how long it may take: some wait for a person in a browser */

/* Answers of an API server */
#define BW_LIMIT_KUBE_HEADERS (64 * 1024)    /* bytes of an answer's headers */
#define BW_LIMIT_KUBE_STATUS (64 * 1024)     /* bytes of an answer that is an error */
#define BW_LIMIT_KUBE_PAGE (256 * BW_MIB)    /* one page of a list, unpacked; a larger one is asked for in smaller parts */
#define BW_LIMIT_KUBE_PAGES 1000000          /* pages of one list */
#define BW_LIMIT_KUBE_LIST_SECONDS 3600      /* one list, without the time that its reader takes */
#define BW_LIMIT_KUBE_RELISTS 3              /* times that a list is begun again because its snapshot is gone */
#define BW_LIMIT_KUBE_CONTINUE (16 * 1024)   /* bytes of a token that continues a list; of a resourceVersion */
#define BW_LIMIT_KUBE_EVENT (32 * BW_MIB)    /* one event of a watch; etcd holds objects of 1.5 MiB */
#define BW_LIMIT_KUBE_DISCOVERY (32 * BW_MIB) /* one document of discovery */
#define BW_LIMIT_KUBE_RESOURCES 20000        /* kinds that a server says it has */
#define BW_LIMIT_KUBE_CONNECT_MS 15000       /* from a name to a connection whose TLS is verified */
#define BW_LIMIT_KUBE_SECONDS 600            /* one answer, without the time that its reader takes */
#define BW_LIMIT_KUBE_SLOWEST 1024           /* bytes a second that an answer brings at least */
#define BW_LIMIT_KUBE_RETRY_AFTER_MS 60000   /* a longer Retry-After is cut */
#define BW_LIMIT_KUBE_WAIT_MS 180000         /* all pauses between the tries of one request */
#define BW_LIMIT_KUBE_LOST 3                 /* requests in a row that the server leaves without an answer: no more are sent */
#define BW_LIMIT_KUBELETS 20000              /* kubelets of one cluster that are asked for their configuration; Kubernetes: 5,000 nodes */

/* Package databases and tables of a machine */
#define BW_LIMIT_STANZA BW_MIB               /* one record of dpkg's, apt's or apk's files */
#define BW_LIMIT_RPM_HEADER (64 * BW_MIB)    /* one package's header in rpm's database */
#define BW_LIMIT_XML_TAG ((size_t)256 << 10) /* bytes of one tag or comment of an rpm repository's advisories */
#define BW_LIMIT_SYSTEM_FILE BW_MIB          /* one file of the system's configuration, one table of the kernel's */
#define BW_LIMIT_SYSTEM_DROPINS 1000         /* files in one directory of drop-ins */
#define BW_LIMIT_MODULES_DEP (8 * BW_MIB)    /* a kernel's list of modules; Ubuntu's has 1 MiB */
#define BW_LIMIT_PACKAGES 50000              /* installed packages */
#define BW_LIMIT_PACKAGE_INDEX ((uint64_t)512 << 20) /* unpacked bytes of all indexes of packages that are read */
#define BW_LIMIT_PENDING_LISTED 200          /* packages with an update that are listed; the rest is counted */
#define BW_LIMIT_MOUNTS 200000               /* mounts of a machine: some for each of its containers */

/* Network policies of one cluster; past these, questions about them are refused */
#define BW_LIMIT_NETPOL_PARTS 4000000U       /* different expressions, sets of pods, pieces of addresses */
#define BW_LIMIT_NETPOL_MEMBERS 32000000U    /* groups of pods in all of these sets */
#define BW_LIMIT_CALICO_BYTES (64 * 1024)    /* one of Calico's selectors; Calico's own limit is 1,024 */
#define BW_LIMIT_CALICO_DEPTH 100            /* parentheses in it */
#define BW_LIMIT_NETPOL_STEPS UINT64_C(2000000000) /* endpoints held against selectors, and against rules for all pairs */
#define BW_LIMIT_NETPOL_TIERS 1000U          /* Calico's tiers */
#define BW_LIMIT_NETPOL_PROBLEMS 10000       /* problems that are listed */

/* What an audit log shows of the use of rights; past these, it is marked as a part only */
#define BW_LIMIT_USAGE_REQUESTS 1000000U     /* different requests; different users */
#define BW_LIMIT_USAGE_NAMES 64              /* names of objects kept for one of them */
#define BW_LIMIT_USAGE_GROUPS 256            /* groups of one user */
#define BW_LIMIT_USAGE_VERBS 32              /* different verbs that one rule was used with, of those that are told */

/* Kubernetes' configuration files */
#define BW_LIMIT_PROBLEMS 100                /* listed for one file, as Kubernetes' own decoder does */
#define BW_LIMIT_WORDS_BYTES BW_MIB          /* a refused text of more bytes is not read again for go-yaml's words */
#define BW_LIMIT_WORDS_DEPTH 1000            /* nested collections of such a text */
#define BW_LIMIT_COMPARED_KEYS 2000          /* keys of one of its maps that are compared */
#define BW_LIMIT_KUBELET_FIELDS 20000        /* fields and entries of maps of one KubeletConfiguration with its drop-ins */
#define BW_LIMIT_CONFIG_BYTES (4 * BW_MIB)   /* one configuration file of a component */

#endif
