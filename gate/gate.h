/* The shell of the gate: it reads the world, asks the pure parts, and does what they say.  One
 * thread, one loop; gate.c is the loop, wires.c what hangs on it, tell.c what it tells, present.c one presentation,
 * online.c the talk with the station, offline.c the journal, service.c the talk with whoever runs
 * it, report.c what others may see of it. */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "annul.h"
#include "barrier.h"
#include "decide.h"
#include "eye.h"
#include "fire.h"
#include "flow.h"
#include "health.h"
#include "knowledge.h"
#include "lamp.h"
#include "link.h"
#include "metrics.h"
#include "net/client.h"
#include "options.h"
#include "passage.h"
#include "peers.h"
#include "scan/scan.h"
#include "sound.h"
#include "spare.h"
#include "store/outbox.h"
#include "sys/notify.h"
#include "watch.h"
#include "window.h"
#include "witness.h"

#define GATE_SAME_MS   1500 /* a code seen again so soon is the same presentation */
#define GATE_PROOF_LEN TBC_OUTBOX_PROOF_LEN

/* One presentation, from its text to its answer; kept until the next for "again". */
struct gate_visit {
    bool active;
    bool concluded;        /* answered; digest and decision are worth repeating */
    uint8_t digest[32];    /* of the text */
    struct tbc_mono begun; /* the text was complete */
    int64_t begun_us;      /* the same, for figures */
    struct tbc_mono seen;  /* the last time it was seen */
    struct gate_finding found;
    struct gate_memory memory;
    struct gate_decision decision;
    bool has_claims;
    bool is_live;
    bool answered;          /* by the station: it knows of this */
    struct tbc_entry entry; /* what the journal gets */
    struct gate_sealed_face face;
    uint8_t proof[GATE_PROOF_LEN];
    struct tbc_trip trip; /* when found.has_ticket */
    char language[4];
};

/* A request on its way. */
struct gate_request {
    uint8_t id[TBC_WIRE_ID_LEN];
    bool pending;
    struct tbc_mono again; /* not to be said before */
};

/* Whoever runs the gate: signals, the service manager. */
struct gate_service {
    bool open;
    int signals; /* valid while open */
    struct tbc_notify notify;
    char told[256]; /* the last line of status; "": not even that it is ready */
    bool ending;    /* told to end: no more passengers */
    struct tbc_mono end_by;
};

/* What others may see of it. */
struct gate_report {
    struct tbc_http *http; /* NULL: off */
    struct gate_metrics metrics;
    struct tbc_utc started;
    struct tbc_utc since; /* in the present mode */
    uint64_t backlog;     /* entries that the station does not know */
    uint64_t conflicts;   /* entries that it called so */
    bool told_old[GATE_LIST_N];
    struct tbc_mono renewed;
    uint64_t ills; /* when last looked */
    struct gate_request health;
    uint64_t told_ills; /* to the station */
    bool unwanted;      /* the station does not know HEALTH */
};

struct gate {
    const struct gate_asked *asked; /* read anew at SIGHUP */
    struct gate_options options;
    struct tbc_device_file device;
    struct gate_knowledge know;
    struct gate_witness witness;
    struct tbc_hello_reply about; /* the station's last word about itself */
    struct gate_watch watch;
    enum gate_clock clock;
    struct tbc_utc now;
    struct gate_service service;
    struct gate_report report;
    struct gate_flow flow;
    bool has_follow; /* an action brought about an event */
    enum gate_event follow;
    struct gate_link link;
    struct gate_visit visit;
    struct gate_visit passing; /* who was let in last, until that has come to its end */
    struct gate_annuls annuls;
    bool leads_out;

    struct tbc_outbox *box; /* NULL: out of order */
    bool disk_full;         /* the journal took no more when it was last asked to */
    struct gate_spare spare;
    struct tbc_mono spare_tried;
    struct tbc_client *client;
    struct tbc_scan *scan; /* NULL: it has ended or is lost */
    struct tbc_ports *ports;
    struct gate_barrier *barrier; /* NULL: it does not obey */
    bool barrier_open;
    struct gate_passage *passage; /* NULL: there is none */
    unsigned passed_n;            /* people, since the start */
    bool seen;                    /* PASSED is what the sensor has seen */
    struct gate_window *window;
    struct gate_lamp *lamp;
    struct gate_sound *sound;
    struct gate_eye *eye; /* NULL: no camera for faces */

    struct gate_peers peers;

    bool knocked; /* HELLO was said once, before anything was heard */
    struct gate_request hello;
    struct gate_request snapshot;
    struct tbc_checkpoint asked_from; /* held when SNAPSHOT was asked */
    struct gate_request events;
    struct tbc_events batch;         /* sent, not yet answered */
    struct tbc_events_reply replies; /* room for their answers */
    size_t drained_n;                /* acceptances told since the last line about it */
    size_t conflicts_n;
    bool waiting; /* the journal may hold what the station does not know */

    struct tbc_mono started;
    struct tbc_mono kept;    /* the clock's floor was written */
    struct gate_fire *alarm; /* NULL: there is none */
    struct tbc_mono fire_tried;
    bool fire;
    bool ready;
    bool scan_ended; /* the source is at its end: finish and go */
    struct tbc_mono scan_ended_at;
    bool stop;
    bool mute;             /* standard output takes nothing more */
    enum gate_trust trust; /* as it was last spoken of */
};

