#include "store/wal.h"

#include <stdlib.h>
#include <string.h>

#define HEAD       32 /* of the log */
#define FRAME_HEAD 24
#define SALT_AT    16 /* in the log's head */
#define SALT_LEN   8
#define PLACES     8192 /* of the table: a power of two */
_Static_assert(PLACES > TBC_WAL_FRAMES, "the table is never full");
#define PIECE      65536 /* SQLite's files take less than twice that at once */
#define PAGE_LEAST 512
#define PAGE_MOST  65536

/* Of one page: its newest frame, and the one whose bytes were moved; frames begin at 1. */
struct place {
    uint32_t page; /* 0: free */
    uint32_t newest;
    uint32_t moved; /* 0: none */
};

struct tbc_wal {
    sqlite3_file *file;
    uint8_t *image; /* the file's first len bytes; NULL until the log begins anew */
    size_t room;
    size_t len;
    size_t dirty_from; /* of the image, not in the file yet */
    size_t dirty_to;
    size_t page_size;
    bool is_wanted;
    bool is_kept;   /* what is written goes into the image, as long as there is room */
    bool is_beyond; /* something was written that is not in the image */
    bool is_unsynced; /* something was written to the file */
    uint32_t committed;
    uint32_t looked_at; /* frames that tbc_wal_move has come by */
    struct place places[PLACES];
};

struct tbc_wal *
tbc_wal_new(sqlite3_file *file)
{
    struct tbc_wal *w = calloc(1, sizeof *w);

    if (w != NULL) {
        w->file = file;
        w->is_unsynced = true;
    }
    return w;
}

void
tbc_wal_free(struct tbc_wal **wal)
{
    if (*wal != NULL) {
        free((*wal)->image);
        free(*wal);
        *wal = NULL;
    }
}

static uint32_t
be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static size_t
frame_size(const struct tbc_wal *w)
{
    return FRAME_HEAD + w->page_size;
}

/* The n-th frame of the image. */
static const uint8_t *
frame(const struct tbc_wal *w, uint32_t n)
{
    return w->image + HEAD + (size_t)(n - 1) * frame_size(w);
}

/* Where a page is, or may be put: there are more places than frames. */
static size_t
place_of(const struct tbc_wal *w, uint32_t page)
{
    size_t i = (size_t)(page * UINT32_C(2654435761)) % PLACES;

    while (w->places[i].page != 0 && w->places[i].page != page) {
        i = (i + 1) % PLACES;
    }
    return i;
}

/* Nothing is kept. */
static void
forget(struct tbc_wal *w)
{
    w->len = w->dirty_from = w->dirty_to = 0;
    w->committed = w->looked_at = 0;
    w->is_kept = w->is_beyond = false;
    memset(w->places, 0, sizeof w->places);
}

void
tbc_wal_keep(struct tbc_wal *w)
{
    w->is_wanted = true;
}

/* The log's head is being written: what follows is a new one.  Without memory it is the file's alone. */
static void
begin(struct tbc_wal *w, const uint8_t *head)
{
    const size_t page_size = be32(head + 8);

    forget(w);
    if (!w->is_wanted || page_size < PAGE_LEAST || page_size >= PAGE_MOST) {
        return;
    }
    if (page_size != w->page_size) {
        free(w->image);
        w->page_size = page_size;
        w->room = HEAD + TBC_WAL_FRAMES * frame_size(w);
        w->image = malloc(w->room);
    }
    w->is_kept = w->image != NULL;
}

static int
flush(struct tbc_wal *w)
{
    while (w->dirty_from < w->dirty_to) {
        const size_t left = w->dirty_to - w->dirty_from;
        const size_t len = left < PIECE ? left : PIECE;
        int code;

        w->is_unsynced = true;
        code = w->file->pMethods->xWrite(w->file, w->image + w->dirty_from, (int)len,
                                         (sqlite3_int64)w->dirty_from);
        if (code != SQLITE_OK) {
            return code;
        }
        w->dirty_from += len;
    }
    w->dirty_from = w->dirty_to = 0;
    return SQLITE_OK;
}

int
tbc_wal_read(struct tbc_wal *w, void *to, int len, sqlite3_int64 at)
{
    const size_t end = (size_t)at + (size_t)len;
    int code;

    if (end <= w->len) {
        memcpy(to, w->image + at, (size_t)len);
        return SQLITE_OK;
    }
    code = flush(w);
    return code == SQLITE_OK ? w->file->pMethods->xRead(w->file, to, len, at) : code;
}

