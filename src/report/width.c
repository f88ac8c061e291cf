/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report_internal.h"

struct range {
        uint32_t first;
        uint32_t last;
};

/* Blocks of combining marks and joiners, in order. Rare scripts are left at one column: only the caret would be off. */
static const struct range zero_width[] = {
        {0x0300, 0x036f},   {0x0483, 0x0489},   {0x0591, 0x05bd},   {0x0610, 0x061a},   {0x064b, 0x065f},
        {0x0670, 0x0670},   {0x06d6, 0x06dc},   {0x06df, 0x06e4},   {0x0711, 0x0711},   {0x0730, 0x074a},
        {0x0900, 0x0902},   {0x093c, 0x093c},   {0x0941, 0x0948},   {0x094d, 0x094d},   {0x0e31, 0x0e31},
        {0x0e34, 0x0e3a},   {0x0e47, 0x0e4e},   {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},   {0x200b, 0x200f},
        {0x202a, 0x202e},   {0x2060, 0x206f},   {0x20d0, 0x20f0},   {0x302a, 0x302d},   {0x3099, 0x309a},
        {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f},   {0xfeff, 0xfeff},   {0x1f3fb, 0x1f3ff}, {0xe0000, 0xe01ef},
};

static const struct range double_width[] = {
        {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2614, 0x2615},   {0x26a1, 0x26a1},
        {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2e80, 0x303e},
        {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97c},
        {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
        {0x17000, 0x18cff}, {0x1b000, 0x1b2ff}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
        {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

/* What changes the order of text on screen or hides it, beside the plain controls. */
static const struct range unsafe[] = {
        {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x061c, 0x061c},   {0x200b, 0x200b}, {0x200e, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0xe0000, 0xe007f},
};

static bool in_ranges(const struct range *ranges, size_t n, uint32_t rune)
{
        size_t lo = 0;
        size_t hi = n;

        while (lo < hi) {
                size_t mid = (lo + hi) / 2;

                if (rune > ranges[mid].last)
                        lo = mid + 1;
                else if (rune < ranges[mid].first)
                        hi = mid;
                else
                        return true;
        }
        return false;
}

unsigned bw_rune_width(uint32_t rune)
{
        if (rune < 0x300)
                return 1;
        if (in_ranges(zero_width, BW_ARRAY_SIZE(zero_width), rune))
                return 0;
        return in_ranges(double_width, BW_ARRAY_SIZE(double_width), rune) ? 2 : 1;
}

bool bw_rune_is_unsafe(uint32_t rune)
{
        return in_ranges(unsafe, BW_ARRAY_SIZE(unsafe), rune);
}
