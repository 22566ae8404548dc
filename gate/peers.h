/* The gate among its peers: what group.c decides, carried out.  The list of peers comes from the
 * station in SNAPSHOT and is kept in the journal, under the rule of the other lists that a version
 * never goes back.  What peers have let in is remembered at once and in the journal within
 * GATE_HEARD_MS; until then the peer would send it again. */
#ifndef GATE_PEERS_H
#define GATE_PEERS_H

#include "group.h"
#include "net/group.h"

#define GATE_HEARD_MAX 128
#define GATE_HEARD_MS  100
#define GATE_SHARE_S   TBC_DAY_S /* no certificate lives longer */
#define GATE_CURSOR_MS 60000     /* how often it is written what peers had sent */

struct tbc_outbox;
struct gate;
struct gate_visit;

struct gate_peers {
    bool wanted;           /* --group is not none */
    struct tbc_group *net; /* NULL: not wanted, or the network is not there yet */
    struct tbc_mono listen_again;
    struct gate_group core;
    struct tbc_peers list;
    bool alone;    /* for the present visit nobody but the peers is asked */
    size_t live_n; /* as last told */
    uint64_t put[GATE_GROUP_MAX]; /* what have the journal says of each slot's peer */

    struct tbc_entry heard[GATE_HEARD_MAX]; /* not yet in the journal */
    size_t heard_n;
    struct tbc_mono heard_since;
    struct tbc_mono cursors_kept;

    char text[24]; /* of the verdict's line */
    /* of the message at hand: too large for a stack */
    union {
        struct tbc_greet greet;
        struct tbc_claim claim;
        struct tbc_claim_reply claim_reply;
        struct tbc_share share;
        struct tbc_share_reply share_reply;
    } in;
    union {
        struct tbc_greet greet;
        struct tbc_claim claim;
        struct tbc_claim_reply claim_reply;
        struct tbc_share share;
        struct tbc_share_reply share_reply;
    } out;
};

/* After the journal was read.  What is wrong is logged; TBC_OK with --group none.  A network that is
 * not there is no error: the gate is alone until it is. */
enum tbc_err gate_peers_open(struct gate *g) TBC_MUST_CHECK;
void gate_peers_close(struct gate *g);
int gate_peers_fd(const struct gate *g); /* -1: none */
int gate_peers_wait_ms(const struct gate *g, struct tbc_mono now, int most);

/* Messages, greetings, rows; and the decision, when the peers alone are asked. */
void gate_peers_tick(struct gate *g);

/* Where this gate listens, for HELLO; "": nowhere. */
const char *gate_peers_address(const struct gate *g);
/* A list from the station. */
void gate_peers_take(struct gate *g, struct tbc_span bytes);

size_t gate_peers_live(const struct gate *g);
/* What peers have let in and the journal does not hold yet, and words that were given to them. */
void gate_peers_recall(struct gate *g, struct gate_visit *v);
/* Ask them whether the visit's certificate may come in.  by_station: it is asked too.  False: there
 * are none, or somebody leaves. */
bool gate_peers_claim(struct gate *g, bool by_station);
/* The station does not answer this one.  True: the peers will. */
bool gate_peers_go_on(struct gate *g);
/* What they have said so far, into the visit's memory; then decide. */
void gate_peers_weigh(struct gate *g);
/* peers_talk.c */
void gate_peers_listen(struct gate *g);
void gate_peers_speak(struct gate *g);
/* Into the journal, now. */
void gate_peers_flush(struct gate *g);
/* Whether a peer has told of such an entry that is not there yet. */
bool gate_peers_have_heard(const struct gate *g, const struct tbc_entry *entry,
                           struct tbc_utc *since);

/* " peers=N": so many have agreed to what was decided without the station; "" otherwise. */
const char *gate_peers_text(struct gate *g);

#endif
