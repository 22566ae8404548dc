/* One day from its beginning to its end, and the books closed. */
#include "../world/invariants.h"
#include "net/client.h"
#include "oracle.h"
#include "sys/device.h"

#include <sqlite3.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BEAT_MS 1000
/* From a quarter of the day to its end: what is resident may grow by caches, what is allocated
 * beside those of the databases may not. */
#define RSS_GROWTH_KIB  16384
#define HEAP_GROWTH_KIB 512

/* Resident memory. */
static long
rss_kib(void)
{
    long pages = 0;
    char text[128] = "";
    FILE *f = fopen("/proc/self/statm", "r");
    const char *at = NULL;

    if (f != NULL) {
        at = fgets(text, sizeof text, f) == NULL ? NULL : strchr(text, ' ');
        (void)fclose(f);
    }
    pages = at == NULL ? 0 : strtol(at, NULL, 10);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void
look_at_memory(struct sim_memory *m)
{
    const struct mallinfo2 heap = mallinfo2();

    m->rss_kib = rss_kib();
    m->heap_kib =
        ((long)(heap.uordblks + heap.hblkhd) - (long)sqlite3_memory_used()) / 1024;
}

/* Z85 of keys that differ in one letter. */
static void
put_key(size_t gate, char z85[static TBC_Z85_LEN + 1])
{
    memset(z85, 'a', TBC_Z85_LEN);
    z85[TBC_Z85_LEN - 1] = (char)('1' + gate);
    z85[TBC_Z85_LEN] = '\0';
}

void
sim_key(size_t gate, uint8_t key[static 32])
{
    char z85[TBC_Z85_LEN + 1];

    put_key(gate, z85);
    if (!tbc_z85_decode(z85, key)) {
        (void)fprintf(stderr, "sim: a key\n");
        exit(3);
    }
}

static void
make_device(struct sim *s, struct sim_gate *g)
{
    struct tbc_device_file file = { .role = "gate",
                                    .front = "tcp://127.0.0.1:1",
                                    .feed = "tcp://127.0.0.1:2" };

    (void)snprintf(file.name, sizeof file.name, "%s", g->name);
    (void)snprintf(file.root, sizeof file.root, "%s", station_model_root(s));
    put_key((size_t)(g - s->gates), file.public_key);
    memset(file.secret_key, 'b', TBC_Z85_LEN);
    memset(file.station_key, 'c', TBC_Z85_LEN);
    if (tbc_device_write(&file, g->device) != TBC_OK) {
        (void)fprintf(stderr, "sim: %s cannot be written\n", g->device);
        exit(3);
    }
    tbc_device_fini(&file);
}

static void
name_gates(struct sim *s)
{
    for (size_t i = 0; i < s->options.gates; i++) {
        struct sim_gate *g = &s->gates[i];

        (void)snprintf(g->name, sizeof g->name, "gate-%zu", i + 1);
        (void)snprintf(g->device, sizeof g->device, "%s/gate-%zu.device",
                       s->options.folder, i + 1);
        (void)snprintf(g->data, sizeof g->data, "%s/gate-%zu", s->options.folder,
                       i + 1);
        (void)snprintf(g->journal, sizeof g->journal, "%s/gate-%zu/journal.db",
                       s->options.folder, i + 1);
        g->fine_since_ms = -1;
        g->silent_since_ms = -1;
        g->waiting_since_ms = -1;
        g->offline_since_ms = -1;
        g->old_since_ms = -1;
        g->stepped_ms = -1;
    }
}

static void
set_station(struct sim *s, bool up)
{
    s->station_up = up;
    s->station_life += up ? 0 : 1; /* what was in its sockets is lost */
    for (size_t i = 0; i < s->options.gates; i++) {
        sim_connection(s, &s->gates[i]);
    }
    sim_trace(s, "station", up ? "up" : "down");
}

static void
set_clock(struct sim_gate *g, int64_t offset_s)
{
    if (offset_s < 60 || g->heard) { /* a gate alone believes a later time */
        g->offset_s = offset_s;
    }
}

static void
happen(struct sim *s, struct sim_event *e)
{
    struct sim_gate *g = &s->gates[e->a < SIM_GATES_MAX ? e->a : 0];

    switch (e->kind) {
    case SIM_PRESENT:
        sim_gate_stands(s, e->a);
        break;
    case SIM_MESSAGE:
        sim_deliver(s, e->message);
        break;
    case SIM_BEAT:
        if (s->station_up) {
            station_model_beat(s);
        }
        sim_push(s,
                 (struct sim_event){ .at_ms = s->now_ms + BEAT_MS, .kind = SIM_BEAT });
        break;
    case SIM_STATION:
        set_station(s, e->b != 0);
        break;
    case SIM_LINK:
        g->link = (enum sim_link)e->b;
        sim_connection(s, g);
        break;
    case SIM_CLOCK:
        set_clock(g, e->b);
        break;
    case SIM_KILL:
        sim_gate_kill(s, g);
        break;
    case SIM_START:
        if (g->gate == NULL) {
            sim_gate_start(s, g);
        }
        break;
    case SIM_REVOKE:
        station_model_revoke(s, e->a);
        break;
    case SIM_RENEW_LISTS:
        station_model_renew(s);
        break;
    }
}

/* The gate whose turn comes first. */
static struct sim_gate *
next_gate(struct sim *s)
{
    struct sim_gate *next = NULL;

    for (size_t i = 0; i < s->options.gates; i++) {
        struct sim_gate *g = &s->gates[i];

        if (g->gate != NULL && (next == NULL || g->due_ms < next->due_ms)) {
            next = g;
        }
    }
    return next;
}

static void
pass_the_day(struct sim *s)
{
    const int64_t quarter =
        s->options.from_ms + (s->options.to_ms - s->options.from_ms) / 4;

    while (s->now_ms < s->options.to_ms) {
        struct sim_gate *g = next_gate(s);
        struct sim_event e;

        if (g != NULL && g->due_ms < s->heap[0].at_ms) {
            s->now_ms = g->due_ms > s->now_ms ? g->due_ms : s->now_ms;
            sim_gate_step(s, g);
        } else if (sim_pop(s, &e)) {
            s->now_ms = e.at_ms;
            happen(s, &e);
        }
        if (s->figures.first.rss_kib == 0 && s->now_ms >= quarter) {
            look_at_memory(&s->figures.first);
        }
    }
    look_at_memory(&s->figures.last);
    if (s->figures.first.heap_kib > 0 && /* a sanitizer's malloc counts nothing */
        (s->figures.last.rss_kib > s->figures.first.rss_kib + RSS_GROWTH_KIB ||
         s->figures.last.heap_kib > s->figures.first.heap_kib + HEAP_GROWTH_KIB)) {
        sim_find(s, "memory grew");
    }
}

/* All journals against the store, as files. */
static void
close_the_books(struct sim *s)
{
    struct invariants_facts f = { .gates_n = s->options.gates,
                                  .audited = true, /* there is no log here */
                                  .from = { SIM_DAY + s->options.from_ms / 1000 },
                                  .to = sim_utc(s),
                                  .skew_s = 61,
                                  .revoked_s = TBC_DAY_S };
    struct invariants_report report;
    struct tbc_buf why = { 0 };

    for (size_t i = 0; i < s->options.gates; i++) {
        (void)snprintf(f.gates[i].name, sizeof f.gates[i].name, "%s", s->gates[i].name);
        f.gates[i].journal = s->gates[i].journal;
        f.gates[i].group = (unsigned)i;
        f.gates[i].opened = s->gates[i].opened;
        f.unheard += s->gates[i].orphans;
    }
    if (!invariants_read(&f, s->options.folder, &why)) {
        sim_find(s, "%s", tbc_buf_str(&why));
    } else {
        for (size_t i = 0; i < f.store_n; i++) {
            s->figures.conflicts += f.store[i].conflict ? 1 : 0;
        }
        invariants_judge(&f, &report, &why);
        if (report.sum > 0) {
            sim_find(s, "at the end of the day:\n%s", tbc_buf_str(&why));
            s->figures.findings += report.sum - 1;
        }
    }
    tbc_buf_fini(&why);
    invariants_fini(&f);
}

static void
clear(struct sim *s)
{
    struct sim_event e;

    while (sim_pop(s, &e)) {
        sim_message_free(&e.message);
    }
    free(s->heap);
    free(s->passengers);
    free(s->certificates);
    free(s->visits);
    oracle_free(&s->oracle);
}

bool
sim_run(struct sim *s)
{
    sim_running = s;
    s->plan.state = s->options.seed;
    s->network.state = s->options.seed ^ 0x6e6574;
    s->ids.state = s->options.seed ^ 0x696473;
    s->trace = UINT64_C(0xcbf29ce484222325);
    s->now_ms = s->options.from_ms;
    s->station_up = true;
    s->peers = s->options.seed % 2 == 0;
    name_gates(s);
    sim_plan(s);
    station_model_open(s);
    if ((s->oracle = oracle_new(s)) == NULL) {
        return false;
    }
    for (size_t i = 0; i < s->options.gates; i++) {
        make_device(s, &s->gates[i]);
        sim_gate_start(s, &s->gates[i]);
    }
    pass_the_day(s);
    for (size_t i = 0; i < s->options.gates; i++) {
        sim_gate_end(s, &s->gates[i]);
    }
    station_model_close(s);
    close_the_books(s);
    clear(s);
    return s->figures.findings == 0;
}
