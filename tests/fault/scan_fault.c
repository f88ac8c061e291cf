/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans a small folder while one allocation, open or read after the other fails, once and for ever after. Each run must
 * end without crash, hang or leak, must leave its result alone when it fails, and must never be silent: it fails with a
 * message, or names an input that it could not read, or finds what an undisturbed run finds.
 */
#define BW_ALLOW_BANNED
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "scan/scan.h"

#define SAMPLES 150 /* runs of each kind unless TORTURE=full */
#define POISON ((struct bw_scan *)(uintptr_t)0xA5A5A5A5A5A5A5A5)

static const char pod[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: c, image: i, "
        "securityContext: {privileged: true}}\n";
static const struct {
        const char *name;
        const char *text;
} files[] = {
        {"a.yaml", pod},
        {"excepted.yaml",
         "apiVersion: v1\nkind: Pod\nmetadata: {name: e, annotations: {bulwark.dev/ignore.BW-PSS-103: r, "
         "bulwark.dev/ignore.BW-PSS-104: unused}}\nspec: {hostPID: true, containers: []}\n"},
        {"b.json",
         "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"name\":\"x\"},\"spec\":{\"hostPID\""
         ":true}},{\"metadata\":{\"name\":\"z\"}}]}"},
        {"broken.yaml", "a: [\n---\nb: {{ .Values.b }}\n---\nc: 1\n"},
        {".bulwarkignore", "*.tmp\n!keep\nout/\n[a-b]x\n"},
        {"sub/list.yaml",
         "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: s}}\n"},
        {"sub/out/ignored.yaml", "a: [\n"},
};

struct outcome {
        int code;
        size_t findings;
        size_t errors;
        size_t planted; /* errors that name the planted failure */
        uint64_t documents;
};

static char root[64];
static unsigned failures;

static void write_file(const char *name, const char *text)
{
        char path[256];
        int fd;

        (void)snprintf(path, sizeof(path), "%s/%s", root, name);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, text, strlen(text)) < 0)
                exit(99);
        (void)close(fd);
}

static void make_tree(unsigned copies)
{
        char path[256];

        (void)snprintf(root, sizeof(root), "%s/bulwark-fault-XXXXXX",
                       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        if (!mkdtemp(root))
                exit(99);
        for (size_t i = 0; i < 2; i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", root, i ? "sub/out" : "sub");
                if (mkdir(path, 0755) < 0)
                        exit(99);
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(files); i++)
                write_file(files[i].name, files[i].text);
        for (unsigned i = 0; i < copies; i++) {
                (void)snprintf(path, sizeof(path), "sub/copy-%u.yaml", i);
                write_file(path, pod);
        }
        (void)snprintf(path, sizeof(path), "%s/link.yaml", root);
        if (symlink("a.yaml", path) < 0)
                exit(99);
}

static int remove_one(const char *path, const struct stat *st BW_UNUSED, int type BW_UNUSED, struct FTW *ftw BW_UNUSED)
{
        return remove(path);
}

static void fail(const char *what, const char *where)
{
        failures++;
        printf("# %s: %s\n", where, what);
}

/* The whole of what the command line does between its options and its report. */
static struct outcome run(unsigned threads, const char *where)
{
        struct bw_str path = bw_str(root);
        struct bw_catalog_options catalog_options = {.kubernetes_minor = BW_KUBERNETES_NEWEST};
        struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = threads, .now = 1};
        struct bw_exceptions *exceptions = NULL;
        struct bw_catalog *catalog = NULL;
        struct bw_scan *scan = POISON;
        struct bw_error err = {0};
        struct outcome o = {0};

        o.code = bw_catalog_new(&catalog_options, &catalog, &err);
        if (o.code == 0)
                o.code = bw_catalog_add_builtin(catalog, &err);
        if (o.code == 0)
                o.code = bw_exceptions_new(&exceptions, &err);
        options.catalog = catalog;
        options.exceptions = exceptions;
        if (o.code == 0)
                o.code = bw_scan_run(&options, &scan, &err);
        if (o.code < 0) {
                if (scan != POISON)
                        fail("the result was touched", where);
                if (err.code != o.code || !err.message[0])
                        fail("failed without a message", where);
        } else {
                o.findings = bw_scan_report(scan)->n_findings;
                o.errors = bw_scan_report(scan)->n_errors;
                o.documents = bw_scan_report(scan)->summary.documents;
                for (size_t i = 0; i < o.errors; i++) {
                        struct bw_str message = bw_scan_report(scan)->errors[i].message;

                        if (message.n == 0)
                                fail("an input error without a message", where);
                        o.planted += bw_str_find(message, BW_STR("input/output error")) != SIZE_MAX;
                }
                bw_scan_free(scan);
        }
        bw_exceptions_free(exceptions);
        bw_catalog_free(catalog);
        return o;
}

static const struct {
        enum bw_fault_kind kind;
        const char *name;
} kinds[] = {{BW_FAULT_ALLOC, "allocation"}, {BW_FAULT_OPEN, "open"}, {BW_FAULT_READ, "read"}};

static void torture(size_t kind, bool persistent, unsigned threads)
{
        bool full = getenv("TORTURE") && strcmp(getenv("TORTURE"), "full") == 0;
        struct outcome calm;
        uint64_t calls;
        uint64_t step;

        bw_fault_plan(kinds[kind].kind, 0, false);
        calm = run(threads, "undisturbed");
        calls = bw_fault_count(kinds[kind].kind);
        step = full || calls <= SAMPLES ? 1 : calls / SAMPLES + 1;
        printf("# %" PRIu64 " calls, every %" PRIu64 ". fails%s\n", calls, step,
               persistent ? ", and all later ones" : "");
        if (calm.code < 0 || calm.findings == 0 || calm.errors != 1 || calls == 0)
                fail("the undisturbed run is not what it should be", kinds[kind].name);
        for (uint64_t n = 1; n <= calls; n += step) {
                char where[64];
                struct outcome o;

                (void)snprintf(where, sizeof(where), "%s %" PRIu64 "%s, %u threads", kinds[kind].name, n,
                               persistent ? " and later" : "", threads);
                bw_fault_plan(kinds[kind].kind, n, persistent);
                o = run(threads, where);
                bw_fault_plan(kinds[kind].kind, 0, false);
                if (o.code == 0 && !o.planted && (o.findings != calm.findings || o.documents != calm.documents))
                        fail("something is missing, and nothing says so", where);
        }
}

int main(void)
{
        unsigned number = 0;

        printf("1..%zu\n", BW_ARRAY_SIZE(kinds) * 4);
        for (unsigned threads = 1; threads <= 2; threads++) {
                make_tree(threads == 1 ? 0 : 100);
                for (size_t kind = 0; kind < BW_ARRAY_SIZE(kinds); kind++)
                        for (int persistent = 0; persistent < 2; persistent++) {
                                unsigned before = failures;

                                torture(kind, persistent, threads);
                                printf("%s %u - %s fails%s, %u threads\n", failures == before ? "ok" : "not ok",
                                       ++number, kinds[kind].name, persistent ? " for ever" : "", threads);
                        }
                (void)nftw(root, remove_one, 16, FTW_PHYS | FTW_DEPTH);
        }
        return failures ? 1 : 0;
}
