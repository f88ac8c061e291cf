/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/fault.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "os/fs.h"

static char *folder_of(const char *path)
{
        const char *slash = strrchr(path, '/');

        if (!slash)
                return bw_strdup(".");
        return bw_strndup(bw_str_n(path, slash == path ? 1 : (size_t)(slash - path)));
}

static char *temporary_name(const char *path)
{
        bw_auto_done(bw_buf_done) struct bw_buf name = {0};
        uint64_t salt = 0;

        (void)!getrandom(&salt, sizeof(salt), GRND_NONBLOCK);
        bw_buf_printf(&name, "%s.%016" PRIx64 ".tmp", path, salt);
        return bw_buf_status(&name) == 0 ? bw_strdup(name.p) : NULL;
}

static int fail(const struct bw_output *output, int code, const char *doing, struct bw_error *reterr)
{
        struct bw_error error = {0};

        (void)bw_error_set(&error, code, "%s: %s", doing, bw_cli_write_problem(code));
        bw_error_in_file(&error, bw_str(output->path));
        if (reterr)
                *reterr = error;
        return code;
}

int bw_output_begin(struct bw_output *output, const char *path, struct bw_error *reterr)
{
        struct bw_fs_stat stat;
        bool in_place;

        output->fd = -1;
        output->path = bw_strdup(path);
        output->folder = folder_of(path);
        output->temporary = temporary_name(path);
        if (!output->path || !output->folder || !output->temporary)
                return bw_error_nomem(reterr);
        /* /dev/stdout, a pipe: nothing that a file could be renamed over. */
        in_place = bw_fs_stat(AT_FDCWD, path, 0, &stat, NULL) == 0 && stat.kind != BW_FS_FILE;
        if (in_place)
                bw_free(bw_take(output->temporary));
        /* 0666: the user's umask decides, as for a file that a shell makes. */
        if (bw_fault(BW_FAULT_OPEN))
                errno = EIO;
        else if (in_place)
                output->fd = open(path, O_WRONLY | O_CLOEXEC);
        else
                output->fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, output->is_private ? 0600 : 0666);
        if (output->fd < 0) {
                int code = -errno;

                bw_free(bw_take(output->temporary));
                return fail(output, code, "cannot be written", reterr);
        }
        return 0;
}

int bw_output_write(struct bw_output *output, struct bw_str bytes)
{
        while (bytes.n) {
                ssize_t n = bw_fault(BW_FAULT_WRITE) ? (errno = EIO, -1) : write(output->fd, bytes.p, bytes.n);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                bytes = bw_str_n(bytes.p + n, bytes.n - (size_t)n);
        }
        return 0;
}

int bw_output_finish(struct bw_output *output, struct bw_error *reterr)
{
        int fd = output->fd;
        int r = 0;

        if (bw_fault(BW_FAULT_WRITE))
                r = -EIO;
        /* Pipes and some file systems cannot sync: EINVAL is no failure to write. */
        else if (fsync(fd) < 0 && errno != EINVAL)
                r = -errno;
        output->fd = -1;
        if (close(fd) < 0 && r == 0)
                r = -errno;
        if (r == 0 && output->temporary && rename(output->temporary, output->path) < 0)
                r = -errno;
        if (r < 0)
                return fail(output, r, "cannot be written", reterr);
        bw_free(bw_take(output->temporary));
        return 0;
}

void bw_output_done(struct bw_output *output)
{
        if (output->fd >= 0)
                (void)close(output->fd);
        if (output->temporary)
                (void)unlink(output->temporary);
        bw_free(output->temporary);
        bw_free(output->path);
        bw_free(output->folder);
        *output = (struct bw_output){.fd = -1};
}
