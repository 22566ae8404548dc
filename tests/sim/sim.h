/* A station's day in a time of its own.  The gates are the real ones: their loop is turned by hand
 * (gate_step), and below it clocks, sockets, scanner and chance are those of the simulation
 * (shims.c, by the linker's --wrap).  The station's entries are decided and written by its real
 * enter.c on a real store; around that it is a model (station.c), as is the network (network.c).
 *
 * One thread, one heap of events, one seed: the same seed gives the same trace. */
#ifndef TBC_SIM_SIM_H
#define TBC_SIM_SIM_H

#include "chance.h"
#include "codec/claims.h"
#include "codec/wire.h"
#include "gate.h"

#define SIM_GATES_MAX 8
#define SIM_TICKETS   2
#define SIM_TEXT      800
#define SIM_PHONES    16
#define SIM_PROOFS    64
#define SIM_TELECODE  "YZN"
#define SIM_URI       "https://status.yzn.example/1"
#define SIM_DAY       INT64_C(1788192000) /* UTC of the day's beginning in civil time */
#define SIM_SETTLE_MS 60000 /* after which all must have come together again */
#define SIM_NAME      32

/* What is simulated. */
struct sim_options {
    uint64_t seed;
    size_t passengers;
    size_t gates;
    int64_t from_ms; /* of the day */
    int64_t to_ms;
    const char *folder; /* for the files of gates and station; emptied by the caller */
};

struct sim_ticket {
    char train[TBC_TRAIN_MAX + 1];
    struct tbc_utc depart;
};

/* What somebody may hold up to a scanner. */
enum sim_paper {
    SIM_PAPER_SOUND,
    SIM_PAPER_FORGED,  /* one letter changed */
    SIM_PAPER_FOREIGN, /* a payment code */
    /* of certificates on a phone; sound ones have a fresh proof: */
    SIM_PAPER_BARE,     /* no proof */
    SIM_PAPER_STALE,    /* one of a minute ago */
    SIM_PAPER_REPLAYED, /* the last one that was shown */
};

struct sim_certificate {
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx;
    struct tbc_utc issued;
    struct tbc_utc expires;
    struct tbc_utc revoked; /* by the station, { 0 }: not */
    size_t passenger;
    size_t phone; /* whose key it is bound to, from 1; 0: paper */
    size_t text_len;
    char text[SIM_TEXT]; /* the code; on a phone the certificate's bytes */
};

/* A code with a live proof as it was shown. */
struct sim_proof {
    size_t certificate;
    int64_t at_ms; /* made */
    size_t text_len;
    char text[SIM_TEXT];
};

struct sim_passenger {
    struct sim_ticket tickets[SIM_TICKETS];
    size_t tickets_n;
    uint8_t holders[2][TBC_HOLDER_LEN]; /* pseudonyms of yesterday and today */
};

/* One presentation of the plan. */
struct sim_visit {
    int64_t at_ms;
    size_t certificate;
    size_t gate;
    enum sim_paper paper;
};

enum sim_event_kind {
    SIM_PRESENT,     /* a: visit */
    SIM_MESSAGE,     /* message */
    SIM_BEAT,        /* of the station */
    SIM_STATION,     /* b: up */
    SIM_LINK,        /* a: gate; b: enum sim_link */
    SIM_CLOCK,       /* a: gate; b: its offset in s */
    SIM_KILL,        /* a: gate */
    SIM_START,       /* a: gate */
    SIM_REVOKE,      /* a: certificate */
    SIM_RENEW_LISTS, /* the station signs its list anew */
};

enum sim_link {
    SIM_LINK_FINE,
    SIM_LINK_CUT,
    SIM_LINK_MUTE, /* what the gate says is lost */
    SIM_LINK_DEAF, /* what it should hear is lost */
};

/* On its way between a gate and the station. */
struct sim_message {
    size_t gate;
    unsigned
        life; /* of the gate, or of the station: what is for a former one is lost */
    bool to_station;
    bool is_notice;
    bool is_beat; /* one of them */
    bool is_talk; /* between gates: from one to the other */
    size_t from;
    struct tbc_buf bytes;
};

struct sim_event {
    int64_t at_ms;
    uint64_t seq; /* ties go in order of making */
    enum sim_event_kind kind;
    size_t a;
    int64_t b;
    struct sim_message *message; /* owned */
};

#define SIM_QUEUE_MAX 256

/* A queue of messages as it stands in a socket. */
struct sim_queue {
    struct sim_message *items[SIM_QUEUE_MAX];
    size_t first;
    size_t n;
};

#define SIM_LINE_MAX 128

/* One answer of a gate, as its line says. */
struct oracle_answer {
    enum tbc_verdict verdict;
    char train[TBC_TRAIN_MAX + 1]; /* "-" when none */
    int64_t ms;                    /* it took */
    bool online;                   /* the gate believed */
    size_t peers;                  /* that agreed */
    bool again;
};

