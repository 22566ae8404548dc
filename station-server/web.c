/* What machines on this computer may read over HTTP: is it alive, can it work, what did it do.  The
 * main loop makes the texts each second; net/http.h hands them out. */
#include "web.h"

#include "health.h"
#include "net/pages.h"
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <string.h>
#include <sys/stat.h>

void
station_web_open(struct station *st)
{
    if (strcmp(st->conf.http, "off") != 0 &&
        tbc_pages_open(&st->http, st->conf.http) != TBC_OK) {
        /* passengers do not wait for it */
        tbc_log(TBC_LOG_ERROR,
                "%s: no health page, no metrics; set [listen] http to another address",
                st->conf.http);
    }
}

const char *
station_web_address(const struct station *st)
{
    return st->http == NULL ? "off" : tbc_http_address(st->http);
}

static struct station_facts
look(const struct station *st, struct tbc_utc now)
{
    return (struct station_facts){
        .stopping = st->stopping,
        .store_answers = !st->store_away,
        .has_trust = st->ring != NULL,
        .trust_ends = st->ring == NULL ? now : tbc_keyring_list(st->ring)->exp,
        .signs = st->issuer != NULL && *station_signer_trouble(st->signer) == '\0',
        .now = now,
        .seen = st->floor,
        .slack_s = STATION_CLOCK_S,
        .wants_examiner = st->examiner != NULL,
        .has_examiner = st->examiner != NULL && tbc_examiner_pid(st->examiner) > 0,
    };
}

/* The database and its log; -1 when it is elsewhere. */
static int64_t
store_bytes(const struct station *st)
{
    static const char *const names[] = { "station.db", "station.db-wal" };
    char path[STATION_PATH_MAX];
    struct stat info;
    int64_t sum = -1;

    for (size_t i = 0; st->conf.store[0] == '\0' && i < 2; i++) {
        if (station_path(st->data, names[i], path) == TBC_OK &&
            stat(path, &info) == 0) {
            sum = (sum < 0 ? 0 : sum) + (int64_t)info.st_size;
        }
    }
    return sum;
}

static size_t
faces_pending(const struct station *st)
{
    size_t n = 0;

    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        n += st->applies[i].exam != 0 ? 1 : 0;
    }
    return n;
}

static void
put_metrics(struct station *st, struct tbc_utc now, struct tbc_buf *out)
{
    struct station_gauges g = {
        .queue = st->queue.n,
        .faces = faces_pending(st),
        .feed = st->feed,
        .refused = tbc_server_refused(st->server),
        .journal = st->journal->newest.size,
        .examiner_deaths = st->examiner == NULL ? 0 : tbc_examiner_deaths(st->examiner),
        .signer_deaths = station_signer_deaths(st->signer),
        .signer = station_signer_counts(st->signer),
        .has_trust = st->ring != NULL,
        .has_status = st->status.bytes.len > 0,
        .status_s = now.s - st->status_at.s,
        .store_bytes = store_bytes(st),
        .ills = st->ills,
        .fleet = st->rows,
        .fleet_n = st->fleet_n,
        .gates = st->gate_rows,
        .gates_n = station_gates_list(st, "", st->gate_rows),
        .now = now,
    };

    if (g.has_trust) {
        g.trust_s = tbc_keyring_list(st->ring)->exp.s - now.s;
    }
    for (size_t i = 0; i < st->fleet_n; i++) {
        st->rows[i] = st->fleet[i].row;
    }
    station_metrics_put(&st->metrics, &g, out);
}

/* In words, when it changes. */
static void
tell(struct station *st, unsigned ills)
{
    struct tbc_buf line = { 0 };

    (void)tbc_buf_append_str(&line, "STATUS=serving");
    tbc_ills_tell(station_ills, STATION_ILLS_N, ills, &line);
    if (tbc_buf_str(&line) != NULL) {
        tbc_notify_say(&st->notify, tbc_buf_str(&line));
    }
    tbc_buf_fini(&line);
    st->ills = ills;
}

void
station_web_renew(struct station *st, struct tbc_utc now)
{
    const struct station_facts facts = look(st, now);
    const unsigned ills = station_health_judge(&facts);
    struct tbc_buf text = { 0 };

    if (ills != st->ills) {
        tell(st, ills);
    }
    if (st->http == NULL) {
        return;
    }
    (void)tbc_buf_append_str(&text, "turning\n");
    tbc_pages_set(st->http, TBC_PAGE_HEALTHZ, 200, &text);
    tbc_ills_put(station_ills, STATION_ILLS_N, ills, ills == 0, &text);
    tbc_pages_set(st->http, TBC_PAGE_READYZ, ills == 0 ? 200 : 503, &text);
    put_metrics(st, now, &text);
    tbc_pages_set(st->http, TBC_PAGE_METRICS, 200, &text);
    tbc_buf_fini(&text);
}

void
station_web_fini(struct station *st)
{
    tbc_http_close(&st->http);
}
