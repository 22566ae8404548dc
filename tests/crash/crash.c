/* ./dev crash: kills tbc-station at system calls chosen by chance, under load, and spoils its disk;
 * after each time everything that it had acknowledged must be there, once, and the journal whole. */
#include "load.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "trap.h"
#include "world.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROUND_MS    4000 /* that a round lasts at most */
#define RECOVER_MS  5000 /* within which a station serves again after one failed call */
#define DEPART_S    43200
#define CALLS_START 60  /* about as many as a start makes */
#define CALLS_LOAD  900 /* of every kind, while it serves */
#define CALLS_FILE  60  /* of those that a full disk refuses */
#define CHECK_EACH  8   /* rounds between two looks into the database */
#define WHERE_MAX   16

static const char help[] =
    "usage: crash [N] [--seed S]\n"
    "\n"
    "Kills tbc-station N times (default 20) under load, at a system call that the\n"
    "seed chooses; in two of five rounds the disk fails instead, with EIO or ENOSPC.\n"
    "Prints what it tried, what it found and the seed.  Exit: 0 nothing was lost or\n"
    "doubled, 1 something was, 2 wrong usage, 3 it could not be found out.\n";

struct tally {
    const char *where[WHERE_MAX]; /* it was killed in */
    unsigned times[WHERE_MAX];
    unsigned kills;
    unsigned in_start;
    unsigned unsprung; /* the k-th call never came: killed at the end */
    unsigned spoiled;  /* rounds with a bad disk */
    unsigned recovered;
    unsigned ended;
    unsigned looks;
};

struct crash {
    struct stage stage;
    struct load load;
    struct trap trap;
    struct tally tally;
    uint64_t seed;
    unsigned faults;
};

static void
count_where(struct tally *t, const char *where)
{
    size_t i = 0;

    while (i < WHERE_MAX - 1 && t->where[i] != NULL &&
           strcmp(t->where[i], where) != 0) {
        i++;
    }
    t->where[i] = where;
    t->times[i]++;
}

static void
find(struct crash *c, const char *what, const char *detail)
{
    printf("FOUND %s: %s\n", what, detail);
    c->faults++;
}

static void
report(void *arg, enum ledger_fault fault, enum ledger_kind kind, size_t number)
{
    (void)arg;
    printf("FOUND %s %zu: %s\n", ledger_kind_name(kind), number,
           ledger_fault_text(fault));
}

/* The journal by tbc audit, with the last checkpoint that a client was given as its witness. */
static void
audit(struct crash *c)
{
    const char *witness = stage_path(&c->stage, "witness.cose");
    struct stat st;
    const bool has_witness = stat(witness, &st) == 0;

    if (stage_run((const char *const[]){ "tbc", "audit", "verify", "--data",
                                         c->stage.data, has_witness ? "--old" : NULL,
                                         witness, NULL }) != 0) {
        find(c, "the journal does not verify", stage_said());
    }
}

static void
look(struct crash *c)
{
    struct world w;
    const enum tbc_err err =
        world_read(&w, c->stage.data, &c->load.ledger, c->load.people);

    c->tally.looks++;
    audit(c);
    if (err != TBC_OK) {
        find(c, "the database cannot be read", tbc_err_text(err));
    } else {
        const struct ledger_world found = { .certificates = w.certificates,
                                            .certificates_n = w.certificates_n,
                                            .stands = w.stands };

        c->faults += (unsigned)ledger_compare(&c->load.ledger, &found, report, NULL);
    }
    world_fini(&w);
}

/* Keep what the station signs now: it may never sign anything else about those leaves. */
static void
keep_witness(struct crash *c)
{
    const struct tbc_snapshot have = { 0 };
    struct tbc_snapshot_reply out;
    struct tbc_client *client = NULL;

    if (stage_connect_as(&client, stage_path(&c->stage, "operator.device"), false) &&
        stage_ask(client, TBC_OP_SNAPSHOT, &have, &out).err == TBC_OK &&
        out.checkpoint.len > 0 &&
        tbc_file_write(stage_path(&c->stage, "witness.cose"), out.checkpoint,
                       S_IRUSR | S_IWUSR) != TBC_OK) {
        find(c, "witness.cose", "cannot be written");
    }
    tbc_client_close(&client);
}

