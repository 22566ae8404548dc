/* What the real programs find below them in place of clocks, sockets, scanner and chance.  The linker
 * leads them here (--wrap); each answers for the gate whose turn it is. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MONO_BEGIN INT64_C(1000000) /* steady clocks begin anywhere */
/* What a function that has no stand-in here would look at is all zero, and its crash plain. */
#define ROOM 4096

struct tbc_utc __wrap_tbc_clock_utc(void);
struct tbc_mono __wrap_tbc_clock_mono(void);
int64_t __wrap_tbc_clock_us(void);
enum tbc_err __wrap_tbc_random(void *out, size_t len);
enum tbc_err
__wrap_tbc_client_open(struct tbc_client **client, const struct tbc_device_file *device,
                       bool with_feed);
void __wrap_tbc_client_close(struct tbc_client **client);
enum tbc_err __wrap_tbc_client_send(struct tbc_client *client, const uint8_t *id,
                                    enum tbc_op op, const void *msg);
enum tbc_err __wrap_tbc_client_recv(struct tbc_client *client, struct tbc_reply *reply);
enum tbc_err
__wrap_tbc_client_notice(struct tbc_client *client, struct tbc_notice *notice);
enum tbc_err
__wrap_tbc_scan_open(struct tbc_scan **scan, const char *source, const char **why);
void __wrap_tbc_scan_close(struct tbc_scan **scan);
enum tbc_err __wrap_tbc_scan_next(struct tbc_scan *scan, struct tbc_mono now,
                                  struct tbc_scan_text *text);
int __wrap_tbc_scan_fd(const struct tbc_scan *scan);
const char *__wrap_tbc_scan_trouble(const struct tbc_scan *scan);
void __wrap_tbc_scan_forget(struct tbc_scan *scan);
int __wrap_puts(const char *line);

struct tbc_client {
    struct sim_gate *gate;
    struct sim_message *reply; /* what the caller borrows from */
    struct sim_message *notice;
};

struct tbc_scan {
    struct sim_gate *gate;
};

struct tbc_utc
__wrap_tbc_clock_utc(void)
{
    const struct sim *s = sim_running;
    const int64_t off = s->current == NULL ? 0 : s->current->offset_s;

    return (struct tbc_utc){ sim_utc(s).s + off };
}

struct tbc_mono
__wrap_tbc_clock_mono(void)
{
    return (struct tbc_mono){ MONO_BEGIN + sim_running->now_ms };
}

int64_t
__wrap_tbc_clock_us(void)
{
    return 1000 * __wrap_tbc_clock_mono().ms;
}

enum tbc_err
__wrap_tbc_random(void *out, size_t len)
{
    chance_fill(&sim_running->ids, out, len);
    return TBC_OK;
}

enum tbc_err
__wrap_tbc_client_open(struct tbc_client **client, const struct tbc_device_file *device,
                       bool with_feed)
{
    (void)device;
    (void)with_feed;
    if ((*client = calloc(1, ROOM)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (*client)->gate = sim_running->current;
    return TBC_OK;
}

void
__wrap_tbc_client_close(struct tbc_client **client)
{
    struct tbc_client *c = *client;

    *client = NULL;
    if (c != NULL) {
        sim_message_free(&c->reply);
        sim_message_free(&c->notice);
        sim_queue_fini(&c->gate->replies);
        sim_queue_fini(&c->gate->notices);
        free(c);
    }
}

enum tbc_err
__wrap_tbc_client_send(struct tbc_client *client, const uint8_t *id, enum tbc_op op,
                       const void *msg)
{
    struct sim *s = sim_running;
    struct sim_message *m = calloc(1, sizeof *m);
    enum tbc_err err;

    if (m == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    m->gate = (size_t)(client->gate - s->gates);
    m->life = client->gate->life;
    m->to_station = true;
    err = tbc_wire_put_request(&m->bytes, id, op, msg);
    if (err != TBC_OK) {
        sim_message_free(&m);
        return err;
    }
    sim_send(s, m);
    return TBC_OK;
}

enum tbc_err
__wrap_tbc_client_recv(struct tbc_client *client, struct tbc_reply *reply)
{
    *reply = (struct tbc_reply){ 0 };
    sim_message_free(&client->reply);
    client->reply = sim_queue_take(&client->gate->replies);
    if (client->reply == NULL) {
        return TBC_ERR_BUSY;
    }
    client->gate->heard = true;
    return tbc_wire_open_reply(tbc_buf_span(&client->reply->bytes), reply, NULL);
}

enum tbc_err
__wrap_tbc_client_notice(struct tbc_client *client, struct tbc_notice *notice)
{
    *notice = (struct tbc_notice){ 0 };
    sim_message_free(&client->notice);
    client->notice = sim_queue_take(&client->gate->notices);
    return client->notice == NULL
               ? TBC_ERR_BUSY
               : tbc_wire_open_notice(tbc_buf_span(&client->notice->bytes), notice,
                                      NULL);
}

enum tbc_err
__wrap_tbc_scan_open(struct tbc_scan **scan, const char *source, const char **why)
{
    (void)source;
    (void)why;
    if ((*scan = calloc(1, ROOM)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (*scan)->gate = sim_running->current;
    return TBC_OK;
}

void
__wrap_tbc_scan_close(struct tbc_scan **scan)
{
    free(*scan);
    *scan = NULL;
}

/* The next of those who stand in the line. */
enum tbc_err
__wrap_tbc_scan_next(struct tbc_scan *scan, struct tbc_mono now,
                     struct tbc_scan_text *text)
{
    (void)now;
    *text = (struct tbc_scan_text){ 0 };
    return sim_gate_reads(sim_running, scan->gate, &text->text) ? TBC_OK : TBC_ERR_BUSY;
}

int
__wrap_tbc_scan_fd(const struct tbc_scan *scan)
{
    (void)scan;
    return -1;
}

const char *
__wrap_tbc_scan_trouble(const struct tbc_scan *scan)
{
    (void)scan;
    return NULL;
}

void
__wrap_tbc_scan_forget(struct tbc_scan *scan)
{
    (void)scan;
}

/* The gates' lines: nobody else prints one while they run. */
int
__wrap_puts(const char *line)
{
    sim_gate_says(sim_running, line);
    return 0;
}
