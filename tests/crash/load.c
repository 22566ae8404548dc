#include "load.h"

#include "codec/wire.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "sys/clock.h"
#include "world.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECENT   400 /* facts among which something is looked for */
#define DRAIN_MS 30
#define OPERATOR 0

/* splitmix64: the same seed, the same requests. */
uint64_t
load_random(struct load *l, uint64_t below)
{
    uint64_t z = l->seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static void
random_bytes(struct load *l, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)load_random(l, 256);
    }
}

static void
push(uint32_t **list, size_t *n, size_t *cap, uint32_t value)
{
    if (*n == *cap) {
        size_t more = *cap == 0 ? 64 : 2 * *cap;
        uint32_t *longer = realloc(*list, more * sizeof *longer);

        if (longer == NULL) {
            (void)fputs("crash: no memory\n", stderr);
            exit(3);
        }
        *list = longer;
        *cap = more;
    }
    (*list)[(*n)++] = value;
}

static void
find(struct load *l, const struct ledger_fact *f, const char *what)
{
    printf("FOUND %s %u: %s\n", ledger_kind_name(f->kind),
           (unsigned)(f - l->ledger.facts), what);
    l->faults++;
}

bool
load_has_ended(const struct tbc_process *p)
{
    siginfo_t info = { 0 };

    return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid == p->pid;
}

/* ---- what is asked */

static union {
    struct tbc_import import;
    struct tbc_assist assist;
    struct tbc_revoke revoke;
    struct tbc_entry entry;
    struct tbc_lookup lookup;
    struct tbc_device device;
} message;

static void
fill_import(const struct load *l, const struct ledger_fact *f)
{
    struct tbc_import *in = &message.import;

    memcpy(in->batch, f->id, sizeof in->batch);
    in->last = true;
    for (uint32_t i = 0; i < LEDGER_PEOPLE; i++) {
        struct tbc_import_person *p = &in->people[in->people_n++];
        struct tbc_import_ticket *t = &in->tickets[in->tickets_n++];

        p->line = i + 2;
        p->kind = TBC_DOC_PASSPORT;
        world_number(f->subject + i, p->number);
        (void)snprintf(p->name, sizeof p->name, "Anna Maria Rossi");
        t->line = i + 2;
        t->kind = TBC_DOC_PASSPORT;
        memcpy(t->number, p->number, sizeof t->number);
        t->trip = (struct tbc_trip){
            .train = "G1207", .from = "YZN", .to = "QYB", .seat = "05-12F"
        };
        t->trip.depart.s = l->depart;
    }
}

/* The message of a fact, the same each time. */
static enum tbc_op
fill(const struct load *l, const struct ledger_fact *f)
{
    const struct ledger_fact *of = &l->ledger.facts[f->subject];

    memset(&message, 0, sizeof message);
    switch (f->kind) {
    case LEDGER_IMPORT:
        fill_import(l, f);
        return TBC_OP_IMPORT;
    case LEDGER_ISSUE:
        message.assist = (struct tbc_assist){ .kind = TBC_DOC_PASSPORT,
                                              .officer = "desk 3",
                                              .reason = "asked",
                                              .medium = TBC_MEDIUM_PAPER };
        world_number(f->subject, message.assist.number);
        return TBC_OP_ASSIST;
    case LEDGER_REVOKE:
        memcpy(message.revoke.cti, of->name, sizeof message.revoke.cti);
        (void)snprintf(message.revoke.reason, sizeof message.revoke.reason, "lost");
        return TBC_OP_REVOKE;
    case LEDGER_ENTER:
        memcpy(message.entry.event, f->name, sizeof message.entry.event);
        memcpy(message.entry.cti, of->name, sizeof message.entry.cti);
        message.entry.verdict = TBC_ACCEPTED_OFFLINE;
        (void)snprintf(message.entry.train, sizeof message.entry.train, "G1207");
        message.entry.depart.s = l->depart;
        return TBC_OP_ENTER;
    case LEDGER_LOOK:
        memcpy(message.lookup.cti, of->name, sizeof message.lookup.cti);
        (void)snprintf(message.lookup.reason, sizeof message.lookup.reason, "asked");
        return TBC_OP_LOOKUP;
    case LEDGER_DEVICE:
    case LEDGER_KINDS:
        break;
    }
    message.device.action = TBC_DEVICE_ADD;
    message.device.role = TBC_ROLE_GATE;
    world_device(f->subject, message.device.name);
    memcpy(message.device.key, f->id, LEDGER_ID_LEN);
    return TBC_OP_DEVICE;
}

