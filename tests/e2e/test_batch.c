/* Requests that arrive together are served in one transaction, and their certificates are signed in one
 * exchange: nobody must be able to tell.  The station stands still while they are sent, so that they
 * lie in its socket together. */
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MANY     20 /* requests of one batch */
#define MINUTE   12 /* certificates that the signer makes in one */
#define PEOPLE   50
#define CONF     "conf.d/load.conf"
#define ANY_RATE "[serve]\ndevice_per_s = 100000\ndevice_burst = 100000\n"

static struct stage s;

/* One request of a batch, and what came back. */
struct sent {
    uint8_t id[TBC_WIRE_ID_LEN];
    enum tbc_op op;
    unsigned replies;
    enum tbc_code code; /* of the newest reply */
    struct tbc_problem problem;
    uint64_t erased;                   /* certificates */
    struct tbc_issue_reply issued;     /* without what it borrows */
    uint8_t digest[2][TBC_SHA256_LEN]; /* of the bodies of the first two replies */
};

static struct sent sent[MANY];
static size_t sent_n;

static void
raise_station(void)
{
    stage_make(&s);
    CU_ASSERT_EQUAL_FATAL(mkdir(stage_path(&s, "conf.d"), S_IRWXU), 0);
    CU_ASSERT_EQUAL_FATAL(
        tbc_file_write(stage_path(&s, CONF), tbc_span_str(ANY_RATE), 0600), TBC_OK);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_FATAL(stage_import(&s, PEOPLE));
}

static void
begin_batch(void)
{
    memset(sent, 0, sizeof sent);
    sent_n = 0;
    CU_ASSERT_FATAL(tbc_process_signal(&s.process, SIGSTOP));
}

static struct sent *
put(enum tbc_op op, const void *msg, const uint8_t *id)
{
    struct sent *it = &sent[sent_n++];

    it->op = op;
    if (id == NULL) {
        CU_ASSERT_EQUAL_FATAL(tbc_random(it->id, sizeof it->id), TBC_OK);
    } else {
        memcpy(it->id, id, sizeof it->id);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_client_send(s.client, it->id, op, msg), TBC_OK);
    return it;
}

static struct sent *
put_assist(unsigned n)
{
    const struct tbc_assist in = stage_assistance(n);

    return put(TBC_OP_ASSIST, &in, NULL);
}

static void
take_body(struct sent *it, const struct tbc_reply *reply)
{
    const struct tbc_wire_shape *shape = reply->code == TBC_CODE_FINE
                                             ? tbc_wire_reply_shape(it->op)
                                             : &tbc_wire_problem_shape;
    static union {
        struct tbc_issue_reply issue;
        struct tbc_erase_reply erase;
        struct tbc_device_reply device;
        struct tbc_problem problem;
    } body;

    CU_ASSERT_EQUAL(tbc_wire_read(shape, reply->body, &body, NULL), TBC_OK);
    if (reply->code != TBC_CODE_FINE) {
        it->problem = body.problem;
    } else if (it->op == TBC_OP_ASSIST) {
        it->issued = body.issue;
        it->issued.certificate = it->issued.log_root = tbc_span_of(NULL, 0);
    } else if (it->op == TBC_OP_ERASE) {
        it->erased = body.erase.certificates;
    }
}

static void
take_reply(const struct tbc_reply *reply)
{
    for (size_t i = 0; i < sent_n; i++) {
        struct sent *it = &sent[i];

        if (memcmp(it->id, reply->id, sizeof it->id) == 0 && it->op == reply->op) {
            it->code = reply->code;
            take_body(it, reply);
            if (it->replies < 2) {
                CU_ASSERT_EQUAL(tbc_sha256(reply->body, it->digest[it->replies]),
                                TBC_OK);
            }
            it->replies++;
            return;
        }
    }
}

