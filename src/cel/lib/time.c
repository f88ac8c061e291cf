/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timestamps and durations: conversions, arithmetic, order and calendar fields.
 * Source: cel-go 0.23 common/types/{timestamp,duration,overflow}.go and cel/library.go (times without a zone are UTC,
 * as Kubernetes sets it).
 */
#include "cel/lib/time.h"

#include "cel/lib/lib_internal.h"
#include "cel/lib/std.h"
#include "cel/lib/time_internal.h"

/* ---- conversions ---- */

static struct bw_value same(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return args[0];
}

static struct bw_value timestamp_of_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value v;
        int r = bw_cel_timestamp_parse(bw_lib_text(args[0]), &v);

        (void)n;
        if (r == 0)
                return v;
        return bw_cel_error(call, r == -ERANGE ? "timestamp out of range"
                                               : "type conversion error from 'string' to 'google.protobuf.Timestamp'");
}

static struct bw_value timestamp_of_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value v;

        (void)n;
        return bw_cel_timestamp_make(args[0].i, 0, &v) < 0 ? bw_cel_error(call, "timestamp overflow") : v;
}

static struct bw_value duration_of_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value v;

        (void)n;
        if (bw_cel_duration_parse(bw_lib_text(args[0]), &v) == 0)
                return v;
        return bw_cel_error(call, "type conversion error from 'string' to 'google.protobuf.Duration'");
}

static struct bw_value duration_of_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return (struct bw_value){.type = BW_DURATION, .i = args[0].i};
}

static struct bw_value to_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_int(args[0].i);
}

static struct bw_value to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_buf out = {0};

        (void)n;
        if (args[0].type == BW_TIMESTAMP)
                bw_cel_timestamp_format(&out, args[0]);
        else
                bw_cel_duration_format(&out, args[0]);
        return bw_lib_from_buf(call, &out);
}

/* ---- arithmetic ---- */

static struct bw_value overflow(const struct bw_cel_call *call, struct bw_value v)
{
        return bw_cel_error(call, v.type == BW_TIMESTAMP ? "timestamp overflow" : "integer overflow");
}

static struct bw_value shift(const struct bw_cel_call *call, struct bw_value t, int64_t seconds, int64_t nanoseconds)
{
        struct bw_value v;

        nanoseconds += t.n;
        if (nanoseconds < 0) {
                nanoseconds += TIME_NANO;
                seconds--;
        } else if (nanoseconds >= TIME_NANO) {
                nanoseconds -= TIME_NANO;
                seconds++;
        }
        if (bw_cel_timestamp_make(t.i + seconds, (uint32_t)nanoseconds, &v) < 0)
                return overflow(call, t);
        v.hash = t.hash;
        return v;
}

static struct bw_value add(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        bool first = args[0].type == BW_TIMESTAMP;
        int64_t sum;

        (void)n;
        if (first || args[1].type == BW_TIMESTAMP) {
                int64_t d = args[first ? 1 : 0].i;

                return shift(call, args[first ? 0 : 1], d / TIME_NANO, d % TIME_NANO);
        }
        if (__builtin_add_overflow(args[0].i, args[1].i, &sum))
                return overflow(call, args[0]);
        return (struct bw_value){.type = BW_DURATION, .i = sum};
}

static struct bw_value subtract_duration(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        int64_t difference;

        (void)n;
        if (args[0].type == BW_TIMESTAMP) {
                if (args[1].i == INT64_MIN)
                        return overflow(call, args[1]);
                return shift(call, args[0], -(args[1].i / TIME_NANO), -(args[1].i % TIME_NANO));
        }
        if (__builtin_sub_overflow(args[0].i, args[1].i, &difference))
                return overflow(call, args[0]);
        return (struct bw_value){.type = BW_DURATION, .i = difference};
}

static struct bw_value subtract_timestamp(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        int64_t difference;

        (void)n;
        if (__builtin_mul_overflow(args[0].i - args[1].i, (int64_t)TIME_NANO, &difference) ||
            __builtin_add_overflow(difference, (int64_t)args[0].n - (int64_t)args[1].n, &difference))
                return bw_cel_error(call, "integer overflow");
        return (struct bw_value){.type = BW_DURATION, .i = difference};
}

/* ---- fields ---- */