/* Two clients are the operator's, each other is a gate of its own. */
static uint32_t
owner_of(size_t client)
{
    return client < LOAD_CLIENTS / 2 ? OPERATOR : (uint32_t)client;
}

/* One of the newest acknowledged facts, of that kind or (LEDGER_KINDS) of any that a retry must find
 * again; LEDGER_NOBODY. */
static uint32_t
pick(struct load *l, enum ledger_kind kind, uint32_t owner)
{
    const size_t n = l->ledger.n;
    const size_t span = n < RECENT ? n : RECENT;

    for (int tries = 0; tries < 20 && span > 0; tries++) {
        const size_t at = n - 1 - (size_t)load_random(l, span);
        const struct ledger_fact *f = &l->ledger.facts[at];

        if (f->acked > 0 &&
            (kind == LEDGER_KINDS ? f->kind != LEDGER_LOOK && f->owner == owner
                                  : f->kind == kind)) {
            return (uint32_t)at;
        }
    }
    return LEDGER_NOBODY;
}

static uint32_t
add(struct load *l, enum ledger_kind kind, uint32_t owner, uint32_t subject)
{
    struct ledger_fact f = { .kind = kind, .owner = owner, .subject = subject };

    random_bytes(l, f.id, sizeof f.id);
    if (kind == LEDGER_ENTER) {
        random_bytes(l, f.name, sizeof f.name);
    }
    return ledger_add(&l->ledger, &f);
}

static uint32_t
next_import(struct load *l)
{
    const uint32_t first = l->people;

    l->people += LEDGER_PEOPLE;
    return add(l, LEDGER_IMPORT, OPERATOR, first);
}

/* Whether its revocation was asked already. */
static bool
is_revoked(const struct load *l, uint32_t issue)
{
    for (size_t i = issue; i < l->ledger.n; i++) {
        if (l->ledger.facts[i].kind == LEDGER_REVOKE &&
            l->ledger.facts[i].subject == issue) {
            return true;
        }
    }
    return false;
}

static uint32_t
next_of_operator(struct load *l)
{
    const uint64_t dice = load_random(l, 100);
    uint32_t issue;

    if (dice < 20 && (issue = pick(l, LEDGER_KINDS, OPERATOR)) != LEDGER_NOBODY) {
        return issue; /* asked again although it was answered */
    }
    if (dice < 35 && (issue = pick(l, LEDGER_ISSUE, OPERATOR)) != LEDGER_NOBODY &&
        !is_revoked(l, issue)) {
        return add(l, LEDGER_REVOKE, OPERATOR, issue);
    }
    if (dice < 50 && (issue = pick(l, LEDGER_ISSUE, OPERATOR)) != LEDGER_NOBODY) {
        return add(l, LEDGER_LOOK, OPERATOR, issue);
    }
    if (dice < 52 && l->devices < LOAD_DEVICES) {
        return add(l, LEDGER_DEVICE, OPERATOR, l->devices++);
    }
    return l->ready_n > 0 ? add(l, LEDGER_ISSUE, OPERATOR, l->ready[--l->ready_n])
                          : next_import(l);
}

static uint32_t
next_of_gate(struct load *l, uint32_t gate)
{
    const uint32_t again =
        load_random(l, 5) == 0 ? pick(l, LEDGER_KINDS, gate) : LEDGER_NOBODY;
    const uint32_t issue = pick(l, LEDGER_ISSUE, OPERATOR);

    if (again != LEDGER_NOBODY) {
        return again;
    }
    return issue == LEDGER_NOBODY ? LEDGER_NOBODY : add(l, LEDGER_ENTER, gate, issue);
}

/* What was left in doubt comes first. */
static uint32_t
next_fact(struct load *l, uint32_t owner)
{
    for (size_t i = 0; i < l->doubtful_n; i++) {
        const uint32_t fact = l->doubtful[i];

        if (l->ledger.facts[fact].owner == owner) {
            l->doubtful[i] = l->doubtful[--l->doubtful_n];
            return fact;
        }
    }
    return owner == OPERATOR ? next_of_operator(l) : next_of_gate(l, owner);
}

