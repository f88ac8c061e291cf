/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/alloc.h"
#include "base/error.h"

#ifdef BW_HARD
#define FIRST_BLOCK ((size_t)64) /* a hard build finds what relies on two allocations being neighbours */
#else
#define FIRST_BLOCK ((size_t)8192)
#endif
#define LARGEST_STEP ((size_t)1 << 20)
#define ALIGN ((size_t)16)

struct block {
        struct block *older;
        size_t size; /* of data[] */
        size_t used;
        _Alignas(16) char data[];
};

struct bw_arena {
        struct block *newest;
        size_t ceiling;
        size_t total; /* bytes handed out */
        size_t peak;
        bool hit_ceiling;
        bool has_secrets;
};

struct bw_arena *bw_arena_new(size_t ceiling)
{
        struct bw_arena *arena = bw_zalloc(sizeof(*arena));

        if (arena)
                arena->ceiling = ceiling;
        return arena;
}

static void free_blocks(const struct bw_arena *arena, struct block *b, const struct block *until)
{
        while (b != until) {
                struct block *older = b->older;

                if (arena->has_secrets)
                        explicit_bzero(b->data, b->size);
                bw_free(b);
                b = older;
        }
}

void bw_arena_wipe(struct bw_arena *arena)
{
        arena->has_secrets = true;
}

void bw_arena_free(struct bw_arena *arena)
{
        if (!arena)
                return;
        free_blocks(arena, arena->newest, NULL);
        bw_free(arena);
}

void bw_arena_reset(struct bw_arena *arena)
{
        struct block *first = arena->newest;

        /* The newest block is the largest: keeping it means a steady load allocates nothing. */
        if (first) {
                free_blocks(arena, first->older, NULL);
                first->older = NULL;
                first->used = 0;
        }
        arena->total = 0;
        arena->hit_ceiling = false;
}

static BW_COLD void *alloc_slow(struct bw_arena *arena, size_t size)
{
        size_t want = arena->newest ? BW_MIN(arena->newest->size * 2, LARGEST_STEP) : FIRST_BLOCK;
        struct block *b;

        if (want < size)
                want = size;
        b = bw_malloc(sizeof(*b) + want);
        if (!b)
                return NULL;
        b->older = arena->newest;
        b->size = want;
        b->used = size;
        arena->newest = b;
        return b->data;
}

void *bw_arena_alloc(struct bw_arena *arena, size_t size)
{
        struct block *b = arena->newest;
        void *p;

        if (BW_UNLIKELY(size > SIZE_MAX / 4))
                return NULL;
        size = (size + ALIGN - 1) & ~(ALIGN - 1);
        if (BW_UNLIKELY(arena->ceiling && arena->total + size > arena->ceiling)) {
                arena->hit_ceiling = true;
                return NULL;
        }
        if (BW_LIKELY(b && b->size - b->used >= size)) {
                p = b->data + b->used;
                b->used += size;
        } else {
                p = alloc_slow(arena, size);
                if (!p)
                        return NULL;
        }
        arena->total += size;
        if (arena->total > arena->peak)
                arena->peak = arena->total;
        return p;
}

void *bw_arena_zalloc(struct bw_arena *arena, size_t size)
{
        void *p = bw_arena_alloc(arena, size);

        if (p)
                memset(p, 0, size);
        return p;
}

void *bw_arena_array(struct bw_arena *arena, size_t n, size_t size)
{
        size_t bytes;

        if (__builtin_mul_overflow(n, size, &bytes))
                return NULL;
        return bw_arena_alloc(arena, bytes);
}

int bw_arena_grow(struct bw_arena *arena, void *items_ptr, size_t *cap, size_t n, size_t size)
{
        size_t more = *cap ? *cap * 2 : 8;
        void *items;
        void *grown;

        if (n < *cap)
                return 0;
        grown = bw_arena_array(arena, more, size);
        if (!grown)
                return -ENOMEM;
        memcpy(&items, items_ptr, sizeof(items));
        if (n)
                memcpy(grown, items, n * size);
        memcpy(items_ptr, &grown, sizeof(grown));
        *cap = more;
        return 0;
}

struct bw_str bw_arena_str(struct bw_arena *arena, struct bw_str s)
{
        char *copy = bw_arena_alloc(arena, s.n + 1);

        if (!copy)
                return (struct bw_str){0};
        if (s.n)
                memcpy(copy, s.p, s.n);
        copy[s.n] = '\0';
        return bw_str_n(copy, s.n);
}

struct bw_str bw_arena_printf(struct bw_arena *arena, const char *fmt, ...)
{
        va_list ap;
        va_list again;
        char *p = NULL;
        int n;

        va_start(ap, fmt);
        va_copy(again, ap);
        n = vsnprintf(NULL, 0, fmt, ap);
        if (n >= 0)
                p = bw_arena_alloc(arena, (size_t)n + 1);
        if (p)
                (void)vsnprintf(p, (size_t)n + 1, fmt, again);
        va_end(again);
        va_end(ap);
        return p ? bw_str_n(p, (size_t)n) : (struct bw_str){0};
}

struct bw_arena_mark bw_arena_save(const struct bw_arena *arena)
{
        return (struct bw_arena_mark){
                .block = arena->newest,
                .used = arena->newest ? arena->newest->used : 0,
                .total = arena->total,
        };
}

void bw_arena_restore(struct bw_arena *arena, struct bw_arena_mark mark)
{
        if (!mark.block) {
                bw_arena_reset(arena);
                return;
        }
        free_blocks(arena, arena->newest, mark.block);
        arena->newest = mark.block;
        arena->newest->used = mark.used;
        arena->total = mark.total;
}

size_t bw_arena_used(const struct bw_arena *arena)
{
        return arena->total;
}

size_t bw_arena_peak(const struct bw_arena *arena)
{
        return arena->peak;
}

int bw_arena_error(const struct bw_arena *arena, struct bw_error *reterr)
{
        if (arena->hit_ceiling)
                return bw_error_set(reterr, -E2BIG, "memory limit of %zu bytes reached", arena->ceiling);
        return bw_error_nomem(reterr);
}
