/* What a running station says of itself. */
#include "codec/cose.h"
#include "codec/statuslist.h"
#include "codec/trustlist.h"
#include "doctor.h"
#include "net/client.h"
#include "station.h"
#include "sys/clock.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CALL_MS     2000
#define CLOCK_OFF_S 300
#define STATUS_LATE (2 * 3600) /* it is made anew each hour */

/* One call within a short time; false when nothing good came. */
static bool
ask(struct tbc_client *client, enum tbc_op op, const void *msg, void *out)
{
    const struct tbc_wire_shape *shape = tbc_wire_reply_shape(op);
    struct tbc_reply reply;

    return tbc_client_call(client, op, msg, CALL_MS, &reply) == TBC_OK &&
           reply.code == TBC_CODE_FINE &&
           tbc_wire_read(shape, reply.body, out, NULL) == TBC_OK;
}

static void
judge_hello(struct doctor *d, const struct tbc_hello_reply *hello)
{
    const int64_t off = hello->now.s - tbc_clock_utc().s;
    const int64_t most = off < 0 ? -off : off;

    d->runs = true;
    doctor_add(d, DOCTOR_OK, "station", "", "%s answers", hello->station);
    doctor_add(d,
               most >= CLOCK_OFF_S               ? DOCTOR_FAIL
               : most > hello->policy.skew_s + 1 ? DOCTOR_WARN
                                                 : DOCTOR_OK,
               "two clocks", "let both machines follow one time server",
               "the station's differs from this one by %" PRId64 " s", most);
}

static void
judge_status(struct doctor *d, struct tbc_span message, int64_t age_s)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_statuslist list = { 0 };
    struct tbc_cose cose;
    char when[48];
    int64_t age;

    if (message.len == 0 || tbc_cose_open(&cose, message, NULL) != TBC_OK ||
        tbc_statuslist_decode(&list, cose.payload, NULL) != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "status list",
                   "does a key sign? see the trust list and the log",
                   message.len == 0 ? "there is none" : "it cannot be read");
        return;
    }
    age = now.s - list.iat.s;
    doctor_ago(list.iat, now, when);
    doctor_add(d,
               age > age_s         ? DOCTOR_FAIL
               : age > STATUS_LATE ? DOCTOR_WARN
                                   : DOCTOR_OK,
               "status list", "the station does not sign: see its log", "made %s",
               when);
    tbc_statuslist_fini(&list);
}

static void
judge_trust(struct doctor *d, struct tbc_span message)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_trust_signed envelope;
    struct tbc_trustlist list = { 0 };
    char when[48];

    if (message.len == 0 || tbc_trust_signed_open(&envelope, message, NULL) != TBC_OK ||
        tbc_trustlist_decode(&list, envelope.list.payload, NULL) != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "trust in force", "sign one and start again",
                   message.len == 0 ? "there is none" : "it cannot be read");
        return;
    }
    doctor_ago(list.exp, now, when);
    doctor_add(d,
               now.s >= list.exp.s    ? DOCTOR_FAIL
               : now.s >= list.warn.s ? DOCTOR_WARN
                                      : DOCTOR_OK,
               "trust in force", "tbc trust renew, sign, then SIGHUP the station",
               "version %" PRIu64 " ends %s", list.version, when);
    tbc_trustlist_fini(&list);
}

static void
look_at_lists(struct doctor *d, struct tbc_client *client, int64_t age_s)
{
    const struct tbc_snapshot have = { .manifest = INT64_MAX };
    struct tbc_snapshot_reply lists;

    if (!ask(client, TBC_OP_SNAPSHOT, &have, &lists)) {
        doctor_add(d, DOCTOR_FAIL, "lists", "see the station's log",
                   "it does not give them");
        return;
    }
    judge_trust(d, lists.trust);
    judge_status(d, lists.status, age_s);
}

static void
look_at_fleet(struct doctor *d, struct tbc_client *client)
{
    const struct tbc_device show = { .action = TBC_DEVICE_SHOW };
    struct tbc_device_reply *fleet = calloc(1, sizeof *fleet);
    const struct tbc_utc now = tbc_clock_utc();
    size_t serving = 0;
    size_t silent = 0;
    const char *first = "";

    if (fleet == NULL || !ask(client, TBC_OP_DEVICE, &show, fleet)) {
        doctor_add(d, DOCTOR_UNKNOWN, "fleet", "ask with an operator's device file",
                   "this device may not ask");
        free(fleet);
        return;
    }
    for (size_t i = 0; i < fleet->rows_n; i++) {
        const struct tbc_device_row *row = &fleet->rows[i];

        if (row->revoked.s != 0 || row->role == TBC_ROLE_OPERATOR) {
            continue;
        }
        serving++;
        if (now.s - row->seen.s > TBC_DAY_S) {
            first = silent++ == 0 ? row->name : first;
        }
    }
    if (silent > 0) {
        doctor_add(d, DOCTOR_WARN, "fleet", "look at them, or tbc device revoke",
                   "%zu of %zu devices not seen for a day, %s first", silent, serving,
                   first);
    } else {
        doctor_add(d, DOCTOR_OK, "fleet", "", "%zu devices, each seen within a day",
                   serving);
    }
    free(fleet);
}