/* Let the station go on until there are so many replies in all. */
static void
end_batch(unsigned replies)
{
    const int64_t end = tbc_clock_mono().ms + STAGE_START_MS;
    unsigned got = 0;

    CU_ASSERT_FATAL(tbc_process_signal(&s.process, SIGCONT));
    while (got < replies && tbc_clock_mono().ms < end) {
        struct pollfd fd = { .events = POLLIN };
        struct tbc_reply reply;
        int feed;

        while (tbc_client_recv(s.client, &reply) == TBC_OK) {
            take_reply(&reply);
            got++;
        }
        tbc_client_fds(s.client, &fd.fd, &feed);
        (void)poll(&fd, 1, 5);
    }
    CU_ASSERT_EQUAL_FATAL(got, replies);
}

static bool
is_same(const struct sent *a, const struct sent *b)
{
    return memcmp(a->issued.cti, b->issued.cti, TBC_CTI_LEN) == 0;
}

/* Where it stands among the others in the store's indices: by the second of its issue. */
static bool
begins_with_time(const struct tbc_issue_reply *r)
{
    uint64_t time = 0;

    for (size_t i = 0; i < 4; i++) {
        time = time << 8 | r->cti[i];
    }
    return time == (uint64_t)r->issued.s;
}

static void
each_of_many_gets_a_certificate_of_their_own(void)
{
    raise_station();
    begin_batch();
    for (unsigned n = 0; n < MANY; n++) {
        (void)put_assist(n);
    }
    end_batch(MANY);
    for (unsigned n = 0; n < MANY; n++) {
        CU_ASSERT_EQUAL(sent[n].code, TBC_CODE_FINE);
        CU_ASSERT(!sent[n].issued.again);
        CU_ASSERT(begins_with_time(&sent[n].issued));
        for (unsigned m = 0; m < n; m++) {
            CU_ASSERT(!is_same(&sent[n], &sent[m]));
            CU_ASSERT_NOT_EQUAL(
                memcmp(sent[n].issued.cti + 4, sent[m].issued.cti + 4, 12), 0);
        }
    }
}

static void
one_person_twice_gets_one_certificate_and_it_again(void)
{
    begin_batch();
    (void)put_assist(MANY);
    (void)put_assist(MANY + 1);
    (void)put_assist(MANY);
    end_batch(3);
    CU_ASSERT_EQUAL(sent[0].code, TBC_CODE_FINE);
    CU_ASSERT_EQUAL(sent[1].code, TBC_CODE_FINE);
    CU_ASSERT_EQUAL(sent[2].code, TBC_CODE_FINE);
    CU_ASSERT(!sent[0].issued.again);
    CU_ASSERT(!sent[1].issued.again);
    CU_ASSERT(sent[2].issued.again);
    CU_ASSERT(is_same(&sent[0], &sent[2]));
    CU_ASSERT(!is_same(&sent[0], &sent[1]));
}

static void
one_request_twice_gets_one_answer_twice(void)
{
    const struct tbc_assist in = stage_assistance(MANY + 2);
    const struct tbc_assist other = stage_assistance(MANY + 3);
    struct sent *it;

    begin_batch();
    it = put(TBC_OP_ASSIST, &in, NULL);
    CU_ASSERT_EQUAL(tbc_client_send(s.client, it->id, it->op, &in), TBC_OK);
    CU_ASSERT_EQUAL(tbc_client_send(s.client, it->id, it->op, &other), TBC_OK);
    end_batch(3);
    CU_ASSERT_EQUAL(it->replies, 3);
    CU_ASSERT(!it->issued.again);
    CU_ASSERT_EQUAL(memcmp(it->digest[0], it->digest[1], TBC_SHA256_LEN), 0);
    CU_ASSERT_EQUAL(it->code, TBC_CODE_CONFLICT); /* under one id something else */
}

