/* The station at work: what it holds, and how its files call each other.
 *
 *     station.c   opens and closes it; loop.c turns it
 *     fleet.c     who has a key, when they were last seen
 *     peers.c     which gates share their entries, and where they are
 *     web.c health.c metrics.c            what operators and machines see of it
 *     intake.c budget.c queue.c   from the socket to those who may be served
 *     serve.c     from bytes to handler to reply: roles, idempotency, one shared commit
 *     apply.c claim.c handle.c issue.c enter.c desk.c import.c   the operations
 *     grant.c     certificates between the decision and the commit: signed and written together
 *     away.c      what is done while the store is away
 *     share.c     what other processes on the same store have done
 *     erase.c     a person goes; export.c what is held about one
 *     sweep.c     what is old is dropped
 *     backup.c    the database is copied while it is used
 *     rekey.c pseudonym.c   a new sealing key, a new key of pseudonyms
 *     index.c     which status index the next certificate gets
 *     issuer.c    which key signs; signer.c asks tbc-signer, which holds it
 *     lists.c     status list, trust list and the feed; manifest.c who has a ticket
 *     journal.c   a leaf for everything; checkpoint.c signs, history.c gives them out */
#ifndef STATION_STATION_H
#define STATION_STATION_H

#include "budget.h"
#include "codec/statuslist.h"
#include "conf.h"
#include "core.h"
#include "crypto/judge.h"
#include "crypto/keyring.h"
#include "face/examiner.h"
#include "index.h"
#include "journal.h"
#include "metrics.h"
#include "net/http.h"
#include "net/server.h"
#include "provider.h"
#include "pseudonym.h"
#include "queue.h"
#include "setup.h"
#include "signer.h"
#include "store/backup.h"
#include "store/store.h"
#include "sys/notify.h"
#include "web.h"

#define STATION_FLEET_MAX    TBC_WIRE_DEVICES_MAX
#define STATION_BATCH_MAX    1024 /* replies of one commit */
#define STATION_HANDLES_MAX  1024 /* confirmations open at one time */
#define STATION_FAILURE_S    600
#define STATION_REMEMBER_S   (INT64_C(48) * 3600)
#define STATION_CLOCK_S      300 /* a clock further back than that is wrong */
#define STATION_ISSUERS      SIGNER_KEYS
#define STATION_KEY_NAME_MAX (SIGNER_NAME_MAX + 1)
#define STATION_WAIT_MS      2000 /* BUSY: come back then */

struct station_options {
    const char *data;
    const char *front; /* NULL: as station.conf says; the same below */
    const char *feed;
    const char *http;
    const char *models;      /* NULL: no face operations */
    const char *manifest;    /* of the models; NULL: MODELS/manifest */
    const char *issuer;      /* a file or a token's URI; NULL: DATA/issuer.pem */
    const char *next_issuer; /* NULL: DATA/issuer-next.pem, if it is there */
    const char *pass_file;   /* their pass phrase or PIN; NULL: none */
    const char *trust;       /* NULL: DATA/trust.cose */
    const char *config;      /* NULL: DATA/station.conf */
    bool without_face;       /* a benchmark build only: APPLY believes the number */
    const char *store;       /* NULL: as station.conf says */
};

/* A person who has been recognised and may now confirm. */
struct station_handle {
    struct tbc_utc expires; /* { 0 }: free */
    uint8_t device[32];     /* only the device that asked may confirm */
    uint8_t blind[TBC_BLIND_LEN];
    struct tbc_doc doc;
    char name[TBC_MASKED_MAX + 1];
    char language[4];
    enum tbc_assurance assurance;
    uint8_t face[TBC_FACE_CODE_LEN]; /* has_face: the certificate carries it, sealed */
    bool has_face;
};

