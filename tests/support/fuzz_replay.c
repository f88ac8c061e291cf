/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over the files of a folder: the seed corpus and past findings are tests in every build. */
#define BW_ALLOW_BANNED
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
        FILE *f = fopen(path, "rb");
        uint8_t *data = malloc(1 << 20);
        size_t n;

        if (!f || !data) {
                fprintf(stderr, "cannot read %s\n", path);
                free(data);
                if (f)
                        fclose(f);
                return 1;
        }
        n = fread(data, 1, 1 << 20, f);
        fclose(f);
        /* Exactly n bytes, so that a sanitizer sees a read past the end. */
        uint8_t *exact = malloc(n ? n : 1);

        if (exact) {
                memcpy(exact, data, n);
                (void)LLVMFuzzerTestOneInput(exact, n);
        }
        free(exact);
        free(data);
        return exact ? 0 : 1;
}

int main(int argc, char **argv)
{
        DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
        struct dirent *entry;
        int files = 0;

        if (!dir) {
                fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
                return 2;
        }
        while ((entry = readdir(dir))) {
                char path[4096];

                if (entry->d_name[0] == '.')
                        continue;
                snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
                if (replay(path) != 0)
                        return 1;
                files++;
        }
        closedir(dir);
        printf("%d files\n", files);
        return files ? 0 : 1;
}
