/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/re2.h"

#include <re2/re2.h>

#include <cstdio>
#include <memory>

using re2::StringPiece;

struct bw_re2 {
        RE2 re;

        bw_re2(const StringPiece &pattern, const RE2::Options &options) : re(pattern, options)
        {
        }
};

struct bw_re2 *bw_re2_new(const char *pattern, size_t n, size_t max_bytes, char *message, size_t message_size)
{
        message[0] = '\0';
        try {
                RE2::Options options;

                options.set_log_errors(false);
                options.set_max_mem(static_cast<int64_t>(max_bytes));
                options.set_encoding(RE2::Options::EncodingUTF8);
                auto compiled = std::make_unique<bw_re2>(StringPiece(pattern, n), options);
                if (compiled->re.ok())
                        return compiled.release();
                std::snprintf(message, message_size, "%s", compiled->re.error().c_str());
        } catch (...) {
                message[0] = '\0';
        }
        return nullptr;
}

void bw_re2_free(struct bw_re2 *re)
{
        delete re;
}

int bw_re2_match(const struct bw_re2 *re, const char *text, size_t n, size_t start, size_t *ret_begin, size_t *ret_end)
{
        try {
                StringPiece match;

                if (!re->re.Match(StringPiece(text, n), start, n, RE2::UNANCHORED, ret_begin ? &match : nullptr,
                                  ret_begin ? 1 : 0))
                        return 0;
                if (ret_begin) {
                        *ret_begin = static_cast<size_t>(match.data() - text);
                        *ret_end = *ret_begin + match.size();
                }
                return 1;
        } catch (...) {
                return -1;
        }
}
