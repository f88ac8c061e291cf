/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tomlplusplus.h"

/* Its assertions must be there in every build: some broken texts (a = [{]) get as far as to one. */
#undef NDEBUG
#include <cstdio>
#include <sstream>
#include <stdexcept>

[[noreturn]] static void unexpected_text()
{
        throw std::logic_error("the text breaks off, or goes on in a way that the reader does not expect");
}

#define TOML_EXCEPTIONS 1
#define TOML_ASSERT(expr)                                                                          \
        do {                                                                                       \
                if (!(expr))                                                                       \
                        unexpected_text();                                                         \
        } while (0)
#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

namespace
{

using take_fn = bool (*)(void *, const struct bw_toml_event *);

struct emitter {
        take_fn take;
        void *userdata;

        bool emit(struct bw_toml_event event, const toml::source_region &at) const
        {
                event.line = at.begin.line;
                event.column = at.begin.column;
                return take(userdata, &event);
        }

        bool text(enum bw_toml_event_type type, std::string_view s, const toml::source_region &at) const
        {
                struct bw_toml_event event = {};

                event.type = type;
                event.text = s.data();
                event.n = s.size();
                return emit(event, at);
        }

        bool table(const toml::table &t) const
        {
                struct bw_toml_event event = {};

                event.type = BW_TOML_MAP;
                event.n = t.size();
                if (!emit(event, t.source()))
                        return false;
                for (const auto &[key, value] : t)
                        if (!text(BW_TOML_KEY, key.str(), key.source()) || !node(value))
                                return false;
                return true;
        }

        bool array(const toml::array &a) const
        {
                struct bw_toml_event event = {};

                event.type = BW_TOML_LIST;
                event.n = a.size();
                if (!emit(event, a.source()))
                        return false;
                for (const auto &value : a)
                        if (!node(value))
                                return false;
                return true;
        }

        template <typename T> bool printed(const T &value, const toml::source_region &at) const
        {
                std::ostringstream out;

                out << value;
                return text(BW_TOML_TEXT, out.str(), at);
        }

        bool node(const toml::node &n) const
        {
                struct bw_toml_event event = {};

                if (const auto *t = n.as_table())
                        return table(*t);
                if (const auto *a = n.as_array())
                        return array(*a);
                if (const auto *s = n.as_string())
                        return text(BW_TOML_TEXT, s->get(), n.source());
                if (const auto *i = n.as_integer()) {
                        event.type = BW_TOML_INT;
                        event.i = i->get();
                } else if (const auto *d = n.as_floating_point()) {
                        event.type = BW_TOML_FLOAT;
                        event.d = d->get();
                } else if (const auto *b = n.as_boolean()) {
                        event.type = BW_TOML_BOOL;
                        event.b = b->get();
                } else if (const auto *date = n.as_date()) {
                        return printed(date->get(), n.source());
                } else if (const auto *time = n.as_time()) {
                        return printed(time->get(), n.source());
                } else if (const auto *both = n.as_date_time()) {
                        return printed(both->get(), n.source());
                }
                return emit(event, n.source());
        }
};

} // namespace

bool bw_toml_parse(const char *text, size_t n, take_fn take, void *userdata, struct bw_toml_failure *failure)
{
        try {
                const toml::table root = toml::parse(std::string_view(text, n));

                return emitter{take, userdata}.table(root);
        } catch (const toml::parse_error &error) {
                failure->line = error.source().begin.line;
                failure->column = error.source().begin.column;
                std::snprintf(failure->message, sizeof(failure->message), "%.*s",
                              static_cast<int>(error.description().size()), error.description().data());
        } catch (const std::logic_error &error) {
                std::snprintf(failure->message, sizeof(failure->message), "%s", error.what());
        } catch (...) {
                failure->no_memory = true;
        }
        return false;
}
