/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_server: an API server for tests: HTTP/1.1 over TLS on a loopback port, serving a cluster that it has from files, and
 * misbehaving as a script says. Keys and certificates are made when it starts.
 *
 * What it serves comes from folders:
 *   resources.tsv   what discovery shows: group, version, resource, kind, Namespaced or Cluster, verbs; a subresource is
 *                   "pods/log"; "broken" in place of a resource: a group whose own server does not answer
 *   *.yaml, *.json  objects; lists (PodList) are taken apart. From them it makes lists, pages, metadata, watches
 *   configz/NODE.json, version.json
 *   NAME.headers, NAME.body   a recording of a real server: version, discovery and list-… are served from it (lists as
 *                   objects, so that they have pages); any other by the action "replay NAME"
 *
 * The script is lines; later ones are added to those before. GLOB is of "METHOD /path?query" or, without a method, of the path
 * with its query ("*" crosses slashes). Of the lines whose GLOB matches, the first that gives an answer gives it; those that
 * only change how it is sent are all applied. times=N: only for the next N matching requests; skip=N: not for the first N.
 *
 *   token TOKEN USER [GROUP,GROUP] [uses=N]   who a bearer token is; it is refused after N requests
 *   certificate good|expired|future|self-signed|other-name|other-ca       what the server shows
 *   no-anonymous                              401 without credentials, not system:anonymous
 *   deny|permit USER VERB RESOURCE[.GROUP] [NAMESPACE]   globs; the last line that matches holds
 *   on GLOB [times=N] [skip=N] ACTION…        actions that give an answer:
 *      status CODE [retry-after=SECONDS|date+SECONDS|TEXT]
 *      gone [final]          410; with a token for an inconsistent rest unless final
 *      redirect URL          {port}, {trap}, {trap-http}: this server's, a TLS trap's, a plain one's port
 *      replay NAME           NAME.headers and NAME.body
 *      file PATH [TYPE]      a file of the folder, or of the working folder
 *      watch PATH [MS]       its lines, MS apart, then the end
 *      endless-list | endless-pages [same] | endless-headers | endless-line
 *      nested N | huge N | items N | bomb N        N levels, one object of N bytes, N small pods, a name of N bytes packed
 *      page text             an HTML page, 200
 *   and those that change how it is sent:
 *      slow BYTES MS | cut N | length [+-]N | type TEXT | plain | packed | hang | silent | drop | reset | header NAME TEXT
 *
 * Ownership: a server owns its threads, sockets and texts; api_server_stop() ends them.
 * Errors: what a test wrote wrongly (script, files) ends the process with a message. Threads: any may call.
 * Source: Kubernetes API concepts (lists in chunks, watch, 410), recordings of kube-apiserver 1.32.
 */
#ifndef BW_TESTS_SUPPORT_API_SERVER_H
#define BW_TESTS_SUPPORT_API_SERVER_H

#include "base/base.h"

struct api_server;

struct api_server_options {
        const char *const *folders; /* NULL-terminated */
        const char *script;         /* lines; may be NULL */
        const char *temp;           /* a folder for kubeconfig, ca.crt, client.crt, client.key and log; NULL: none is written */
        unsigned port;              /* 0: any */
};

struct api_server *api_server_start(const struct api_server_options *options);
void api_server_stop(struct api_server *server);
BW_DEFINE_AUTO(struct api_server *, api_server_stop);

unsigned api_server_port(const struct api_server *server);
/* PEM texts: what signs the server's certificate; a client certificate of user "certificate-user". */
const char *api_server_ca(const struct api_server *server);
const char *api_server_client_certificate(const struct api_server *server);
const char *api_server_client_key(const struct api_server *server);
/* More lines. */
void api_server_script(struct api_server *server, const char *lines);
/*
 * The requests so far, one JSON object in a line: {"listener": "api"|"trap"|"trap-http", "method", "path", "user", "status",
 * "authorization": whether there was such a header, "clientCertificate", "as", "asGroups", "accept", "packed", "userAgent",
 * "ms": since the start}. bw_free() it. A log file has the same.
 */
char *api_server_log(struct api_server *server);
/* The requests whose "METHOD /path?query" matches the glob. */
size_t api_server_count(struct api_server *server, const char *glob);

#endif
