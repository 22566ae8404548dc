/* Counters of what the station did since it started, and their text for Prometheus (exposition
 * format 0.0.4).  Pure; the main loop alone counts. */
#ifndef STATION_METRICS_H
#define STATION_METRICS_H

#include "base/metrics.h"
#include "codec/wire.h"
#include "rail/cert.h"
#include "rail/verdict.h"
#include "signer_wire.h"

#define STATION_CODES_N   15
#define STATION_GATES_MAX 128
#define STATION_CHANNELS  5
#define STATION_MEDIA     3

/* Operations are numbered without a gap; 0: requests that could not be read. */
enum {
#define X(name, number, roles, mutates) +1
    STATION_OPS_N = 1 TBC_OP_LIST(X)
#undef X
};

/* Why a request was answered BUSY before it was looked at. */
enum station_away {
    STATION_AWAY_BUDGET,
    STATION_AWAY_QUEUE,
    STATION_AWAY_STOPPING
};
#define STATION_AWAY_N 3
const char *station_away_word(enum station_away why);

/* What was wrong with a message that is no request. */
enum station_malformed {
    STATION_MALFORMED_FRAMES,
    STATION_MALFORMED_LENGTH,
    STATION_MALFORMED_ENVELOPE, /* also an operation or a version that is none of ours */
    STATION_MALFORMED_BODY
};
#define STATION_MALFORMED_N 4

struct station_gate_count {
    char name[TBC_WIRE_WORD_MAX + 1];
    uint64_t verdicts[TBC_VERDICT_N];
};

struct station_metrics {
    uint64_t replies[STATION_OPS_N][STATION_CODES_N];
    uint64_t issued[STATION_CHANNELS]; /* enum tbc_channel */
    uint64_t media[STATION_MEDIA];     /* enum tbc_medium */
    uint64_t again;                    /* shown once more */
    uint64_t turned_away[STATION_AWAY_N];
    uint64_t malformed[STATION_MALFORMED_N];
    struct station_gate_count gates[STATION_GATES_MAX];
    size_t gates_n;
    struct tbc_histogram batch;   /* requests of one commit */
    struct tbc_histogram commit;  /* us */
    struct tbc_histogram waiting; /* us in the queue */
    struct tbc_histogram faces;   /* us from pictures to answer */
};

/* What is so at this moment. */
struct station_gauges {
    size_t queue;
    size_t faces; /* examinations under way */
    uint64_t feed;
    uint64_t refused; /* handshakes and messages of strangers */
    uint64_t journal; /* leaves signed */
    unsigned examiner_deaths;
    unsigned signer_deaths;
    struct signer_counts signer;
    bool has_trust;
    int64_t trust_s; /* until the trust list ends; below 0: since */
    bool has_status;
    int64_t status_s;    /* since the status list was made */
    int64_t store_bytes; /* -1: not known */
    unsigned ills;       /* station_health_judge */
    const struct tbc_device_row *fleet;
    size_t fleet_n;
    const struct tbc_gate_row *gates; /* in service */
    size_t gates_n;
    struct tbc_utc now;
};

void
station_metrics_reply(struct station_metrics *m, enum tbc_op op, enum tbc_code code);
/* Gates beyond STATION_GATES_MAX are counted together as "others". */
void station_metrics_verdict(struct station_metrics *m, const char *gate,
                             enum tbc_verdict verdict);

void station_metrics_put(const struct station_metrics *m,
                         const struct station_gauges *g, struct tbc_buf *out);

#endif