/* An APPLY whose pictures are with the examiner, and afterwards its reply for a retry. */
struct station_apply {
    uint64_t exam; /* the examiner's number; 0: answered or free */
    int64_t since_us;
    struct tbc_peer peer;
    uint8_t request[TBC_WIRE_ID_LEN];
    uint8_t digest[TBC_STORE_DIGEST_LEN];
    struct tbc_buf reply; /* once answered */
    struct tbc_utc until; /* kept that long; { 0 }: free */
    uint8_t device[32];
    uint8_t blind[TBC_BLIND_LEN];
    struct tbc_doc doc;
    char name[TBC_NAME_MAX + 1]; /* masked, as the next two */
    char latin[TBC_NAME_MAX + 1];
    char number[TBC_NUMBER_MAX + 1];
    char language[4];
    enum tbc_assurance assurance;
    bool is_compared; /* by the authority: permille is what it came to */
    int64_t permille;
    uint8_t face[TBC_FACE_CODE_LEN];
    bool has_face;
};
#define STATION_APPLIES_MAX 256

/* Everything about a certificate that is not drawn or read from a clock. */
struct station_wish {
    const struct tbc_doc *doc;
    const uint8_t *blind;
    const char *name; /* masked */
    const char *language;
    const uint8_t *face; /* its code; NULL: none */
    enum tbc_channel channel;
    enum tbc_assurance assurance;
    const char *officer; /* "": none */
    const char *why;
};

/* One that was granted and is not made yet. */
struct station_grant {
    struct tbc_peer peer;
    struct tbc_request request; /* id and operation alone */
    uint8_t digest[TBC_STORE_DIGEST_LEN];
    struct tbc_claims claims;
    struct tbc_store_certificate row;
    struct tbc_buf payload; /* the claims' bytes */
    struct tbc_buf reply;
    enum tbc_err why; /* it was not signed */
};

/* Those of the batch that is being served. */
struct station_grants {
    struct station_grant list[SIGNER_BATCH_MAX];
    size_t n;
    uint64_t idx[SIGNER_BATCH_MAX];
    struct tbc_span payloads[SIGNER_BATCH_MAX];
};

/* A backup that is being made, and who waits for it. */
struct station_backup {
    struct tbc_backup *job; /* NULL: none */
    struct tbc_peer peer;
    uint8_t request[TBC_WIRE_ID_LEN];
    char name[TBC_WIRE_WORD_MAX + 1];
};

/* A reply that waits for the commit. */
struct station_outgoing {
    struct tbc_peer peer;
    struct tbc_buf bytes;
};

/* Parts of an import until the last one arrives. */
struct station_batch {
    uint8_t id[TBC_WIRE_ID_LEN];
    uint8_t device[32];
    uint64_t next;
    bool open;
    struct tbc_buf parts; /* each: length (8 bytes), body */
};

/* A signed list as it is given out. */
struct station_list {
    struct tbc_buf bytes; /* empty: there is none */
    uint64_t version;
};

union station_request_body {
    struct tbc_hello hello;
    struct tbc_apply apply;
    struct tbc_issue issue;
    struct tbc_verify verify;
    struct tbc_entry entry;
    struct tbc_events events;
    struct tbc_snapshot snapshot;
    struct tbc_lookup lookup;
    struct tbc_assist assist;
    struct tbc_revoke revoke;
    struct tbc_history history;
    struct tbc_stats stats;
    struct tbc_device device;
    struct tbc_import import;
    struct tbc_erase erase;
    struct tbc_export export;
    struct tbc_health health;
    struct tbc_gates gates;
};

/* The last word of a gate about itself. */
struct station_gate {
    uint8_t key[32];
    struct tbc_utc at;
    struct tbc_health said;
};

