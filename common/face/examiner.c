#include "face/examiner.h"

#include "face/examine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD_FD   3 /* where the examiner finds its socket */
#define QUEUE_MAX  (64u << 20)
#define ANSWER_MAX (64u << 10)
#define START_TIMEOUT \
    30000 /* ms; loading takes a tenth of a second, a busy machine more */
#define PATH_SIZE 2048

struct tbc_examiner {
    char *program;
    char *models;
    char *manifest; /* NULL: models/manifest */
    pid_t pid;      /* -1: none runs */
    int fd;
    bool is_ready; /* it has said so; one that dies before is not replaced at once */
    struct tbc_buf out;
    size_t out_at; /* of out, what is written */
    struct tbc_buf in;
    uint64_t last_id;
    uint64_t pending[TBC_EXAMINER_PENDING_MAX];
    size_t pending_n;
    size_t lost_n; /* the first lost_n of pending will get no answer but ERR_IO */
    unsigned deaths;
    enum tbc_err failure; /* why the last examiner did not get ready */
    char why[TBC_EXAMINE_WHY_SIZE];
};

static int64_t
steady_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum tbc_err
fail_with(struct tbc_examiner *e, enum tbc_err err, const char *why)
{
    (void)snprintf(e->why, sizeof e->why, "%s", why);
    e->failure = err;
    return err;
}

static enum tbc_err
spawn(struct tbc_examiner *e, int theirs)
{
    char *const argv[] = { e->program, e->models, e->manifest, NULL };
    char *const no_environment[] = { NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t all;
    sigset_t none;
    int rc;

    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    if (posix_spawn_file_actions_init(&files) != 0) {
        return TBC_ERR_NO_MEMORY;
    }
    if (posix_spawnattr_init(&attr) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return TBC_ERR_NO_MEMORY;
    }
    rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) != 0 ||
         posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0) != 0 ||
         posix_spawn_file_actions_adddup2(&files, theirs, CHILD_FD) != 0 ||
         posix_spawn_file_actions_addclosefrom_np(&files, CHILD_FD + 1) != 0 ||
         posix_spawnattr_setsigmask(&attr, &none) != 0 ||
         posix_spawnattr_setsigdefault(&attr, &all) != 0 ||
         posix_spawnattr_setflags(&attr,
                                  POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) != 0;
    rc = rc != 0
             ? ENOMEM
             : posix_spawn(&e->pid, e->program, &files, &attr, argv, no_environment);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&attr);
    if (rc != 0) {
        e->pid = -1;
        return rc == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
    }
    return TBC_OK;
}

static enum tbc_err
launch(struct tbc_examiner *e)
{
    int pair[2];
    enum tbc_err err;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        return fail_with(e, TBC_ERR_IO, "no socket for the examiner could be made");
    }
    err = fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0 ? TBC_ERR_IO : spawn(e, pair[1]);
    (void)close(pair[1]);
    if (err != TBC_OK) {
        (void)close(pair[0]);
        return fail_with(e, err,
                         err == TBC_ERR_NOT_FOUND
                             ? "the program tbc-examiner is not beside this one"
                             : "the program tbc-examiner could not be started");
    }
    e->fd = pair[0];
    e->is_ready = false;
    e->failure = TBC_OK;
    return TBC_OK;
}

