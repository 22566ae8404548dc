/* The gate among its peers: who is there, who has what, and whether a certificate may go in while
 * the station cannot say.  Pure: the shell (peers.c) carries messages and rows, and says what time
 * it is.
 *
 * What is promised.  Before a gate opens alone it claims the certificate and the trip from every
 * peer that is live (heard within GATE_LIVE_MS), and opens when all have agreed.  A peer agrees
 * unless it has let that one in, knows of somebody who has, or is letting it in itself under a lower
 * event id or by the station's word; and what it has agreed to it remembers, until the claim is
 * known to have come to nothing or its entry has arrived.  Of two gates that hear each other at most
 * one opens, therefore: each would have had to agree before it began.
 *
 * When not.  A peer that does not answer within GATE_CLAIM_MS counts as isolated, and the gate goes
 * on without it: when both are alive and only the link is slow or failing in just these
 * milliseconds, both may open.  A peer that had agreed and then lost the link keeps its word for
 * GATE_PROMISE_MS, so that a link that fails after the agreement lets nobody in twice; at most
 * GATE_PROMISES_MAX words are kept for each peer, the newest, and none over a restart.  What happened twice is recorded as it
 * happened and reported by the station as a conflict. */
#ifndef GATE_GROUP_H
#define GATE_GROUP_H

#include "base/when.h"
#include "codec/wire.h"

#define GATE_GROUP_MAX      TBC_WIRE_PEERS_MAX
#define GATE_HAIL_MS        1000 /* between two greetings */
#define GATE_LIVE_MS        3500 /* a peer that was heard so lately is live */
#define GATE_CLAIM_MS       60   /* the peers may take this long, of the flow's 120 */
#define GATE_SHARE_AGAIN_MS 1000 /* without an answer */
#define GATE_PROMISE_MS     600000 /* a word is kept that long when nothing more is heard */
#define GATE_PROMISES_MAX   8      /* of one peer */

/* Agreed to, and not yet known what came of it. */
struct gate_promise {
    uint64_t number; /* of the claim; 0: free */
    struct tbc_entry entry;
    struct tbc_mono until;
};

struct gate_peer {
    bool used;
    struct tbc_peer_row row; /* name, key, address */
    bool was_heard;
    struct tbc_mono heard;
    struct tbc_mono hail;             /* greet again then */
    uint8_t journal[TBC_WIRE_ID_LEN]; /* its; zeros: not known */
    uint64_t have;                    /* what is had of it */
    uint64_t newest; /* what it had when it last said what was decided */
    uint64_t decided;
    bool knows;     /* it has said what it has of ours: */
    uint64_t given; /* that much */
    bool sharing;   /* more is on its way */
    struct tbc_mono share_again;
    bool asked; /* about the present claim ... */
    bool told;  /* ... it has been sent */
    bool agreed;
    bool holds; /* ... for which somebody has its earlier claim */
    struct gate_promise promises[GATE_PROMISES_MAX];
};

enum gate_claim_state {
    GATE_CLAIM_NONE,
    GATE_CLAIM_WAITING,
    GATE_CLAIM_FREE,  /* nobody objects */
    GATE_CLAIM_TAKEN, /* somebody has let that one in, or is doing so */
};

struct gate_claim {
    enum gate_claim_state state;
    bool held; /* the station is asked too: this claim gives way to none */
    uint64_t number;
    struct tbc_entry entry;
    struct tbc_mono due;
    struct tbc_utc at; /* TAKEN: since when */
    size_t agreed_n;
};

struct gate_group {
    uint8_t journal[TBC_WIRE_ID_LEN]; /* ours */
    uint64_t newest;                  /* row of it */
    uint64_t decided;
    struct gate_claim claim;
    struct gate_peer peers[GATE_GROUP_MAX];
    uint8_t holders[TBC_WIRE_HOLDERS_MAX]; /* borrowed by the last reply to a claim */
};

/* utc: claims of before were decided; claims are numbered by it. */
void
gate_group_init(struct gate_group *group, const uint8_t journal[static TBC_WIRE_ID_LEN],
                uint64_t newest, struct tbc_utc utc);