/* "+05:30", "-01:00", "02:00": hours and minutes, any number of digits. */
static int fixed_offset(struct bw_str s, int64_t *ret)
{
        struct bw_str hours;
        int64_t h;
        int64_t m;

        if (!bw_str_split(&s, ':', &hours))
                return -EINVAL;
        *ret = hours.n > 0 && hours.p[0] == '-' ? -1 : 1;
        if (bw_str_to_i64(hours, &h) < 0 || bw_str_to_i64(s, &m) < 0)
                return -EINVAL;
        /* Far more than a zone can be; keeps the sum below within the calendar's numbers. */
        if (h < -1000000 || h > 1000000 || m < -1000000 || m > 1000000)
                return -ERANGE;
        *ret = h * 3600 + *ret * m * 60;
        return 0;
}

/* Names are paths below the zone database: none may lead out of it. */
static bool is_zone_name(struct bw_str name)
{
        return name.n <= 255 && name.p[0] != '/' && !memchr(name.p, '\\', name.n) && !memchr(name.p, '\0', name.n) &&
               bw_str_find(name, BW_STR("..")) == SIZE_MAX;
}

/* Seconds east of UTC at a time. ABSENT when all is well, else the error. */
static struct bw_value zone_offset(const struct bw_cel_call *call, struct bw_str name, int64_t seconds, int64_t *ret)
{
        struct bw_str tzif;

        *ret = 0;
        if (memchr(name.p, ':', name.n)) {
                if (fixed_offset(name, ret) < 0)
                        return bw_cel_error(call, "invalid time zone offset");
                return (struct bw_value){.type = BW_ABSENT};
        }
        if (name.n == 0 || bw_str_is(name, "UTC") || bw_str_is(name, "Local"))
                return (struct bw_value){.type = BW_ABSENT};
        tzif = is_zone_name(name) ? bw_cel_env_timezone(call->env, name) : BW_STR("");
        if (tzif.n == 0)
                return bw_cel_error(call, "unknown time zone");
        if (bw_zone_offset(tzif, seconds, ret) < 0)
                return bw_cel_error(call, "malformed time zone information");
        return (struct bw_value){.type = BW_ABSENT};
}

enum field { YEAR, MONTH, DAY_OF_YEAR, DAY_OF_MONTH, DATE, DAY_OF_WEEK, HOURS, MINUTES, SECONDS, MILLISECONDS };

static struct bw_value field(const struct bw_cel_call *call, const struct bw_value *args, size_t n, enum field which)
{
        struct bw_value t = args[0];
        struct bw_civil c;
        int64_t offset = 0;

        if (n > 1) {
                struct bw_value error = zone_offset(call, bw_lib_text(args[1]), t.i, &offset);

                if (error.type != BW_ABSENT)
                        return error;
        }
        if (which == MILLISECONDS)
                return bw_value_int(t.n / 1000000);
        c = bw_time_civil(t.i + offset);
        int64_t fields[] = {
                [YEAR] = c.year,      [MONTH] = c.month - 1,     [DAY_OF_YEAR] = c.yearday, [DAY_OF_MONTH] = c.day - 1,
                [DATE] = c.day,       [DAY_OF_WEEK] = c.weekday, [HOURS] = c.hour,          [MINUTES] = c.minute,
                [SECONDS] = c.second,
        };
        return bw_value_int(fields[which]);
}

/* As the reference computes it: a double of whole units and the rest, cut. */
static struct bw_value duration_in(struct bw_value d, int64_t unit)
{
        return bw_value_int((int64_t)((double)(d.i / unit) + (double)(d.i % unit) / (double)unit));
}

#define TIMESTAMP_FIELD(name, which)                                                                                   \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                return field(call, args, n, which);                                                                    \
        }
TIMESTAMP_FIELD(get_year, YEAR)
TIMESTAMP_FIELD(get_month, MONTH)
TIMESTAMP_FIELD(get_day_of_year, DAY_OF_YEAR)
TIMESTAMP_FIELD(get_day_of_month, DAY_OF_MONTH)
TIMESTAMP_FIELD(get_date, DATE)
TIMESTAMP_FIELD(get_day_of_week, DAY_OF_WEEK)
TIMESTAMP_FIELD(get_hours, HOURS)
TIMESTAMP_FIELD(get_minutes, MINUTES)
TIMESTAMP_FIELD(get_seconds, SECONDS)
TIMESTAMP_FIELD(get_milliseconds, MILLISECONDS)