/* A station that was restored from an old backup goes on, but nobody is to forget it. */
static void
look_at_journal(struct doctor *d, struct tbc_client *client)
{
    struct tbc_stats_reply *stats = calloc(1, sizeof *stats);
    const struct tbc_stats all = { .detail = false };

    if (stats == NULL || !ask(client, TBC_OP_STATS, &all, stats)) {
        free(stats);
        return; /* the fleet has said that this device may not ask */
    }
    for (size_t i = 0; i < stats->stats_n; i++) {
        const struct tbc_stat *s = &stats->stats[i];

        if (strcmp(s->name, "journal leaves lost") == 0 && s->value > 0) {
            doctor_add(d, DOCTOR_WARN, "journal",
                       "revoke and erase again what was done since that backup",
                       "restored from an old backup, %" PRIu64 " leaves lost",
                       s->value);
        }
    }
    free(stats);
}

/* What /readyz says; only of an IPv4 address, which is what everybody has there. */
static int
get_ready(const char *address, char *text, size_t size)
{
    static const char request[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const struct timeval patience = { .tv_sec = CALL_MS / 1000 };
    struct sockaddr_in at = { .sin_family = AF_INET };
    const char *colon = strrchr(address, ':');
    char host[64] = "";
    size_t n = 0;
    ssize_t got = 1;
    int fd;

    if (colon == NULL) {
        return 0;
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    at.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    if (inet_pton(AF_INET, host, &at.sin_addr) != 1 ||
        (fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0) {
        return 0;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
        send(fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0) {
        while (got > 0 && n < size - 1) {
            got = read(fd, text + n, size - 1 - n);
            n += got > 0 ? (size_t)got : 0;
        }
    }
    (void)close(fd);
    text[n] = '\0';
    return n > 12 ? (int)strtol(text + 9, NULL, 10) : 0;
}

/* The words behind "what" of the first problem. */
void
doctor_look_at_ready(struct doctor *d)
{
    char text[2048] = "";
    const char *what;
    int status;

    if (d->http[0] == '\0' || strcmp(d->http, "off") == 0) {
        return;
    }
    status = get_ready(d->http, text, sizeof text);
    what = strstr(text, "\"what\":\"");
    what = what == NULL ? "" : what + strlen("\"what\":\"");
    if (status == 200) {
        doctor_add(d, DOCTOR_OK, "readiness", "", "http://%s/readyz says yes", d->http);
    } else if (status == 503) {
        doctor_add(
            d, DOCTOR_FAIL, "readiness", "curl the page for all of it and the way",
            "http://%s/readyz says no: %.*s", d->http, (int)strcspn(what, "\""), what);
    } else {
        doctor_add(d, DOCTOR_WARN, "readiness",
                   "does another program listen there? set http to another",
                   "http://%s/readyz does not answer", d->http);
    }
}

void
doctor_look_at_station(struct doctor *d)
{
    struct tbc_hello in = { .software = "tbc doctor" };
    struct tbc_hello_reply hello;
    struct tbc_device_file file = { 0 };
    struct tbc_client *client = NULL;

    if (d->device == NULL) {
        return;
    }
    if (tbc_device_read(&file, d->device) != TBC_OK ||
        tbc_client_open(&client, &file, false) != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "device file", "tbc device add makes another",
                   "%.100s cannot be used", d->device);
    } else if (!ask(client, TBC_OP_HELLO, &in, &hello)) {
        doctor_add(d, d->data == NULL ? DOCTOR_UNKNOWN : DOCTOR_WARN, "station",
                   "start it: systemctl status tbc-station", "%s does not answer",
                   file.front);
    } else {
        judge_hello(d, &hello);
        look_at_lists(d, client, hello.policy.status_age_s);
        look_at_fleet(d, client);
        look_at_journal(d, client);
        doctor_look_at_ready(d);
    }
    tbc_client_close(&client);
    tbc_device_fini(&file);
}
