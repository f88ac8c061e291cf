/* SPDX-License-Identifier: Apache-2.0 */
#include "os/sandbox.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "os/sandbox_internal.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define WATCHED_FROM_OUTSIDE
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WATCHED_FROM_OUTSIDE
#endif

bool bw_sandbox_is_possible(const char **ret_why)
{
#ifdef WATCHED_FROM_OUTSIDE
        /* The leak checker attaches to the process as a debugger when it ends. */
        *ret_why = "none: built with sanitizers";
        return false;
#else
        (void)ret_why;
        return true;
#endif
}

struct bw_sandbox bw_sandbox_begin(void)
{
        struct bw_sandbox sandbox = {.ruleset = -1};

        (void)!bw_landlock_begin(&sandbox);
        return sandbox;
}

struct bw_sandbox bw_sandbox_begin_client(void)
{
        struct bw_sandbox sandbox = {.ruleset = -1, .network = true};

        (void)!bw_landlock_begin(&sandbox);
        return sandbox;
}

static void allow(struct bw_sandbox *sandbox, const char *path, bool write)
{
        /* Without this rule the input itself would be shut out: rather no Landlock at all. */
        if (sandbox->ruleset >= 0 && bw_landlock_allow(sandbox, path, write) < 0)
                bw_sandbox_done(sandbox);
}

void bw_sandbox_allow_read(struct bw_sandbox *sandbox, const char *path)
{
        allow(sandbox, path, false);
}

void bw_sandbox_allow_write(struct bw_sandbox *sandbox, const char *path)
{
        sandbox->writes = true;
        allow(sandbox, path, true);
}

void bw_sandbox_enter(struct bw_sandbox *sandbox)
{
        const char *text = "none: the kernel has neither landlock nor seccomp, or forbids them here";
        bool landlock;
        bool seccomp;

        /* Both need it: a program started with more rights must not be confused by our limits. */
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
                text = "none: the kernel refused no_new_privs";
        } else {
                landlock = sandbox->ruleset >= 0 && bw_landlock_enter(sandbox) == 0;
                seccomp = bw_seccomp_enter(sandbox->writes, sandbox->network) == 0;
                if (landlock || seccomp)
                        text = landlock && seccomp ? "landlock+seccomp" : landlock ? "landlock" : "seccomp";
        }
        (void)snprintf(sandbox->text, sizeof(sandbox->text), "%s", text);
}

const char *bw_sandbox_text(const struct bw_sandbox *sandbox)
{
        return sandbox->text[0] ? sandbox->text : "none: not entered";
}

void bw_sandbox_done(struct bw_sandbox *sandbox)
{
        if (sandbox->ruleset >= 0)
                (void)close(sandbox->ruleset);
        sandbox->ruleset = -1;
}
