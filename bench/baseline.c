/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline: what the libraries alone take, so that bulwark's time can be given as a ratio from one run.
 *   baseline yaml FILE…     libyaml: emit (and drop) every event of each file
 *   baseline json FILE…     yyjson: read every value of each file (NDJSON: value by value)
 *   baseline yaml-ok FILE…  prints the names of the files that libyaml reads to their end
 *   baseline run PROGRAM…   runs it, output thrown away; prints seconds, peak KiB, exit status, and its CPU
 *                           seconds: user, system. From this small process, because a child begins with the peak of the
 *                           process that started it
 * Files are read into memory first. Prints seconds for one pass, the best of BASELINE_ROUNDS (3); with BASELINE_CLOCK=cpu those
 * of the processor.
 */
#define BW_ALLOW_BANNED
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <yaml.h>
#include <yyjson.h>

struct file {
        const char *name;
        char *bytes;
        size_t n;
};

static clockid_t used_clock = CLOCK_MONOTONIC;

static double now(void)
{
        struct timespec ts;

        clock_gettime(used_clock, &ts);
        return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
        return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static struct file read_file(const char *name)
{
        struct file f = {.name = name};
        FILE *in = fopen(name, "rb");
        long size;

        if (!in || fseek(in, 0, SEEK_END) < 0 || (size = ftell(in)) < 0 || fseek(in, 0, SEEK_SET) < 0) {
                perror(name);
                exit(2);
        }
        f.bytes = malloc((size_t)size + YYJSON_PADDING_SIZE + 1);
        if (!f.bytes || fread(f.bytes, 1, (size_t)size, in) != (size_t)size) {
                perror(name);
                exit(2);
        }
        memset(f.bytes + size, 0, YYJSON_PADDING_SIZE + 1);
        f.n = (size_t)size;
        fclose(in);
        return f;
}

static int yaml_events(const struct file *f)
{
        yaml_parser_t parser;
        yaml_event_t event;
        int ok = 1;
        int done = 0;

        if (!yaml_parser_initialize(&parser))
                exit(2);
        yaml_parser_set_input_string(&parser, (const unsigned char *)f->bytes, f->n);
        while (!done) {
                if (!yaml_parser_parse(&parser, &event)) {
                        ok = 0;
                        break;
                }
                done = event.type == YAML_STREAM_END_EVENT;
                yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
        return ok;
}

/* yyjson copies what it is given, so values are handed over one by one: lines of NDJSON, else the whole file. */
static int json_values(const struct file *f)
{
        const char *first_end = memchr(f->bytes, '\n', f->n);
        int lines = first_end && first_end > f->bytes + 1 && first_end[-1] == '}';
        const char *end = f->bytes + f->n;

        for (const char *p = f->bytes; p < end;) {
                const char *stop = lines ? memchr(p, '\n', (size_t)(end - p)) : end;
                yyjson_doc *doc;

                if (!stop)
                        stop = end;
                doc = yyjson_read(p, (size_t)(stop - p), 0);
                if (!doc) {
                        fprintf(stderr, "%s: not JSON\n", f->name);
                        exit(2);
                }
                yyjson_doc_free(doc);
                p = stop + 1;
        }
        return 1;
}

static int run_program(char **argv)
{
        double start = now();
        struct rusage usage;
        int status;
        pid_t pid = fork();

        if (pid == 0) {
                int null = open("/dev/null", O_WRONLY);

                if (null >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0)
                        execv(argv[0], argv);
                _exit(127);
        }
        if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
                perror("run");
                return 2;
        }
        printf("%.6f %ld %d %.6f %.6f\n", now() - start, usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128,
               seconds(usage.ru_utime), seconds(usage.ru_stime));
        return 0;
}

int main(int argc, char **argv)
{
        const char *mode = argc > 2 ? argv[1] : "";
        int (*pass)(const struct file *) = strncmp(mode, "yaml", 4) == 0 ? yaml_events : json_values;
        const char *rounds_text = getenv("BASELINE_ROUNDS");
        const char *clock_text = getenv("BASELINE_CLOCK");
        int rounds = rounds_text ? (int)strtol(rounds_text, NULL, 10) : 3;
        struct file *files = calloc((size_t)argc, sizeof(*files));
        double best = 0;

        if (argc < 3 || !files) {
                fprintf(stderr, "usage: baseline yaml|json|yaml-ok FILE...\n       baseline run PROGRAM...\n");
                return 2;
        }
        if (strcmp(mode, "run") == 0) {
                free(files);
                return run_program(argv + 2);
        }
        for (int i = 2; i < argc; i++)
                files[i] = read_file(argv[i]);
        if (strcmp(mode, "yaml-ok") == 0) {
                for (int i = 2; i < argc; i++)
                        if (yaml_events(&files[i]))
                                puts(files[i].name);
                rounds = 0;
        }
        if (clock_text && strcmp(clock_text, "cpu") == 0)
                used_clock = CLOCK_PROCESS_CPUTIME_ID;
        for (int round = 0; round < rounds; round++) {
                double start = now();

                for (int i = 2; i < argc; i++)
                        (void)pass(&files[i]);
                double took = now() - start;

                if (round == 0 || took < best)
                        best = took;
        }
        if (rounds > 0)
                printf("%.6f\n", best);
        for (int i = 2; i < argc; i++)
                free(files[i].bytes);
        free(files);
        return 0;
}
