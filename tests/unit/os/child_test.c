/* SPDX-License-Identifier: Apache-2.0 */
/* A child's data and messages; that it hears when it is to stop, and ends when nobody reads. */
#define BW_ALLOW_BANNED
#include "os/child.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "check.h"
#include "os/proc.h"

static void speak(void *userdata, int data, int messages)
{
        (void)!bw_child_write(data, "abc", 3);
        (void)!bw_child_write(messages, userdata, 4);
        (void)!bw_child_write(data, "def", 3);
}

static void test_speaks(void **state)
{
        struct bw_child child = BW_CHILD_NONE;
        struct bw_error err = {0};
        char text[8] = "";
        size_t n = 0;
        ssize_t r;

        (void)state;
        assert_ok(bw_child_start(speak, (void *)(uintptr_t)"word", &child, &err));
        assert_int_equal(bw_child_message(&child, text, 4, &err), 1);
        assert_string_equal(text, "word");
        assert_int_equal(bw_child_message(&child, text, 4, &err), 0);
        while ((r = read(child.data, text + n, sizeof(text) - 1 - n)) > 0)
                n += (size_t)r;
        text[n] = '\0';
        assert_string_equal(text, "abcdef");
        bw_child_end(&child);
        assert_int_equal(child.pid, 0);
        bw_child_end(&child);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void wait_for_stop(void *userdata, int data, int messages)
{
        const atomic_bool *stop = bw_proc_watch_interrupts();
        const struct timespec pause = {.tv_nsec = 1000000};

        (void)userdata;
        (void)data;
        (void)!bw_child_write(messages, "up", 2);
        while (!atomic_load(stop))
                (void)nanosleep(&pause, NULL);
        (void)!bw_child_write(messages, "ok", 2);
}

static void test_stops(void **state)
{
        struct bw_child child = BW_CHILD_NONE;
        char text[3] = "";

        (void)state;
        assert_ok(bw_child_start(wait_for_stop, NULL, &child, NULL));
        assert_int_equal(bw_child_message(&child, text, 2, NULL), 1);
        bw_proc_share_interrupts(child.stop);
        bw_proc_interrupt();
        assert_int_equal(bw_child_message(&child, text, 2, NULL), 1);
        assert_string_equal(text, "ok");
        bw_proc_share_interrupts(-1);
        bw_child_end(&child);
}

static void write_on(void *userdata, int data, int messages)
{
        static const char zeros[65536];
        int r = 0;

        (void)userdata;
        while (r == 0)
                r = bw_child_write(data, zeros, sizeof(zeros));
        (void)!bw_child_write(messages, r == -EPIPE ? "gone" : "what", 4);
}

static void test_nobody_reads(void **state)
{
        struct bw_child child = BW_CHILD_NONE;
        char text[5] = "";

        (void)state;
        assert_ok(bw_child_start(write_on, NULL, &child, NULL));
        (void)close(child.data);
        child.data = -1;
        assert_int_equal(bw_child_message(&child, text, 4, NULL), 1);
        assert_string_equal(text, "gone");
        bw_child_end(&child);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_speaks),
                cmocka_unit_test(test_stops),
                cmocka_unit_test(test_nobody_reads),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