static bool
is_in_flight(const struct load *l, uint32_t fact)
{
    for (size_t i = 0; i < LOAD_CLIENTS; i++) {
        for (size_t k = 0; k < LOAD_WINDOW; k++) {
            if (l->flights[i][k].used && l->flights[i][k].fact == fact) {
                return true;
            }
        }
    }
    return false;
}

static void
ask(struct load *l, size_t client, struct load_flight *flight)
{
    const uint32_t fact = next_fact(l, owner_of(client));
    struct ledger_fact *f;
    enum tbc_op op;

    if (fact == LEDGER_NOBODY || is_in_flight(l, fact)) {
        return;
    }
    f = &l->ledger.facts[fact];
    if (f->asked++ == 0) {
        f->first_ms = tbc_clock_mono().ms;
    }
    op = fill(l, f);
    *flight = (struct load_flight){ true, fact };
    if (tbc_client_send(l->clients[client], f->id, op, &message) != TBC_OK) {
        flight->used = false;
        push(&l->doubtful, &l->doubtful_n, &l->doubtful_cap, fact);
    }
}

/* ---- what is answered */

static void
digest(struct tbc_span in, uint8_t out[static LEDGER_DIGEST_LEN])
{
    if (tbc_sha256(in, out) != TBC_OK) {
        exit(3);
    }
}

static void
take_issue(struct load *l, struct ledger_fact *f, const struct tbc_reply *reply)
{
    struct tbc_issue_reply out;

    if (tbc_wire_read(tbc_wire_reply_shape(TBC_OP_ASSIST), reply->body, &out, NULL) !=
        TBC_OK) {
        find(l, f, "was answered with something else");
        return;
    }
    if (out.again) {
        find(l, f, "was issued before by nobody");
    }
    memcpy(f->name, out.cti, sizeof f->name);
    digest(out.certificate, f->object);
}

static void
take_look(struct load *l, struct ledger_fact *f, const struct tbc_reply *reply)
{
    const struct ledger_fact *issue = &l->ledger.facts[f->subject];
    struct tbc_lookup_reply out;
    uint8_t found[LEDGER_DIGEST_LEN];

    if (tbc_wire_read(tbc_wire_reply_shape(TBC_OP_LOOKUP), reply->body, &out, NULL) !=
        TBC_OK) {
        find(l, f, "was answered with something else");
        return;
    }
    digest(out.certificate, found);
    if (memcmp(found, issue->object, sizeof found) != 0) {
        find(l, f, "shows another certificate than was issued");
    }
}

static void
take_first(struct load *l, struct ledger_fact *f, const struct tbc_reply *reply)
{
    if (f->kind == LEDGER_ISSUE) {
        take_issue(l, f, reply);
    } else if (f->kind == LEDGER_IMPORT) {
        for (uint32_t i = 0; i < LEDGER_PEOPLE; i++) {
            push(&l->ready, &l->ready_n, &l->ready_cap, f->subject + i);
        }
    }
}

static void
take_fine(struct load *l, const struct load_flight *flight,
          const struct tbc_reply *reply)
{
    struct ledger_fact *f = &l->ledger.facts[flight->fact];
    const bool first = f->acked == 0;
    uint8_t said[LEDGER_DIGEST_LEN];

    digest(reply->body, said);
    if (!ledger_acknowledge(&l->ledger, flight->fact, said)) {
        find(l, f, "was answered with other bytes than before");
    }
    l->acked += first ? 1 : 0;
    l->retried += first ? 0 : 1;
    if (f->kind == LEDGER_LOOK) {
        take_look(l, f, reply);
    } else if (first) {
        take_first(l, f, reply);
        if (l->deaf_ms != 0 && f->first_ms > l->deaf_ms) {
            find(l, f, "was acknowledged while the disk took nothing");
        }
    }
}

static void
take_reply(struct load *l, struct load_flight *flight, const struct tbc_reply *reply)
{
    struct ledger_fact *f = &l->ledger.facts[flight->fact];

    flight->used = false;
    if (reply->code == TBC_CODE_FINE) {
        take_fine(l, flight, reply);
        return;
    }
    if (reply->code == TBC_CODE_BUSY) {
        l->busy++;
    } else if (!l->tolerant || reply->code != TBC_CODE_TROUBLE) {
        find(l, f, tbc_code_name(reply->code));
        return; /* refused for good: nothing to ask again */
    }
    push(&l->doubtful, &l->doubtful_n, &l->doubtful_cap, flight->fact);
}