union station_reply_body {
    struct tbc_hello_reply hello;
    struct tbc_apply_reply apply;
    struct tbc_issue_reply issue;
    struct tbc_verify_reply verify;
    struct tbc_entry_reply entry;
    struct tbc_events_reply events;
    struct tbc_snapshot_reply snapshot;
    struct tbc_lookup_reply lookup;
    struct tbc_history_reply history;
    struct tbc_stats_reply stats;
    struct tbc_device_reply device;
    struct tbc_import_reply import;
    struct tbc_erase_reply erase;
    struct tbc_backup_reply backup;
    struct tbc_export_reply export;
    struct tbc_gates_reply gates;
};

struct station {
    struct station_options options; /* for SIGHUP */
    struct station_conf conf;
    struct station_secrets secrets;
    char data[STATION_PATH_MAX];
    struct tbc_store *store;
    struct station_pseudonyms pseudonyms;
    struct station_index index;
    struct tbc_server *server;
    struct tbc_examiner *examiner; /* NULL: no face models */
    unsigned examiner_deaths;      /* that were logged */
    struct station_provider *provider;
    bool without_face;
    struct station_signer *signer; /* owned */
    const struct signer_key
        *issuer; /* the one of its keys that signs; NULL: none may */
    uint8_t issuer_kid[TBC_KID_LEN]; /* of issuer; zeros: of none */
    char issuer_names[STATION_ISSUERS][STATION_KEY_NAME_MAX];
    const char *issuer_pass;    /* file of pass phrase or PIN, or NULL */
    struct tbc_mono sign_again; /* not before that: the token failed */
    struct tbc_keyring *ring;   /* NULL: no trust list */
    char trust_path[STATION_PATH_MAX];
    char status_uri[TBC_STATUS_URI_MAX + 1];
    char root[TBC_ROOT_HEX_MAX + 1];

    struct tbc_store_device fleet[STATION_FLEET_MAX];
    size_t fleet_n;
    struct tbc_store_device fleet_before[STATION_FLEET_MAX]; /* while it is loaded */
    uint64_t fleet_version;                                  /* of what was loaded */
    struct station_gate gates[STATION_FLEET_MAX];
    size_t gates_n;
    struct station_handle handles[STATION_HANDLES_MAX];
    /* beside handles, apart from them so that a search touches little memory */
    uint8_t handle_ids[STATION_HANDLES_MAX][TBC_WIRE_ID_LEN];
    size_t handles_next;
    struct station_apply applies[STATION_APPLIES_MAX];
    struct station_grants grants;
    struct station_batch batch;
    struct station_backup backup;
    struct tbc_utc sweep_at; /* not before that */
    bool rekeying;           /* the sealing key is being changed */

    struct station_journal *journal; /* owned */
    struct station_list trust;
    struct station_list status;
    struct tbc_statuslist status_list; /* the same, opened when it is first asked for */
    struct station_list manifest;
    struct station_list peers; /* not signed: it leaves by CURVE, to gates alone */
    struct tbc_peers group;    /* what it says */
    struct tbc_utc status_at;  /* when it was made */
    int64_t manifest_day;
    uint64_t status_room; /* indices in the status list */
    uint64_t feed;        /* number of the newest notice */
    /* what the open transaction changes, made good after its commit */
    bool fleet_changed;
    bool status_changed;
    bool manifest_changed;
    bool erased; /* the database's files still hold what was */

    struct station_budget budget;
    struct station_queue queue;
    struct station_metrics metrics;
    size_t answered; /* since the last beat */
    struct tbc_notify notify;
    struct tbc_http *http;                            /* NULL: off */
    struct tbc_device_row rows[STATION_FLEET_MAX];    /* for the metrics */
    struct tbc_gate_row gate_rows[STATION_FLEET_MAX]; /* the same */
    unsigned ills;                                    /* as last told, see health.h */
    bool store_away;                                  /* at the last beat */
    struct tbc_mono patient_beat; /* the next, while the store lets us wait */
    bool stopping;                /* answers what waits, takes nothing more */
    struct station_outgoing out[STATION_BATCH_MAX + STATION_APPLIES_MAX];
    size_t out_n;
    bool in_transaction;
    struct tbc_utc floor; /* the latest time ever seen, kept over restarts */

