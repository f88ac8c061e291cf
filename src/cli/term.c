/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fault.h"
#include "cli/cli.h"
#include "os/fs.h"

#define WIDTH_MIN 40
#define WIDTH_MAX 1000

static unsigned find_width(int fd, bool is_terminal)
{
        const char *columns = getenv("COLUMNS");
        struct winsize size = {0};
        uint64_t n = 0;

        if (columns && bw_str_to_u64(bw_str(columns), &n) == 0 && n >= WIDTH_MIN && n <= WIDTH_MAX)
                return (unsigned)n;
        if (!is_terminal)
                return 0;
        if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_MIN)
                return size.ws_col;
        return 80;
}

void bw_term_init(struct bw_term *term, int fd)
{
        bool is_terminal = isatty(fd) == 1;

        *term = (struct bw_term){.fd = fd, .is_terminal = is_terminal, .width = find_width(fd, is_terminal)};
        bw_term_color(term, "auto");
}

static bool is_set(const char *name)
{
        const char *value = getenv(name);

        return value && value[0] != '\0';
}

void bw_term_color(struct bw_term *term, const char *when)
{
        const char *kind = getenv("TERM");
        const char *force = getenv("CLICOLOR_FORCE");

        if (strcmp(when, "auto") != 0)
                term->color = strcmp(when, "always") == 0;
        else if (is_set("NO_COLOR"))
                term->color = false;
        else if (force && force[0] != '\0' && strcmp(force, "0") != 0)
                term->color = true;
        else
                term->color = term->is_terminal && kind && strcmp(kind, "dumb") != 0;
}

int bw_term_write(struct bw_term *term, struct bw_str bytes)
{
        if (term->is_closed)
                return -EPIPE;
        while (bytes.n) {
                ssize_t n = bw_fault(BW_FAULT_WRITE) ? (errno = EIO, -1) : write(term->fd, bytes.p, bytes.n);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        term->is_closed = errno == EPIPE;
                        return -errno;
                }
                bytes = bw_str_n(bytes.p + n, bytes.n - (size_t)n);
        }
        return 0;
}

/* Errors that happen while an error is told have nobody to be told to. */
static void write_error(struct bw_cli *cli, struct bw_str message)
{
        bw_auto_done(bw_buf_done) struct bw_buf line = {0};

        bw_buf_puts(&line, cli->program);
        bw_buf_puts(&line, ": ");
        bw_buf_clean(&line, message);
        bw_buf_char(&line, '\n');
        if (bw_buf_status(&line) < 0)
                (void)!write(cli->err.fd, "bulwark: out of memory\n", 23);
        else
                (void)!bw_term_write(&cli->err, bw_buf_view(&line));
}

void bw_cli_error(struct bw_cli *cli, const char *fmt, ...)
{
        char message[1200];
        va_list ap;

        va_start(ap, fmt);
        (void)vsnprintf(message, sizeof(message), fmt, ap);
        va_end(ap);
        write_error(cli, bw_str(message));
}

int bw_cli_fail(struct bw_cli *cli, const struct bw_error *error)
{
        char text[1400];

        /* The formatter has made control characters visible already. */
        bw_cli_error(cli, "%s", bw_error_format(error, text, sizeof(text)));
        return error->code == -ENOMEM ? BW_EXIT_INTERNAL : BW_EXIT_USAGE;
}

int bw_cli_usage(struct bw_cli *cli, const char *fmt, ...)
{
        char message[1000];
        va_list ap;

        va_start(ap, fmt);
        (void)vsnprintf(message, sizeof(message), fmt, ap);
        va_end(ap);
        if (cli->verb)
                bw_cli_error(cli, "%s: %s (see \"%s help %s\")", cli->verb->name, message, cli->program,
                             cli->verb->name);
        else
                bw_cli_error(cli, "%s (see \"%s help\")", message, cli->program);
        return BW_EXIT_USAGE;
}

const char *bw_cli_write_problem(int code)
{
        switch (-code) {
        case ENOSPC:
        case EDQUOT:
                return "no space is left on the device";
        case ENOMEM:
                return "out of memory";
        case EIO:
                return "input/output error";
        default:
                return bw_errno_text(code);
        }
}

int bw_cli_print(struct bw_cli *cli, struct bw_buf *buf)
{
        int r = bw_buf_status(buf);

        if (r == 0)
                r = bw_term_write(&cli->out, bw_buf_view(buf));
        bw_buf_clear(buf);
        if (r == 0 || r == -EPIPE)
                return BW_EXIT_OK;
        bw_cli_error(cli, "<stdout>: cannot be written: %s", bw_cli_write_problem(r));
        return BW_EXIT_INTERNAL;
}