static void
a_refusal_between_them_takes_nothing_back(void)
{
    struct tbc_device device = { .action = TBC_DEVICE_REVOKE };

    (void)snprintf(device.name, sizeof device.name, "nobody");
    begin_batch();
    (void)put_assist(MANY + 4);
    (void)put(TBC_OP_DEVICE, &device, NULL);
    (void)put_assist(MANY + 5);
    end_batch(3);
    CU_ASSERT_EQUAL(sent[0].code, TBC_CODE_FINE);
    CU_ASSERT_NOT_EQUAL(sent[1].code, TBC_CODE_FINE);
    CU_ASSERT_EQUAL(sent[2].code, TBC_CODE_FINE);
    begin_batch();
    (void)put_assist(MANY + 4);
    end_batch(1);
    CU_ASSERT(sent[0].issued.again);
}

static void
who_is_erased_in_the_same_moment_leaves_no_certificate(void)
{
    struct tbc_assist in = stage_assistance(MANY + 6);
    struct tbc_erase erase = { .kind = in.kind, .reason = "asked", .now = true };

    memcpy(erase.number, in.number, sizeof erase.number);
    begin_batch();
    (void)put_assist(MANY + 6);
    (void)put(TBC_OP_ERASE, &erase, NULL);
    end_batch(2);
    CU_ASSERT_EQUAL(sent[0].code, TBC_CODE_FINE);
    CU_ASSERT_EQUAL(sent[1].code, TBC_CODE_FINE);
    CU_ASSERT_EQUAL(sent[1].erased, 1);
    stage_strike(&s);
}

/* The signer's bucket holds a minute's certificates; it fills while we look, by one in two seconds. */
static void
what_the_signer_refuses_is_refused_alone(void)
{
    static const char conf[] = ANY_RATE "[signer]\nper_minute = 12\n";
    unsigned fine = 0;

    CU_ASSERT_EQUAL_FATAL(
        tbc_file_write(stage_path(&s, CONF), tbc_span_str(conf), 0600), TBC_OK);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    begin_batch();
    for (unsigned n = 0; n < MANY; n++) {
        (void)put_assist(PEOPLE - MANY + n);
    }
    end_batch(MANY);
    for (unsigned n = 0; n < MANY; n++) {
        if (sent[n].code == TBC_CODE_FINE) {
            fine++;
            continue;
        }
        CU_ASSERT_EQUAL(sent[n].code, TBC_CODE_BUSY);
        CU_ASSERT_STRING_EQUAL(sent[n].problem.what, "signer");
        CU_ASSERT(sent[n].problem.wait_ms > 0);
    }
    CU_ASSERT(fine >= MINUTE);
    stage_strike(&s);
    CU_ASSERT(strstr(stage_said(), "more certificates than a minute may have") != NULL);
}

/* Who was refused has nothing in the store: neither a certificate nor a remembered answer. */
static void
who_was_refused_gets_theirs_under_the_same_request_later(void)
{
    static struct sent before[MANY];
    unsigned again = 0;

    memcpy(before, sent, sizeof before);
    CU_ASSERT_EQUAL_FATAL(
        tbc_file_write(stage_path(&s, CONF), tbc_span_str(ANY_RATE), 0600), TBC_OK);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    begin_batch();
    for (unsigned n = 0; n < MANY; n++) {
        const struct tbc_assist in = stage_assistance(PEOPLE - MANY + n);

        (void)put(TBC_OP_ASSIST, &in, before[n].id);
    }
    end_batch(MANY);
    for (unsigned n = 0; n < MANY; n++) {
        CU_ASSERT_EQUAL(sent[n].code, TBC_CODE_FINE);
        CU_ASSERT(!sent[n].issued.again);
        again += is_same(&sent[n], &before[n]);
    }
    CU_ASSERT(again >= MINUTE);
    stage_strike(&s);
}

TBC_SUITE("e2e/batch", TEST(each_of_many_gets_a_certificate_of_their_own),
          TEST(one_person_twice_gets_one_certificate_and_it_again),
          TEST(one_request_twice_gets_one_answer_twice),
          TEST(a_refusal_between_them_takes_nothing_back),
          TEST(who_is_erased_in_the_same_moment_leaves_no_certificate),
          TEST(what_the_signer_refuses_is_refused_alone),
          TEST(who_was_refused_gets_theirs_under_the_same_request_later))