/* Start it, with the trap in it; false when it died in its start, or could not. */
static bool
start(struct crash *c, enum trap_act act, long long k)
{
    if (!trap_open(&c->trap) ||
        !stage_launch(&c->stage, NULL, trap_install, &c->trap) ||
        !trap_watch(&c->trap, c->stage.process.pid)) {
        (void)fputs("crash: a seccomp listener cannot be had here\n", stderr);
        exit(3);
    }
    trap_arm(&c->trap, act, k, 1);
    return stage_await(&c->stage);
}

/* Reap it; what it said is kept for a report. */
static int
bury(struct crash *c, int number)
{
    const int code = stage_end(&c->stage, number);

    trap_close(&c->trap);
    return code;
}

/* A start that nobody disturbs has to succeed. */
static bool
start_well(struct crash *c)
{
    if (start(c, TRAP_WATCH, 0) && load_connect(&c->load)) {
        return true;
    }
    (void)bury(c, SIGKILL);
    find(c, "it does not start again", stage_said());
    return false;
}

/* Killed while it starts, mostly while it recovers from the time before. */
static void
kill_in_start(struct crash *c)
{
    const long long k = 1 + (long long)load_random(&c->load, CALLS_START);
    const bool ready = start(c, TRAP_KILL, k);
    const char *where = atomic_load(&c->trap.where);

    c->tally.kills++;
    c->tally.in_start += ready ? 0 : 1;
    if (where != NULL) {
        count_where(&c->tally, where);
    } else if (!ready) {
        find(c, "it ended by itself in its start", "");
    }
    (void)bury(c, SIGKILL);
}

static void
kill_in_load(struct crash *c)
{
    const long long k = 1 + (long long)load_random(&c->load, CALLS_LOAD);
    const char *where;

    if (!start_well(c)) {
        return;
    }
    trap_arm(&c->trap, TRAP_KILL, k, 1);
    load_run(&c->load, ROUND_MS);
    c->tally.kills++;
    where = atomic_load(&c->trap.where);
    if (where != NULL) {
        count_where(&c->tally, where);
    } else if (load_has_ended(&c->stage.process)) {
        find(c, "it ended by itself", "");
    } else {
        c->tally.unsprung++;
        keep_witness(c);
    }
    if (where == NULL) {
        (void)tbc_process_signal(&c->stage.process, SIGKILL);
    }
    load_leave(&c->load);
    (void)bury(c, SIGKILL);
}

/* One call fails: it serves again, or ends and says why. */
static void
judge_recovery(struct crash *c)
{
    const unsigned before = c->load.acked;
    const int64_t end = tbc_clock_mono().ms + RECOVER_MS;

    while (c->load.acked == before && tbc_clock_mono().ms < end &&
           !load_has_ended(&c->stage.process)) {
        load_run(&c->load, 50);
    }
    if (c->load.acked > before) {
        c->tally.recovered++;
    } else if (load_has_ended(&c->stage.process)) {
        c->tally.ended++;
    } else {
        find(c, "it neither serves nor ends", "after one failed call");
    }
}

/* From a call on the disk takes nothing, or one call fails. */
static void
spoil_disk(struct crash *c, enum trap_act act)
{
    const long long k = 1 + (long long)load_random(&c->load, CALLS_FILE);
    const bool lasting = load_random(&c->load, 2) == 0;
    int64_t end;

    if (!start_well(c)) {
        return;
    }
    c->load.tolerant = true;
    trap_arm(&c->trap, act, k, lasting ? INT64_MAX : 1);
    for (end = tbc_clock_mono().ms + ROUND_MS;
         !atomic_load(&c->trap.sprung) && tbc_clock_mono().ms < end;) {
        load_run(&c->load, 10);
    }
    c->tally.spoiled++;
    if (lasting && atomic_load(&c->trap.sprung)) {
        c->load.deaf_ms = atomic_load(&c->trap.at_ms);
        load_run(&c->load, 300);
        c->tally.ended += load_has_ended(&c->stage.process) ? 1 : 0;
    } else {
        judge_recovery(c);
    }
    if (!load_has_ended(&c->stage.process)) {
        (void)tbc_process_signal(&c->stage.process, SIGKILL);
    }
    load_leave(&c->load);
    (void)bury(c, SIGKILL);
    c->load.tolerant = false;
    c->load.deaf_ms = 0;
}

static void
go_round(struct crash *c, unsigned number)
{
    switch (number % 5) {
    case 3:
        spoil_disk(c, TRAP_EIO);
        break;
    case 4:
        spoil_disk(c, TRAP_ENOSPC);
        break;
    case 2:
        kill_in_start(c);
        break;
    default:
        kill_in_load(c);
        break;
    }
    if (number % CHECK_EACH == CHECK_EACH - 1) {
        look(c);
    }
}