/* One gate with all that is around it. */
struct sim_gate {
    struct gate *gate; /* NULL: not running */
    char name[SIM_NAME];
    char device[256];
    char data[256];
    char journal[256];
    char address[64]; /* where its peers reach it */
    struct gate_asked asked;
    unsigned life;
    int64_t due_ms;     /* its next turn */
    int64_t stepped_ms; /* the last */
    unsigned spins;     /* turns since then without a millisecond */
    int64_t offset_s;   /* of its wall clock */
    enum sim_link link;
    int64_t fine_since_ms;   /* link, station and gate are well since; -1: not now */
    int64_t silent_since_ms; /* nothing of the station comes here since; -1: it does */
    int64_t waiting_since_ms;
    int64_t offline_since_ms;
    int64_t old_since_ms;       /* its status list is not the newest */
    int64_t last_to_station_ms; /* messages keep their order */
    int64_t last_to_gate_ms;
    struct sim_queue replies;
    struct sim_queue notices;
    struct sim_queue talk; /* of other gates */
    int64_t last_to_peer_ms[SIM_GATES_MAX];
    size_t line[SIM_LINE_MAX]; /* visits of those who stand before it */
    size_t line_n;
    size_t visit; /* at the scanner, or the last */
    bool has_visit;
    int64_t read_ms;  /* when that code was read */
    int64_t proof_ms; /* when its proof was made */
    struct oracle_answer answer;
    int64_t floor_s;    /* of its watch */
    int64_t started_ms; /* this life */
    bool heard;         /* the station, in this life */
    size_t opened;
    size_t orphans; /* killed while it asked */
};

struct sim_station; /* station.c */

struct sim_memory {
    long rss_kib;
    long heap_kib; /* allocated, without what the databases hold */
};

struct sim_figures {
    size_t presented;
    size_t answered;
    size_t again;
    size_t verdicts[TBC_VERDICT_N];
    size_t kills;
    size_t revoked;
    size_t steps;
    size_t checks;
    size_t findings;
    size_t conflicts;
    struct sim_memory first; /* at a quarter of the day */
    struct sim_memory last;
};

struct sim {
    struct sim_options options;
    struct chance plan;    /* who comes when */
    struct chance network; /* how long it takes */
    struct chance ids;     /* what the programs draw */
    int64_t now_ms;
    struct sim_event *heap;
    size_t heap_n;
    size_t heap_cap;
    uint64_t seq;
    struct sim_passenger *passengers;
    struct sim_certificate *certificates;
    size_t certificates_n;
    struct sim_visit *visits;
    size_t visits_n;
    struct sim_gate gates[SIM_GATES_MAX];
    struct sim_gate *current;            /* whose turn it is: the shims answer for it */
    struct sim_proof proofs[SIM_PROOFS]; /* the last ones, in a ring */
    size_t proofs_n;
    struct sim_station *station;
    struct oracle *oracle;
    bool peers; /* gates talk to each other */
    bool station_up;
    int64_t
        listed_s; /* when the station's newest status list was signed, by its own word */
    unsigned station_life;
    uint64_t trace; /* FNV-1a of everything that was said */
    struct sim_figures figures;
};

/* The simulation that runs; the shims have no other way to it. */
extern struct sim *sim_running;

/* events.c */
void sim_push(struct sim *s, struct sim_event event);
bool sim_pop(struct sim *s, struct sim_event *event);
struct tbc_utc sim_utc(const struct sim *s);

/* Something that must not be: counted, and told with the time. */
void
sim_find(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_trace(struct sim *s, const char *who, const char *what);

/* network.c */
void sim_send(struct sim *s, struct sim_message *m);
void sim_deliver(struct sim *s, struct sim_message *m);
/* Whether what one gate says reaches the other now; a message between them on its way. */
bool sim_peers_hear(const struct sim *s, size_t from, size_t to);
void sim_talk(struct sim *s, struct sim_message *m);
void sim_message_free(struct sim_message **m);
bool sim_queue_put(struct sim_queue *q, struct sim_message *m);
struct sim_message *sim_queue_take(struct sim_queue *q);
void sim_queue_fini(struct sim_queue *q);
/* The link or the station has changed: how long this gate has been well connected. */
void sim_connection(struct sim *s, struct sim_gate *g);

/* plan.c: passengers, certificates, visits, and what goes wrong. */
void sim_plan(struct sim *s);

/* The CURVE public key of a gate. */
void sim_key(size_t gate, uint8_t key[static 32]);

/* station.c */
void station_model_open(struct sim *s);
void station_model_close(struct sim *s);
void station_model_request(struct sim *s, const struct sim_message *m);
void station_model_beat(struct sim *s);
void station_model_revoke(struct sim *s, size_t certificate);
void station_model_renew(struct sim *s);
/* The certificate's row, and its text in the passenger's hand. */
void station_model_issue(struct sim *s, size_t certificate);
/* The key of a phone, from 1. */
struct tbc_key *station_model_phone(const struct sim *s, size_t phone);
const char *station_model_root(const struct sim *s);

/* phones.c */
/* What is held up in that visit, now; borrowed until the next.  proof_ms: as in struct sim_gate. */
struct tbc_span sim_code(struct sim *s, const struct sim_visit *v, int64_t *proof_ms);

/* gates.c */
void sim_gate_start(struct sim *s, struct sim_gate *g);
/* As by SIGKILL between two turns of its loop. */
void sim_gate_kill(struct sim *s, struct sim_gate *g);
void sim_gate_end(struct sim *s, struct sim_gate *g);
void sim_gate_step(struct sim *s, struct sim_gate *g);
void sim_gate_wake(struct sim *s, struct sim_gate *g);
/* Somebody takes their place in the line. */
void sim_gate_stands(struct sim *s, size_t visit);
/* The first of the line holds up a code; borrowed until the next.  False: nobody is there. */
bool sim_gate_reads(struct sim *s, struct sim_gate *g, struct tbc_span *text);
/* A line of the current gate. */
void sim_gate_says(struct sim *s, const char *line);

/* day.c: the whole of it.  False when there were findings. */
bool sim_run(struct sim *s);

#endif