/* gate.c */
/* Opens everything; g is all zero before.  Borrows asked.  Returns 0, or the exit code after one
 * line on standard error. */
int gate_open(struct gate *g, const struct gate_asked *asked);
void gate_close(struct gate *g);
/* Until it is told to stop; returns the exit code. */
int gate_run(struct gate *g);
/* One turn of that loop.  Returns how many milliseconds nothing is to be done, as far as is known. */
int gate_step(struct gate *g);
int gate_exit_of(enum tbc_err err);
/* One line on standard output, flushed; without the newline. */
void
gate_say(struct gate *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The source of codes is there and sees, or has come to its end. */
bool gate_has_scanner(const struct gate *g);
/* Take the flow one event on and do what follows from it. */
void gate_feed(struct gate *g, enum gate_event event);
/* The event that an action brought about, taken after it. */
void gate_follow(struct gate *g, enum gate_event event);
const char *gate_mode_word(const struct gate *g);

/* wires.c: what moves, and what is read beside the codes */
enum tbc_err gate_wires_open(struct gate *g, struct tbc_buf *why) TBC_MUST_CHECK;
/* Shuts the barrier, unless there is fire. */
void gate_wires_close(struct gate *g);
void gate_wires_move(struct gate *g, bool open);
/* False: the barrier still does not obey. */
bool gate_wires_mend(struct gate *g);
/* The alarm has moved the barrier already; a journal that fails does not shut it again. */
void gate_wires_record_fire(struct gate *g);
/* Alarm, sensor, and whether the barrier still stands as it was told. */
void gate_wires_tick(struct gate *g, struct tbc_mono mono);

/* tell.c: what passengers see and hear; after gate_wires_open, and before gate_wires_close */
enum tbc_err gate_tell_open(struct gate *g, struct tbc_buf *why) TBC_MUST_CHECK;
void gate_tell_close(struct gate *g);
void gate_tell(struct gate *g, struct tbc_mono mono);

/* present.c */
void gate_present(struct gate *g, const struct tbc_scan_text *text);
/* What the camera saw of the passenger; ON: nothing yet. */
void gate_looked(struct gate *g, enum gate_look look);
/* The station's answer, or that there is none: decide and go on. */
void gate_answered(struct gate *g, const struct gate_answer *answer);
/* The journal's part: before the barrier opens, and for a refusal. */
void gate_write(struct gate *g);
void gate_note_refusal(struct gate *g);
/* The way is free for the one that waits. */
void gate_resume(struct gate *g);
/* Old presentations are not remembered for "again". */
void gate_present_tick(struct gate *g, struct tbc_mono mono);

/* online.c */
void gate_online_tick(struct gate *g, struct tbc_mono mono);
void gate_ask(struct gate *g);

/* offline.c */
/* Returns TBC_OK, or logs why and returns the error. */
enum tbc_err gate_journal_open(struct gate *g) TBC_MUST_CHECK;
void gate_journal_load(struct gate *g);
void gate_journal_keep(struct gate *g, const char *name, uint64_t version,
                       struct tbc_span bytes);
/* A checkpoint of the station's log; joint as gate_witness_see.  Two histories are logged, and
 * both kept. */
void gate_journal_witness(struct gate *g, struct tbc_span checkpoint,
                          const struct gate_joint *joint);
void gate_journal_keep_roots(struct gate *g);
/* One row; with --full-disk open, aside when the disk has no room. */
enum tbc_err
gate_journal_write(struct gate *g, const struct tbc_outbox_entry *row) TBC_MUST_CHECK;
/* The same disk has room again, as far as can be seen. */
bool gate_journal_has_room(struct gate *g);
void gate_journal_tick(struct gate *g, struct tbc_mono mono);
/* An error of the journal: logged, and the gate goes out of order. */
void gate_journal_failed(struct gate *g, enum tbc_err err);

/* service.c */
/* Blocks the signals, so before any thread. */
enum tbc_err gate_service_open(struct gate *g) TBC_MUST_CHECK;
void gate_service_close(struct gate *g);
/* Signals that have come: the configuration is read anew, or the end begins. */
void gate_service_hear(struct gate *g);
/* Told to end, and the passenger who was there is through, or takes too long. */
bool gate_service_is_over(const struct gate *g, struct tbc_mono mono);
/* Once each turn of the loop: the watchdog, and what has changed. */
void gate_service_turn(struct gate *g, struct tbc_mono mono);
/* What the options say of the log and of lists. */
void gate_service_apply(struct gate *g);

/* report.c */
/* After the journal was read.  An address that cannot be had is logged; the gate goes on without. */
void gate_report_open(struct gate *g);
void gate_report_close(struct gate *g);
/* The pages, and what is said of lists that are too old: each second. */
void gate_report_tick(struct gate *g, struct tbc_mono mono);
void gate_report_health(const struct gate *g, struct tbc_health *out);
/* What has happened: a verdict, another mode, a journal that was opened, answers of the station. */
void gate_report_verdict(struct gate *g);
void gate_report_mode(struct gate *g);
void gate_report_journal(struct gate *g);
void gate_report_settled(struct gate *g, size_t settled, size_t conflicts);

#endif