static bool
take_replies(struct load *l, size_t client)
{
    struct tbc_reply reply;
    bool any = false;

    while (l->clients[client] != NULL &&
           tbc_client_recv(l->clients[client], &reply) == TBC_OK) {
        any = true;
        for (size_t k = 0; k < LOAD_WINDOW; k++) {
            struct load_flight *flight = &l->flights[client][k];

            if (flight->used && memcmp(l->ledger.facts[flight->fact].id, reply.id,
                                       LEDGER_ID_LEN) == 0) {
                take_reply(l, flight, &reply);
                break;
            }
        }
    }
    return any;
}

/* ---- coming and going */

bool
load_enrol(struct load *l)
{
    return stage_enrol(l->stage, "gate-1", TBC_ROLE_GATE) &&
           stage_enrol(l->stage, "gate-2", TBC_ROLE_GATE);
}

static bool
connect_one(struct load *l, size_t i)
{
    static const char *const names[LOAD_CLIENTS] = { "operator.device",
                                                     "operator.device", "gate-1.device",
                                                     "gate-2.device" };
    struct tbc_device_file file;
    struct tbc_device_file there;
    bool ok =
        tbc_device_read(&file, stage_path(l->stage, names[i])) == TBC_OK &&
        tbc_device_read(&there, stage_path(l->stage, "operator.device")) == TBC_OK;

    if (ok) {
        memcpy(file.front, there.front, sizeof file.front);
        memcpy(file.feed, there.feed, sizeof file.feed);
        ok = tbc_client_open(&l->clients[i], &file, false) == TBC_OK;
    }
    tbc_device_fini(&file);
    tbc_device_fini(&there);
    return ok;
}

bool
load_connect(struct load *l)
{
    bool ok = true;

    for (size_t i = 0; i < LOAD_CLIENTS && ok; i++) {
        ok = connect_one(l, i);
    }
    return ok;
}

/* A station with a bad disk says so each time: its pipe must not fill. */
static void
hear(struct load *l)
{
    ssize_t got;

    while ((got = read(l->stage->process.err, l->said, sizeof l->said - 1)) > 0) {
        l->said[got] = '\0';
    }
}

static void
wait_for_replies(struct load *l, int ms)
{
    struct pollfd fds[LOAD_CLIENTS];

    for (size_t i = 0; i < LOAD_CLIENTS; i++) {
        int feed;

        fds[i] = (struct pollfd){ .events = POLLIN };
        tbc_client_fds(l->clients[i], &fds[i].fd, &feed);
    }
    (void)poll(fds, LOAD_CLIENTS, ms);
}

void
load_run(struct load *l, int ms)
{
    const int64_t end = tbc_clock_mono().ms + ms;

    while (tbc_clock_mono().ms < end && !load_has_ended(&l->stage->process)) {
        bool any = false;

        for (size_t i = 0; i < LOAD_CLIENTS; i++) {
            for (size_t k = 0; k < LOAD_WINDOW; k++) {
                if (!l->flights[i][k].used) {
                    ask(l, i, &l->flights[i][k]);
                }
            }
            any = take_replies(l, i) || any;
        }
        hear(l);
        if (!any) {
            wait_for_replies(l, 5);
        }
    }
}

void
load_leave(struct load *l)
{
    const int64_t end = tbc_clock_mono().ms + DRAIN_MS;

    while (l->clients[0] != NULL && tbc_clock_mono().ms < end) {
        wait_for_replies(l, 10);
        for (size_t i = 0; i < LOAD_CLIENTS; i++) {
            (void)take_replies(l, i);
        }
    }
    for (size_t i = 0; i < LOAD_CLIENTS; i++) {
        tbc_client_close(&l->clients[i]);
        for (size_t k = 0; k < LOAD_WINDOW; k++) {
            if (l->flights[i][k].used) {
                l->flights[i][k].used = false;
                push(&l->doubtful, &l->doubtful_n, &l->doubtful_cap,
                     l->flights[i][k].fact);
            }
        }
    }
}

void
load_fini(struct load *l)
{
    load_leave(l);
    ledger_fini(&l->ledger);
    free(l->doubtful);
    free(l->ready);
}
