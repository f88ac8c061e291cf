/* SPDX-License-Identifier: Apache-2.0 */
#include "os/sandbox.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
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

int bw_sandbox_begin(struct bw_sandbox *ret_sandbox, struct bw_error *reterr)
{
        struct bw_sandbox sandbox = {.ruleset = -1};
        int r = bw_landlock_begin(&sandbox);

        if (r < 0 && r != -ENOSYS)
                return bw_error_set(reterr, r, "the sandbox cannot be set up (landlock: errno %d); --no-sandbox runs without",
                                    -r);
        *ret_sandbox = sandbox;
        return 0;
}

int bw_sandbox_allow_read(struct bw_sandbox *sandbox, const char *path, struct bw_error *reterr)
{
        return sandbox->ruleset < 0 ? 0 : bw_landlock_allow(sandbox, path, false, reterr);
}

int bw_sandbox_allow_write(struct bw_sandbox *sandbox, const char *path, struct bw_error *reterr)
{
        sandbox->writes = true;
        return sandbox->ruleset < 0 ? 0 : bw_landlock_allow(sandbox, path, true, reterr);
}

int bw_sandbox_enter(struct bw_sandbox *sandbox, struct bw_error *reterr)
{
        bool landlock = false;
        bool seccomp = false;
        int r;

        /* Both need it: a program started with more rights must not be confused by our limits. */
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
                (void)snprintf(sandbox->text, sizeof(sandbox->text), "none: the kernel refused no_new_privs");
                return 0;
        }
        if (sandbox->ruleset >= 0) {
                r = bw_landlock_enter(sandbox);
                if (r < 0)
                        return bw_error_set(reterr, r, "the sandbox cannot be entered (landlock: errno %d); "
                                            "--no-sandbox runs without", -r);
                landlock = true;
        }
        r = bw_seccomp_enter(sandbox->writes);
        if (r < 0 && r != -ENOSYS)
                return bw_error_set(reterr, r, "the sandbox cannot be entered (seccomp: errno %d); --no-sandbox runs without",
                                    -r);
        seccomp = r == 0;
        (void)snprintf(sandbox->text, sizeof(sandbox->text), "%s%s%s", landlock ? "landlock" : "",
                       landlock && seccomp ? "+" : "",
                       seccomp ? "seccomp" : landlock ? "" : "none: the kernel has neither landlock nor seccomp");
        return 0;
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