    union station_request_body in; /* of the request being handled */
    union station_reply_body reply;
    struct tbc_examiner_answer answer;  /* being looked at */
    struct tbc_store_certificate shown; /* whose bytes the reply borrows */
    struct tbc_store_certificate exported[TBC_WIRE_ROWS_MAX]; /* the same */
    struct tbc_store_person person;                           /* the same */
    struct tbc_store_use
        known[TBC_USES_MAX];           /* of a person, as they stand in the store */
    struct tbc_use uses[TBC_USES_MAX]; /* as they are found to be */
};

/* One request on its way through a handler. */
struct station_call {
    const struct tbc_request *request;
    const struct tbc_peer *peer;
    const struct tbc_store_device *device;
    uint8_t digest[TBC_STORE_DIGEST_LEN];
    struct tbc_utc now;
    struct tbc_problem problem; /* when the code is not FINE */
    bool later;                 /* the handler answers by itself, in its time */
    const uint8_t *cti;         /* of the certificate in the reply, or NULL */
};

/* Reads st->in, fills st->reply; what it wrote to the store is undone unless FINE. */
typedef enum tbc_code (*station_handler)(struct station *st, struct station_call *call);

/* peers.c */
/* HELLO's part: where this gate listens. */
enum tbc_code station_peers_hello(struct station *st, struct station_call *call);
/* Within the transaction of what changes them. */
enum tbc_err
station_peers_changed(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;
/* The version to read before the fleet, and the list from the fleet then. */
enum tbc_err
station_peers_version(struct station *st, uint64_t *version) TBC_MUST_CHECK;
enum tbc_err station_peers_make(struct station *st, uint64_t version) TBC_MUST_CHECK;

enum tbc_code station_on_hello(struct station *st, struct station_call *call);
enum tbc_code station_on_apply(struct station *st, struct station_call *call);

/* Who a number belongs to.  Wipe it. */
struct station_claimed {
    uint8_t blind[TBC_BLIND_LEN];
    struct station_identity is;
};
#define STATION_IDENTITY_WAIT_MS 80 /* until an authority may have answered */

/* Ask the provider, picture as station_provider_find wants it: FINE, NOT_FOUND, BUSY (it was asked and has not answered), TROUBLE. */
enum tbc_code
station_claim(struct station *st, struct station_call *call, const struct tbc_doc *doc,
              struct tbc_span picture, struct station_claimed *who);
enum tbc_code station_on_issue(struct station *st, struct station_call *call);
enum tbc_code station_on_verify(struct station *st, struct station_call *call);
enum tbc_code station_on_enter(struct station *st, struct station_call *call);
/* The same for each of the three: the operation says which act is told or asked. */
enum tbc_code station_on_events(struct station *st, struct station_call *call);
enum tbc_code station_on_snapshot(struct station *st, struct station_call *call);
enum tbc_code station_on_lookup(struct station *st, struct station_call *call);
enum tbc_code station_on_assist(struct station *st, struct station_call *call);
enum tbc_code station_on_revoke(struct station *st, struct station_call *call);
enum tbc_code station_on_stats(struct station *st, struct station_call *call);
enum tbc_code station_on_device(struct station *st, struct station_call *call);
enum tbc_code station_on_import(struct station *st, struct station_call *call);
enum tbc_code station_on_erase(struct station *st, struct station_call *call);
enum tbc_code station_on_backup(struct station *st, struct station_call *call);
enum tbc_code station_on_export(struct station *st, struct station_call *call);
enum tbc_code station_on_health(struct station *st, struct station_call *call);
enum tbc_code station_on_gates(struct station *st, struct station_call *call);

/* gates.c */
/* The gates in service, or that of a name unless it is ""; what each has said last. */
size_t station_gates_list(const struct station *st, const char *name,
                          struct tbc_gate_row rows[static STATION_FLEET_MAX]);

/* serve.c */
/* Take the requests that wait, handle them, commit once, answer.  While the store is away, answer
 * BUSY.  An error is fatal; nothing of the batch was acknowledged then. */
enum tbc_err station_serve(struct station *st) TBC_MUST_CHECK;
/* Begin the transaction of the batch, if it has none. */
enum tbc_err station_begin(struct station *st) TBC_MUST_CHECK;
/* Answer at once, without a transaction: that it must wait, or what is wrong; body: of the code. */
enum tbc_err station_answer_now(struct station *st, const struct tbc_peer *peer,
                                const struct tbc_request *request, enum tbc_code code,
                                const void *body) TBC_MUST_CHECK;
/* Queue a reply for after the commit. */
enum tbc_err station_answer(struct station *st, const struct tbc_peer *peer,
                            struct tbc_span bytes) TBC_MUST_CHECK;
/* The same with the reply of a call, encoded into bytes: st->reply when FINE, else the problem. */
enum tbc_err station_reply(struct station *st, const struct station_call *call,
                           enum tbc_code code, struct tbc_buf *bytes) TBC_MUST_CHECK;
/* code with the problem's cause filled. */
enum tbc_code
station_refuse(struct station_call *call, enum tbc_code code, const char *what);
/* The code for an error of a floor below; logged where it was found. */
enum tbc_code station_trouble(struct station_call *call, enum tbc_err err);

/* fleet.c */
/* Find who has a key; NULL when unknown or revoked. */
const struct tbc_store_device *
station_device(struct station *st, const uint8_t key[static 32]);
/* It has asked something. */
void station_fleet_note(struct station *st, const uint8_t key[static 32],
                        struct tbc_utc now);
enum tbc_err station_fleet_load(struct station *st) TBC_MUST_CHECK;
/* Tell the store when each was last seen; those that were silent since then are left out. */
enum tbc_err
station_fleet_keep(struct station *st, struct tbc_utc since) TBC_MUST_CHECK;

/* claim.c */
/* How often a person may still be compared. */
enum tbc_err
station_face_tries(struct station *st, const uint8_t blind[static TBC_BLIND_LEN],
                   struct tbc_utc now, uint64_t *left) TBC_MUST_CHECK;
/* Send to the examiner what an authority has given. */
void station_reference_step(struct station *st);
/* An answer of the examiner that is no APPLY's. */
void
station_reference_take(struct station *st, const struct tbc_examiner_answer *answer);

/* away.c */
extern const struct tbc_problem station_store_is_away;
/* HELLO from memory, at once; not done when it has something new for the store. */
enum tbc_err
station_answer_hello(struct station *st, const struct tbc_peer *peer,
                     const struct tbc_request *request, bool *done) TBC_MUST_CHECK;
/* A message while the store is away: HELLO, and BUSY for the rest. */
enum tbc_err
station_answer_without_store(struct station *st, const struct tbc_peer *peer,
                             struct tbc_span bytes) TBC_MUST_CHECK;
/* A tbc_store_patience; arg: the station. */
void station_be_patient(void *arg, struct pollfd *fd, int ms, int64_t waited_ms);

/* desk.c */
/* All of a HELLO's answer, of what is in memory. */
enum tbc_err
station_hello_fill(const struct station *st, const struct tbc_store_device *device,
                   struct tbc_utc now, struct tbc_hello_reply *out) TBC_MUST_CHECK;

/* intake.c */
/* Take what waits in the socket: into the queue, or answer it BUSY. */
enum station_intake {
    STATION_INTAKE_FAIR,    /* not so much that those in the queue are kept waiting */
    STATION_INTAKE_ALL,     /* it will be the last */
    STATION_INTAKE_HELLO,   /* answer HELLO at once */
    STATION_INTAKE_NO_STORE /* not into the queue: answer it without the store */
};
enum tbc_err station_intake(struct station *st, enum station_intake how) TBC_MUST_CHECK;
/* Count a message that is no request, and remember whose it was.  what: static text. */
void station_malformed(struct station *st, const struct tbc_peer *peer,
                       enum station_malformed which, const char *what);
/* Log who was turned away or sends what is no request, each device once a minute. */
void station_intake_tell(struct station *st);
/* Answer all of the queue BUSY: the station ends. */
enum tbc_err station_dismiss(struct station *st) TBC_MUST_CHECK;

/* apply.c */
/* Queue the replies of examinations that have ended. */
enum tbc_err
station_apply_finish(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;
/* Whether pictures are being examined. */
bool station_apply_is_pending(const struct station *st);
/* An examiner that died is started again before anybody waits for it. */
void station_apply_revive(struct station *st);
/* Drop what has lapsed. */
void station_apply_sweep(struct station *st, struct tbc_utc now);

/* handle.c */
/* Open one for a recognised person: id and end go into the reply, from which it takes the masked
 * name. */
enum tbc_err
station_handle_open(struct station *st, const struct station_apply *a,
                    struct tbc_apply_reply *out, struct tbc_utc now) TBC_MUST_CHECK;
/* NULL when there is none, it has lapsed or another device opened it. */
struct station_handle *
station_handle_find(struct station *st, const uint8_t id[static TBC_WIRE_ID_LEN],
                    const uint8_t device[static 32], struct tbc_utc now);
void station_handle_sweep(struct station *st, struct tbc_utc now);
/* Forget a person: what they may still confirm, what a retry would be answered. */
void
station_handle_forget(struct station *st, const uint8_t blind[static TBC_BLIND_LEN]);

/* issue.c */
/* What a holder's next certificate would be, with what was granted to them in this batch. */
enum tbc_err
station_standing(struct station *st, const uint8_t blind[static TBC_BLIND_LEN],
                 struct tbc_utc now, enum station_issue *issue,
                 uint64_t *used) TBC_MUST_CHECK;
/* The reply about a certificate, whose bytes it borrows. */
void
station_issue_fill(const struct station *st, const struct tbc_store_certificate *row,
                   bool again, struct tbc_issue_reply *out);

/* grant.c */
/* Let the caller have a new certificate, with the others of the batch: it is answered when they are
 * settled. */
enum tbc_code station_grant(struct station *st, struct station_call *call,
                            const struct station_wish *w);
/* Sign, write and queue the answers of all that were granted, within the open transaction and under no
 * savepoint of a caller's, who could take them back.  One that the signer or the store refuses hears it;
 * the others are not touched by that.  An error: nothing of them is acknowledged, they are still here. */
enum tbc_err station_grant_settle(struct station *st) TBC_MUST_CHECK;
/* Whether that request, or that person, is among them. */
bool station_grant_has_request(const struct station *st,
                               const uint8_t id[static TBC_WIRE_ID_LEN]);
bool station_grant_has_holder(const struct station *st,
                              const uint8_t blind[static TBC_BLIND_LEN]);
/* Answer all of them BUSY: nothing of the batch was kept. */
enum tbc_err station_grant_dismiss(struct station *st,
                                   const struct tbc_problem *problem) TBC_MUST_CHECK;
void station_grant_forget(struct station *st);
void station_grant_fini(struct station *st);

/* issuer.c */
/* Start the signer, after the trust list was read; a token or a key that does not open is logged and
 * fatal. */
enum tbc_err
station_issuer_open(struct station *st, const struct station_options *o) TBC_MUST_CHECK;
/* Begin to sign, with a trust list at hand.  ERR_UNKNOWN_KEY, logged, when there are keys and the
 * list names none of them for this station. */
enum tbc_err station_issuer_begin(struct station *st) TBC_MUST_CHECK;
/* Change over when the trust list says so; st->issuer is NULL when it names no key any more. */
void station_issuer_choose(struct station *st, struct tbc_utc now);
/* SIGHUP: start a signer that reads the keys anew, under the trust list and the policy in force; what
 * does not open or is not named is logged and the present one stays. */
void station_issuer_reload(struct station *st);
/* At the start: compare the signer's count with the store's.  What was being signed when a process ended
 * is not there, a batch at most each time; more is logged, once. */
enum tbc_err
station_issuer_compare(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;
void station_issuer_fini(struct station *st);

/* erase.c */
/* After a commit: nothing erased is left in the database's files.  Tried again while it fails. */
enum tbc_err station_scrub(struct station *st) TBC_MUST_CHECK;

/* rekey.c */
/* At the start and at SIGHUP: begin with, or go on with, sealing-next.key, when it is there. */
enum tbc_err station_rekey_open(struct station *st) TBC_MUST_CHECK;
/* A little of it at each beat, also of the pseudonyms' key; at the end the next key takes the place of the present one. */
enum tbc_err station_rekey(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;

/* sweep.c */
/* Once a day: drop what is older than the configuration says, a little at each beat. */
enum tbc_err station_sweep(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;

/* backup.c */
/* A little more of the backup, outside of transactions; queues the reply when it is done.  A backup
 * that fails is no reason to end. */
enum tbc_err station_backup_step(struct station *st) TBC_MUST_CHECK;

/* share.c */
/* Whether the store may well be there again in a while. */
bool station_error_passes(enum tbc_err err);
/* Take over what other processes on this store have changed. */
enum tbc_err station_share(struct station *st) TBC_MUST_CHECK;

/* manifest.c */
/* Append the list of tickets of that version, not signed yet. */
enum tbc_err
station_manifest_make(struct station *st, struct tbc_utc now, uint64_t version,
                      struct tbc_buf *payload) TBC_MUST_CHECK;

/* lists.c */
enum tbc_err
station_lists_open(struct station *st, const struct station_options *o) TBC_MUST_CHECK;
/* Sign anew what has changed or aged, and publish it. */
enum tbc_err station_lists_renew(struct station *st, struct tbc_utc now) TBC_MUST_CHECK;
/* Take over the lists that another process has signed, up to that number of the feed. */
enum tbc_err station_lists_share(struct station *st, uint64_t feed) TBC_MUST_CHECK;
/* SIGHUP: take over a newer trust list from its file and publish it; a bad one is logged and the
 * present one stays. */
enum tbc_err station_trust_reload(struct station *st) TBC_MUST_CHECK;
void
station_publish(struct station *st, enum tbc_notice_kind kind, struct tbc_span body);
void station_beat(struct station *st);
void station_lists_fini(struct station *st);

/* desk.c */
/* Judge a text by what gates are given: the station's trust list and its newest status list, which
 * is opened once for all who ask until the next. */
enum tbc_code station_judge(struct station *st, struct station_call *call,
                            struct tbc_span text, struct tbc_judgement *j);

/* station.c */
/* The configuration's files, and over them what the command line says.  from may be NULL. */
enum tbc_err
station_options_read(const struct station_options *o, struct station_conf *conf,
                     struct tbc_conf_origins *from) TBC_MUST_CHECK;
/* The command line's part alone. */
enum tbc_err
station_options_apply(const struct station_options *o, struct station_conf *conf,
                      struct tbc_conf_origins *from) TBC_MUST_CHECK;
/* Whether this is the build of ./dev bench, which can leave out the face check. */
bool station_is_benchmark(void);
enum tbc_err station_open(struct station **station,
                          const struct station_options *options) TBC_MUST_CHECK;
/* The log's level is as the configuration says. */
void station_log_follow(const struct station_conf *conf);
/* loop.c: until SIGTERM or SIGINT; TBC_OK then. */
enum tbc_err station_run(struct station *st) TBC_MUST_CHECK;
void station_close(struct station **station);

#endif
