/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api-server: the test API server as a program: api-server TEMP-FOLDER PORT FOLDER…, the script on standard input: what is there
 * before a line "start" is read first; then it prints "ready PORT"; then each further line takes effect and is answered with "ok".
 * The end of standard input ends it.
 */
#define BW_ALLOW_BANNED
#include "api_server.h"
#include "base/buf.h"

int main(int argc, char **argv)
{
        bw_auto(api_server_stop) struct api_server *server = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf script = {0};
        struct api_server_options options = {0};
        char line[4096];

        if (argc < 4) {
                (void)fputs("usage: api-server TEMP-FOLDER PORT FOLDER...\n", stderr);
                return 2;
        }
        options.temp = argv[1];
        options.port = (unsigned)atoi(argv[2]);
        options.folders = (const char *const *)(argv + 3);
        while (fgets(line, sizeof(line), stdin) && strcmp(line, "start\n") != 0)
                bw_buf_puts(&script, line);
        options.script = script.p;
        server = api_server_start(&options);
        (void)printf("ready %u\n", api_server_port(server));
        (void)fflush(stdout);
        while (fgets(line, sizeof(line), stdin)) {
                api_server_script(server, line);
                (void)puts("ok");
                (void)fflush(stdout);
        }
        return 0;
}
