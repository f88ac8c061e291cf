/* SPDX-License-Identifier: Apache-2.0 */
#include "os/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "os/clock.h"
#include "os/fs.h"

static int fail(struct bw_error *reterr, int code)
{
        return bw_error_set(reterr, -code, "%s", bw_errno_text(code));
}

static bool read_address(struct bw_str address, uint16_t port, struct sockaddr_storage *ret, socklen_t *ret_n)
{
        struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
        char text[INET6_ADDRSTRLEN];

        if (!address.n || address.n >= sizeof(text))
                return false;
        memcpy(text, address.p, address.n);
        text[address.n] = '\0';
        memset(ret, 0, sizeof(*ret));
        if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
                v4->sin_family = AF_INET;
                v4->sin_port = htons(port);
                *ret_n = sizeof(*v4);
                return true;
        }
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        *ret_n = sizeof(*v6);
        return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1;
}

int bw_net_wait(int fd, bool to_write, uint64_t deadline, struct bw_error *reterr)
{
        struct pollfd poll_fd = {.fd = fd, .events = to_write ? POLLOUT : POLLIN};

        for (;;) {
                uint64_t now = bw_clock_ticks();
                int r;

                if (now >= deadline)
                        return fail(reterr, ETIMEDOUT);
                r = poll(&poll_fd, 1, (int)BW_MIN((deadline - now) / 1000000 + 1, (uint64_t)INT_MAX));
                if (r > 0)
                        return 0;
                if (r < 0 && errno != EINTR)
                        return fail(reterr, errno);
        }
}

static int connected(int fd, uint64_t deadline, struct bw_error *reterr)
{
        int code = 0;
        socklen_t n = sizeof(code);
        int r = bw_net_wait(fd, true, deadline, reterr);

        if (r < 0)
                return r;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &n) < 0)
                code = errno;
        return code ? fail(reterr, code) : 0;
}

int bw_net_connect(struct bw_str address, uint16_t port, uint64_t deadline, int *ret_fd, struct bw_error *reterr)
{
        struct sockaddr_storage storage;
        socklen_t n;
        int fd;
        int r = 0;

        if (!read_address(address, port, &storage, &n))
                return bw_error_set(reterr, -EINVAL, "not a numeric address");
        fd = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return fail(reterr, errno);
        if (connect(fd, (const struct sockaddr *)&storage, n) < 0)
                r = errno == EINPROGRESS ? connected(fd, deadline, reterr) : fail(reterr, errno);
        if (r < 0) {
                bw_net_close(fd);
                return r;
        }
        *ret_fd = fd;
        return 0;
}

int bw_net_read(int fd, void *to, size_t n, size_t *ret_n)
{
        ssize_t r = recv(fd, to, n, 0);

        if (r < 0)
                return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
        *ret_n = (size_t)r;
        return 0;
}

int bw_net_write(int fd, const void *from, size_t n, size_t *ret_n)
{
        ssize_t r = send(fd, from, n, MSG_NOSIGNAL);

        if (r < 0)
                return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
        *ret_n = (size_t)r;
        return 0;
}

void bw_net_close(int fd)
{
        if (fd >= 0)
                (void)close(fd);
}