#define DURATION_FIELD(name, unit)                                                                                     \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                (void)call;                                                                                            \
                (void)n;                                                                                               \
                return duration_in(args[0], unit);                                                                     \
        }
DURATION_FIELD(duration_hours, INT64_C(3600) * TIME_NANO)
DURATION_FIELD(duration_minutes, INT64_C(60) * TIME_NANO)
DURATION_FIELD(duration_seconds, INT64_C(1) * TIME_NANO)

static struct bw_value duration_milliseconds(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_int(args[0].i / 1000000);
}

/* ---- tables ---- */

#define TIMESTAMP "timestamp"
#define DURATION "duration"

static const struct bw_cel_overload timestamp_overloads[] = {
        {"timestamp_to_timestamp", "timestamp(" TIMESTAMP ") -> " TIMESTAMP, same, NULL},
        {"int64_to_timestamp", "timestamp(int) -> " TIMESTAMP, timestamp_of_int, NULL},
        {"string_to_timestamp", "timestamp(string) -> " TIMESTAMP, timestamp_of_string, NULL},
};
static const struct bw_cel_overload duration_overloads[] = {
        {"duration_to_duration", "duration(" DURATION ") -> " DURATION, same, NULL},
        {"int64_to_duration", "duration(int) -> " DURATION, duration_of_int, NULL},
        {"string_to_duration", "duration(string) -> " DURATION, duration_of_string, NULL},
};
static const struct bw_cel_overload int_overloads[] = {
        {"duration_to_int64", "int(" DURATION ") -> int", to_int, NULL},
        {"timestamp_to_int64", "int(" TIMESTAMP ") -> int", to_int, NULL},
};
static const struct bw_cel_overload string_overloads[] = {
        {"duration_to_string", "string(" DURATION ") -> string", to_string, NULL},
        {"timestamp_to_string", "string(" TIMESTAMP ") -> string", to_string, NULL},
};
static const struct bw_cel_overload add_overloads[] = {
        {"add_duration_duration", "_+_(" DURATION ", " DURATION ") -> " DURATION, add, NULL},
        {"add_duration_timestamp", "_+_(" DURATION ", " TIMESTAMP ") -> " TIMESTAMP, add, NULL},
        {"add_timestamp_duration", "_+_(" TIMESTAMP ", " DURATION ") -> " TIMESTAMP, add, NULL},
};
static const struct bw_cel_overload subtract_overloads[] = {
        {"subtract_duration_duration", "_-_(" DURATION ", " DURATION ") -> " DURATION, subtract_duration, NULL},
        {"subtract_timestamp_duration", "_-_(" TIMESTAMP ", " DURATION ") -> " TIMESTAMP, subtract_duration, NULL},
        {"subtract_timestamp_timestamp", "_-_(" TIMESTAMP ", " TIMESTAMP ") -> " DURATION, subtract_timestamp, NULL},
};

#define ORDER_OVERLOADS(name, id, sign)                                                                            \
        static const struct bw_cel_overload name##_overloads[] = {                                                     \
                {id "_timestamp", sign "(" TIMESTAMP ", " TIMESTAMP ") -> bool", bw_std_##name, NULL},              \
                {id "_duration", sign "(" DURATION ", " DURATION ") -> bool", bw_std_##name, NULL},                 \
        }
ORDER_OVERLOADS(less, "less", "_<_");
ORDER_OVERLOADS(less_equals, "less_equals", "_<=_");
ORDER_OVERLOADS(greater, "greater", "_>_");
ORDER_OVERLOADS(greater_equals, "greater_equals", "_>=_");

#define FIELD_ROWS(impl, id, id_with_zone, function)                                                                   \
        {id, TIMESTAMP "." function "() -> int", impl, NULL},                                                          \
        {                                                                                                              \
                id_with_zone, TIMESTAMP "." function "(string) -> int", impl, NULL                                     \
        }
#define FIELD_OVERLOADS(name, impl, id, function)                                                                      \
        static const struct bw_cel_overload name##_overloads[] = {                                                     \
                FIELD_ROWS(impl, "timestamp_to_" id, "timestamp_to_" id "_with_tz", function),                         \
        }