/* End the process, whatever it does, and mark what it was asked as lost. */
static void
bury(struct tbc_examiner *e)
{
    if (e->fd >= 0) {
        (void)close(e->fd);
        e->fd = -1;
    }
    if (e->pid > 0) {
        (void)kill(e->pid, SIGKILL);
        while (waitpid(e->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        e->pid = -1;
    }
    tbc_buf_clear(&e->out);
    tbc_buf_clear(&e->in);
    e->out_at = 0;
    e->lost_n = e->pending_n;
}

/* It died or spoke nonsense.  One that had worked is replaced at once; another is tried by the
 * next request, so that a broken installation does not spin. */
static void
replace(struct tbc_examiner *e)
{
    bool worked = e->is_ready;

    bury(e);
    e->deaths++;
    e->is_ready = false;
    if (worked) {
        (void)launch(e); /* e->failure keeps the reason; the next send tries again */
    }
}

static bool
flush(struct tbc_examiner *e)
{
    while (e->out_at < e->out.len) {
        ssize_t n = send(e->fd, e->out.ptr + e->out_at, e->out.len - e->out_at,
                         MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno == EAGAIN;
        }
        e->out_at += (size_t)n;
    }
    tbc_buf_clear(&e->out);
    e->out_at = 0;
    return true;
}

/* Read what is there.  False when the other side is gone. */
static bool
fill(struct tbc_examiner *e)
{
    for (;;) {
        ssize_t n;

        if (tbc_buf_reserve(&e->in, ANSWER_MAX) != TBC_OK) {
            return false;
        }
        n = recv(e->fd, e->in.ptr + e->in.len, ANSWER_MAX, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n < 0 && errno == EAGAIN;
        }
        e->in.len += (size_t)n;
        if (e->in.len >= ANSWER_MAX) {
            return true; /* a whole answer fits; poll tells of more */
        }
    }
}

static void
drop_front(struct tbc_buf *b, size_t n)
{
    memmove(b->ptr, b->ptr + n, b->len - n);
    tbc_wipe(b->ptr + b->len - n, n);
    b->len -= n;
}

static bool
forget_pending(struct tbc_examiner *e, uint64_t id)
{
    for (size_t i = 0; i < e->pending_n; i++) {
        if (e->pending[i] == id) {
            memmove(&e->pending[i], &e->pending[i + 1],
                    (e->pending_n - i - 1) * sizeof *e->pending);
            e->pending_n--;
            return true;
        }
    }
    return false;
}

/* The first whole message, if there is one: ERR_BUSY when not, ERR_MALFORMED for nonsense. */
static enum tbc_err
take_message(struct tbc_examiner *e, struct tbc_examiner_answer *answer)
{
    size_t len;
    enum tbc_err err;

    if (e->in.len < TBC_EXAMINE_HEAD) {
        return TBC_ERR_BUSY;
    }
    len = tbc_examine_length(e->in.ptr);
    if (len > ANSWER_MAX) {
        return TBC_ERR_MALFORMED;
    }
    if (e->in.len - TBC_EXAMINE_HEAD < len) {
        return TBC_ERR_BUSY;
    }
    err = tbc_examine_read_answer(tbc_span_of(e->in.ptr + TBC_EXAMINE_HEAD, len),
                                  answer, e->why);
    drop_front(&e->in, TBC_EXAMINE_HEAD + len);
    return err;
}

static enum tbc_err
take_answer(struct tbc_examiner *e, struct tbc_examiner_answer *answer)
{
    enum tbc_err err;

    while ((err = take_message(e, answer)) == TBC_OK) {
        if (answer->id != 0) {
            return forget_pending(e, answer->id) ? TBC_OK : TBC_ERR_MALFORMED;
        }
        e->failure = answer->err;
        e->is_ready = answer->err == TBC_OK;
    }
    return err;
}

enum tbc_err
tbc_examiner_recv(struct tbc_examiner *examiner, struct tbc_examiner_answer *answer)
{
    enum tbc_err err = TBC_ERR_BUSY;

    memset(answer, 0, sizeof *answer);
    if (examiner->lost_n == 0 && examiner->fd >= 0) {
        bool alive = flush(examiner) && fill(examiner);

        err = take_answer(examiner, answer);
        if (err == TBC_OK) {
            return TBC_OK;
        }
        if (!alive || err != TBC_ERR_BUSY) {
            replace(examiner);
            memset(answer, 0, sizeof *answer);
            err = TBC_ERR_BUSY;
        }
    }
    if (examiner->lost_n > 0) {
        answer->id = examiner->pending[0];
        answer->err = TBC_ERR_IO;
        examiner->lost_n--;
        (void)forget_pending(examiner, answer->id);
        err = TBC_OK;
    }
    return err;
}

static enum tbc_err
check_request(const struct tbc_examiner *e, const struct tbc_examiner_request *r)
{
    size_t total = 0;

    if (r->frame_n == 0 || (r->kind == TBC_EXAMINER_TEMPLATE && r->frame_n != 1) ||
        (r->kind == TBC_EXAMINER_COMPARE &&
         r->reference.len != TBC_FACE_TEMPLATE_BYTES)) {
        return TBC_ERR_RANGE;
    }
    if (r->frame_n > TBC_EXAMINER_FRAMES_MAX) {
        return TBC_ERR_LIMIT;
    }
    for (size_t i = 0; i < r->frame_n; i++) {
        if (r->frames[i].len > TBC_EXAMINER_MESSAGE_MAX - total) {
            return TBC_ERR_LIMIT;
        }
        total += r->frames[i].len;
    }
    if (e->pending_n == TBC_EXAMINER_PENDING_MAX ||
        e->out.len - e->out_at + total > QUEUE_MAX) {
        return TBC_ERR_BUSY;
    }
    return TBC_OK;
}

enum tbc_err
tbc_examiner_send(struct tbc_examiner *examiner,
                  const struct tbc_examiner_request *request, uint64_t *id)
{
    size_t before = examiner->out.len;
    enum tbc_err err;

    *id = 0;
    if ((err = check_request(examiner, request)) != TBC_OK) {
        return err;
    }
    if (examiner->fd < 0 && launch(examiner) != TBC_OK) {
        return TBC_ERR_IO;
    }
    tbc_examine_put_request(&examiner->out, examiner->last_id + 1, request);
    if (tbc_buf_status(&examiner->out) != TBC_OK) {
        examiner->out.len = before;
        examiner->out.err = TBC_OK;
        return TBC_ERR_NO_MEMORY;
    }
    *id = ++examiner->last_id;
    examiner->pending[examiner->pending_n++] = *id;
    (void)flush(
        examiner); /* a dead examiner is noticed by recv, which answers for it */
    return TBC_OK;
}

/* Until the fd is ready or the deadline has passed; then false. */
static bool
wait_for(const struct tbc_examiner *e, int64_t deadline)
{
    struct pollfd p = { .fd = e->fd, .events = tbc_examiner_events(e) };
    int64_t left = deadline - steady_ms();

    if (left <= 0) {
        return false;
    }
    (void)poll(&p, 1,
               left > 1000 ? 1000 : (int)left); /* an interrupted wait is a short one */
    return true;
}

enum tbc_err
tbc_examiner_ask(struct tbc_examiner *examiner,
                 const struct tbc_examiner_request *request, int timeout_ms,
                 struct tbc_examiner_answer *answer)
{
    int64_t deadline = steady_ms() + timeout_ms;
    uint64_t id;
    enum tbc_err err = tbc_examiner_send(examiner, request, &id);

    memset(answer, 0, sizeof *answer);
    if (err != TBC_OK) {
        return err;
    }
    for (;;) {
        err = tbc_examiner_recv(examiner, answer);
        if (err == TBC_OK && answer->id == id) {
            return TBC_OK;
        }
        if (err != TBC_OK && !wait_for(examiner, deadline)) {
            return TBC_ERR_TIMEOUT;
        }
    }
}

/* The first message of a new examiner says whether its models are good. */
static enum tbc_err
await_ready(struct tbc_examiner *e)
{
    int64_t deadline = steady_ms() + START_TIMEOUT;
    struct tbc_examiner_answer unused;

    while (!e->is_ready && e->failure == TBC_OK) {
        bool alive = fill(e);
        enum tbc_err err = take_answer(e, &unused);

        if (e->is_ready || e->failure != TBC_OK) {
            break;
        }
        if (err != TBC_ERR_BUSY || !alive) {
            return fail_with(e, TBC_ERR_IO, "tbc-examiner ended before it was ready");
        }
        if (!wait_for(e, deadline)) {
            return fail_with(e, TBC_ERR_TIMEOUT, "tbc-examiner did not get ready");
        }
    }
    return e->failure;
}

static char *
path_beside(void)
{
    char self[PATH_SIZE];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;
    char *path = NULL;

    if (n <= 0) {
        return NULL;
    }
    self[n] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL) {
        return NULL;
    }
    *slash = '\0';
    return asprintf(&path, "%s/tbc-examiner", self) < 0 ? NULL : path;
}

static enum tbc_err
prepare(struct tbc_examiner *e, const char *program, const char *models,
        const char *manifest)
{
    e->fd = -1;
    e->pid = -1;
    e->program = program != NULL ? strdup(program) : path_beside();
    e->models = strdup(models);
    e->manifest = manifest != NULL ? strdup(manifest) : NULL;
    if (e->program == NULL || e->models == NULL ||
        (manifest != NULL && e->manifest == NULL)) {
        return TBC_ERR_NO_MEMORY;
    }
    return TBC_OK;
}

enum tbc_err
tbc_examiner_start(struct tbc_examiner **examiner, const char *program,
                   const char *models, const char *manifest, const char **why)
{
    static _Thread_local char
        sentence[TBC_EXAMINE_WHY_SIZE]; /* outlives a failed start */
    struct tbc_examiner *e = calloc(1, sizeof *e);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *examiner = NULL;
    if (e != NULL && (err = prepare(e, program, models, manifest)) == TBC_OK &&
        (err = launch(e)) == TBC_OK) {
        err = await_ready(e);
    }
    (void)snprintf(sentence, sizeof sentence, "%s",
                   e != NULL && e->why[0] != '\0' ? e->why : tbc_err_text(err));
    if (why != NULL) {
        *why = err == TBC_OK ? NULL : sentence;
    }
    if (err != TBC_OK) {
        tbc_examiner_stop(&e);
        return err;
    }
    *examiner = e;
    return TBC_OK;
}

void
tbc_examiner_stop(struct tbc_examiner **examiner)
{
    struct tbc_examiner *e = *examiner;

    if (e == NULL) {
        return;
    }
    bury(e);
    tbc_buf_fini(&e->out);
    tbc_buf_fini(&e->in);
    free(e->program);
    free(e->models);
    free(e->manifest);
    free(e);
    *examiner = NULL;
}

int
tbc_examiner_fd(const struct tbc_examiner *examiner)
{
    return examiner->fd;
}

short
tbc_examiner_events(const struct tbc_examiner *examiner)
{
    return examiner->out_at < examiner->out.len ? POLLIN | POLLOUT : POLLIN;
}

pid_t
tbc_examiner_pid(const struct tbc_examiner *examiner)
{
    return examiner->pid;
}

unsigned
tbc_examiner_deaths(const struct tbc_examiner *examiner)
{
    return examiner->deaths;
}