/* Take over a list: who stays keeps its slot and what is known, who is not in it is gone.
 *   own   this gate's key: it is in the list too */
void gate_group_enrol(struct gate_group *group, const struct tbc_peers *list,
                      const uint8_t own[static 32]);

/* Two entries of which only one may be: for one trip, with one certificate or by one person. */
bool gate_group_compete(const struct tbc_entry *a, const struct tbc_entry *b);

/* ---- what happens here */

/* The newest row of our own journal, which others should know. */
void gate_group_wrote(struct gate_group *group, uint64_t newest);

/* Claim a certificate and trip.  held: the station is asked as well.  utc numbers the claim. */
void gate_group_claim(struct gate_group *group, const struct tbc_entry *entry,
                      bool held, struct tbc_utc utc, struct tbc_mono now);
/* What the claim was for has been decided; before the next one.
 *   all_written  whoever was let in, by this claim or before, has a row that wrote() covered: else
 *                peers keep their words until it is said again */
void gate_group_decided(struct gate_group *group, bool all_written);

/* Whether a word that was given to a peer stands against letting that one in; at: since when.
 *   online  the station is asked: every open word counts; else the claim asks who is live */
bool gate_group_promised(const struct gate_group *group, const struct tbc_entry *entry,
                         bool online, struct tbc_mono now, struct tbc_utc *at);

size_t gate_group_live(const struct gate_group *group, struct tbc_mono now);

/* ---- what peers say; slot is below GATE_GROUP_MAX and used */

void gate_group_on_greet(struct gate_group *group, size_t slot,
                         const struct tbc_greet *greet, struct tbc_mono now);
/* known: this gate knows of an entry that speaks against it, and when that was; NULL: none.  reply
 * borrows from group until the next claim. */
void gate_group_on_claim(struct gate_group *group, size_t slot,
                         const struct tbc_claim *claim, const struct tbc_utc *known,
                         struct tbc_mono now, struct tbc_claim_reply *reply);
void
gate_group_on_claim_reply(struct gate_group *group, size_t slot,
                          const struct tbc_claim_reply *reply, struct tbc_mono now);
/* True: its entries are to be kept, before anything else is asked of the journal. */
bool gate_group_on_share(struct gate_group *group, size_t slot,
                         const struct tbc_share *share, struct tbc_mono now,
                         struct tbc_share_reply *reply);
void
gate_group_on_share_reply(struct gate_group *group, size_t slot,
                          const struct tbc_share_reply *reply, struct tbc_mono now);
/* Anything else that came from it. */
void gate_group_heard(struct gate_group *group, size_t slot, struct tbc_mono now);

/* ---- what is to be said */

enum gate_word {
    GATE_WORD_NONE,
    GATE_WORD_GREET, /* gate_group_greet says what */
    GATE_WORD_CLAIM, /* group->claim */
    GATE_WORD_SHARE, /* the rows above peer->given; sharing is then set */
};

/* What time brings: the claim's bound, and the next word that is due to one peer.  Call until it is
 * NONE; what could not be sent comes again by itself. */
enum gate_word
gate_group_step(struct gate_group *group, struct tbc_mono now, size_t *slot);

void
gate_group_greet(const struct gate_group *group, size_t slot, struct tbc_greet *greet);

/* Milliseconds until the claim's bound, at most most. */
int gate_group_wait_ms(const struct gate_group *group, struct tbc_mono now, int most);

/* The rows of the answer to a claim, for the test that walks them. */
enum gate_rival {
    GATE_RIVAL_NONE,  /* this gate claims nothing like that, or has given it up */
    GATE_RIVAL_HELD,  /* claims it too, and the station is asked */
    GATE_RIVAL_LOWER, /* claims it too, under the lower event id */
    GATE_RIVAL_HIGHER,
    GATE_RIVAL_FREE, /* was let in just now */
    GATE_RIVAL_N
};
struct gate_rule {
    bool known;
    enum gate_rival rival;
    enum tbc_claim_answer answer;
    bool gives_way; /* this gate's own claim is lost */
};
extern const struct gate_rule gate_rules[];
extern const size_t gate_rules_n;

#endif