FIELD_OVERLOADS(year, get_year, "year", "getFullYear");
FIELD_OVERLOADS(month, get_month, "month", "getMonth");
FIELD_OVERLOADS(day_of_year, get_day_of_year, "day_of_year", "getDayOfYear");
FIELD_OVERLOADS(day_of_month, get_day_of_month, "day_of_month", "getDayOfMonth");
FIELD_OVERLOADS(date, get_date, "day_of_month_1_based", "getDate");
FIELD_OVERLOADS(day_of_week, get_day_of_week, "day_of_week", "getDayOfWeek");

static const struct bw_cel_overload hours_overloads[] = {
        FIELD_ROWS(get_hours, "timestamp_to_hours", "timestamp_to_hours_with_tz", "getHours"),
        {"duration_to_hours", DURATION ".getHours() -> int", duration_hours, NULL},
};
static const struct bw_cel_overload minutes_overloads[] = {
        FIELD_ROWS(get_minutes, "timestamp_to_minutes", "timestamp_to_minutes_with_tz", "getMinutes"),
        {"duration_to_minutes", DURATION ".getMinutes() -> int", duration_minutes, NULL},
};
static const struct bw_cel_overload seconds_overloads[] = {
        FIELD_ROWS(get_seconds, "timestamp_to_seconds", "timestamp_to_seconds_tz", "getSeconds"),
        {"duration_to_seconds", DURATION ".getSeconds() -> int", duration_seconds, NULL},
};
static const struct bw_cel_overload milliseconds_overloads[] = {
        FIELD_ROWS(get_milliseconds, "timestamp_to_milliseconds", "timestamp_to_milliseconds_with_tz",
                   "getMilliseconds"),
        {"duration_to_milliseconds", DURATION ".getMilliseconds() -> int", duration_milliseconds, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("timestamp", timestamp_overloads, "A point in time, from RFC 3339 text or Unix seconds."),
        BW_LIB_FUNCTION("duration", duration_overloads, "A span of time, from text such as \"1h30m\" or nanoseconds."),
        BW_LIB_FUNCTION("int", int_overloads, "Unix seconds of a timestamp, nanoseconds of a duration."),
        BW_LIB_FUNCTION("string", string_overloads, "RFC 3339 text of a timestamp, seconds of a duration."),
        BW_LIB_FUNCTION("_+_", add_overloads, "A later time, a longer span."),
        BW_LIB_FUNCTION("_-_", subtract_overloads, "An earlier time, the span between two times."),
        BW_LIB_FUNCTION("_<_", less_overloads, "Earlier or shorter."),
        BW_LIB_FUNCTION("_<=_", less_equals_overloads, "Not later or longer."),
        BW_LIB_FUNCTION("_>_", greater_overloads, "Later or longer."),
        BW_LIB_FUNCTION("_>=_", greater_equals_overloads, "Not earlier or shorter."),
        BW_LIB_FUNCTION("getFullYear", year_overloads, "The year, in UTC or a time zone."),
        BW_LIB_FUNCTION("getMonth", month_overloads, "The month, from 0."),
        BW_LIB_FUNCTION("getDayOfYear", day_of_year_overloads, "The day of the year, from 0."),
        BW_LIB_FUNCTION("getDayOfMonth", day_of_month_overloads, "The day of the month, from 0."),
        BW_LIB_FUNCTION("getDate", date_overloads, "The day of the month, from 1."),
        BW_LIB_FUNCTION("getDayOfWeek", day_of_week_overloads, "The day of the week; 0 is Sunday."),
        BW_LIB_FUNCTION("getHours", hours_overloads, "The hour of the day; all hours of a duration."),
        BW_LIB_FUNCTION("getMinutes", minutes_overloads, "The minute of the hour; all minutes of a duration."),
        BW_LIB_FUNCTION("getSeconds", seconds_overloads, "The second of the minute; all seconds of a duration."),
        BW_LIB_FUNCTION("getMilliseconds", milliseconds_overloads,
                        "The millisecond of the second; all milliseconds of a duration."),
};

const struct bw_cel_library bw_cel_lib_time = {
        .name = "time",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