/* What was in doubt at the very end is asked again, and then nothing may be open. */
static void
settle(struct crash *c)
{
    if (!start_well(c)) {
        return;
    }
    load_run(&c->load, 500);
    keep_witness(c);
    load_leave(&c->load);
    if (bury(c, SIGTERM) != 0) {
        find(c, "it did not end well", stage_said());
    }
    look(c);
}

static void
prepare(struct crash *c)
{
    static const char conf[] = "[serve]\ndevice_per_s = 100000\ndevice_burst = 100000\n"
                               "[journal]\ncheckpoint_s = 1\n";
    struct stage *s = &c->stage;

    c->load.stage = s;
    c->load.seed = c->seed;
    c->load.depart = tbc_clock_utc().s + DEPART_S;
    stage_make(s);
    if (mkdir(stage_path(s, "conf.d"), S_IRWXU) != 0 ||
        tbc_file_write(stage_path(s, "conf.d/crash.conf"), tbc_span_str(conf),
                       S_IRUSR | S_IWUSR) != TBC_OK ||
        !stage_start(s, NULL) || !stage_connect(s) || !load_enrol(&c->load)) {
        (void)fprintf(stderr, "crash: no station to try it on\n");
        exit(3);
    }
    tbc_client_close(&s->client);
    if (stage_end(s, SIGTERM) != 0) {
        (void)fprintf(stderr, "crash: %s\n", stage_said());
        exit(3);
    }
}

static void
print_facts(const struct load *l)
{
    unsigned acked[LEDGER_KINDS] = { 0 };

    for (size_t i = 0; i < l->ledger.n; i++) {
        acked[l->ledger.facts[i].kind] += l->ledger.facts[i].acked > 0 ? 1 : 0;
    }
    printf("acknowledged:");
    for (size_t k = 0; k < LEDGER_KINDS; k++) {
        printf(" %s %u%s", ledger_kind_name((enum ledger_kind)k), acked[k],
               k + 1 < LEDGER_KINDS ? "," : "\n");
    }
    printf("asked again after their answer, the same bytes: %u; BUSY: %u\n", l->retried,
           l->busy);
}

static void
print_tally(const struct crash *c, unsigned rounds, int64_t ms)
{
    const struct tally *t = &c->tally;

    printf("rounds: %u in %lld s; killed %u (in its start %u, at no chosen call %u):",
           rounds, (long long)(ms / 1000), t->kills, t->in_start, t->unsprung);
    for (size_t i = 0; i < WHERE_MAX && t->where[i] != NULL; i++) {
        printf(" %s %u", t->where[i], t->times[i]);
    }
    printf("\nspoiled disk: %u rounds; went on by itself %u, ended %u\n", t->spoiled,
           t->recovered, t->ended);
    print_facts(&c->load);
    printf("looked into the database and audited the journal: %u times\n", t->looks);
    printf("found: %u; seed %llu\n", c->faults + c->load.faults,
           (unsigned long long)c->seed);
}

static bool
read_number(const char *text, uint64_t *out)
{
    char *end;

    *out = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0';
}

static bool
read_options(int argc, char **argv, uint64_t *rounds, uint64_t *seed)
{
    static const struct option options[] = { { "seed", required_argument, NULL, 's' },
                                             { NULL, 0, NULL, 0 } };
    int id;

    while ((id = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (id != 's' || !read_number(optarg, seed)) {
            return false;
        }
    }
    return optind == argc || (optind + 1 == argc && read_number(argv[optind], rounds) &&
                              *rounds > 0 && *rounds < 1000000);
}

int
main(int argc, char **argv)
{
    static struct crash c;
    const int64_t begin = tbc_clock_mono().ms;
    uint64_t rounds = 20;

    c.seed = (uint64_t)tbc_clock_us();
    if (!read_options(argc, argv, &rounds, &c.seed)) {
        (void)fputs(help, stderr);
        return 2;
    }
    printf("crash: %llu rounds, seed %llu\n", (unsigned long long)rounds,
           (unsigned long long)c.seed);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    prepare(&c);
    for (unsigned i = 0; i < rounds && c.faults + c.load.faults == 0; i++) {
        go_round(&c, i);
    }
    if (c.faults + c.load.faults == 0) {
        settle(&c);
    }
    print_tally(&c, (unsigned)rounds, tbc_clock_mono().ms - begin);
    load_fini(&c.load);
    return c.faults + c.load.faults == 0 ? 0 : 1;
}