/* Into the image, which has no holes. */
static int
keep(struct tbc_wal *w, const void *from, size_t at, size_t end)
{
    int code = SQLITE_OK;

    if (w->dirty_to > w->dirty_from && (at > w->dirty_to || end < w->dirty_from)) {
        code = flush(w);
    }
    if (code != SQLITE_OK) {
        return code;
    }
    memcpy(w->image + at, from, end - at);
    w->len = end > w->len ? end : w->len;
    if (w->dirty_to == w->dirty_from) {
        w->dirty_from = at;
        w->dirty_to = end;
    } else {
        w->dirty_from = at < w->dirty_from ? at : w->dirty_from;
        w->dirty_to = end > w->dirty_to ? end : w->dirty_to;
    }
    return SQLITE_OK;
}

int
tbc_wal_write(struct tbc_wal *w, const void *from, int len, sqlite3_int64 at)
{
    const size_t end = (size_t)at + (size_t)len;
    int code;

    if (at == 0 && len == HEAD) {
        begin(w, from);
    }
    if (w->is_kept && (size_t)at <= w->len && end <= w->room) {
        return keep(w, from, (size_t)at, end);
    }
    if ((code = flush(w)) != SQLITE_OK) {
        return code;
    }
    if ((size_t)at < w->len) { /* something that is kept becomes another */
        forget(w);
    }
    w->is_kept = false;
    w->is_beyond = w->is_unsynced = true;
    return w->file->pMethods->xWrite(w->file, from, len, at);
}

int
tbc_wal_truncate(struct tbc_wal *w, sqlite3_int64 size)
{
    int code = size == 0 ? SQLITE_OK : flush(w);

    if (code != SQLITE_OK) {
        return code;
    }
    forget(w);
    w->is_unsynced = true;
    return w->file->pMethods->xTruncate(w->file, size);
}

/* What was synced ends with the last frame that says how large the database is after its commit; what
 * stands behind it was taken back, or is of another log. */
static void
note_commits(struct tbc_wal *w)
{
    const size_t whole = w->len < HEAD ? 0 : (w->len - HEAD) / frame_size(w);
    uint32_t last = w->committed;

    for (uint32_t i = last + 1; i <= whole; i++) {
        const uint8_t *head = frame(w, i);

        if (memcmp(head + 8, w->image + SALT_AT, SALT_LEN) != 0) {
            break;
        }
        last = be32(head + 4) != 0 ? i : last;
    }
    for (uint32_t i = w->committed + 1; i <= last; i++) {
        struct place *p = &w->places[place_of(w, be32(frame(w, i)))];

        p->page = be32(frame(w, i));
        p->newest = i;
    }
    w->committed = last;
}

int
tbc_wal_sync(struct tbc_wal *w, int flags)
{
    int code = flush(w);

    if (code != SQLITE_OK || !w->is_unsynced) {
        return code;
    }
    if ((code = w->file->pMethods->xSync(w->file, flags)) == SQLITE_OK) {
        w->is_unsynced = false;
        note_commits(w);
    }
    return code;
}

int
tbc_wal_size(struct tbc_wal *w, sqlite3_int64 *size)
{
    int code = flush(w);

    return code == SQLITE_OK ? w->file->pMethods->xFileSize(w->file, size) : code;
}

uint32_t
tbc_wal_frames(const struct tbc_wal *w)
{
    return w->committed;
}

bool
tbc_wal_is_beyond(const struct tbc_wal *w)
{
    return w->is_beyond;
}

int
tbc_wal_move(struct tbc_wal *w, uint32_t n, tbc_wal_put_fn put, void *arg)
{
    const uint32_t end = n < w->committed ? n : w->committed;

    while (w->looked_at < end) {
        const uint32_t i = w->looked_at + 1;
        const uint32_t page = be32(frame(w, i));
        struct place *p = &w->places[place_of(w, page)];

        if (p->newest == i) {
            int code = put(arg, page, frame(w, i) + FRAME_HEAD, (int)w->page_size);

            if (code != SQLITE_OK) {
                return code;
            }
            p->moved = i;
        }
        w->looked_at = i;
    }
    return SQLITE_OK;
}

bool
tbc_wal_has_moved(const struct tbc_wal *w, uint32_t page, const void *bytes, int len)
{
    const struct place *p = &w->places[place_of(w, page)];

    return p->page == page && p->moved != 0 && (size_t)len == w->page_size &&
           memcmp(frame(w, p->moved) + FRAME_HEAD, bytes, w->page_size) == 0;
}
