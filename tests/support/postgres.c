#include "postgres.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIN          "/usr/lib/postgresql/15/bin"
#define USER         "tbc"
#define ARGS_MAX     24
#define LINE_MAX_LEN 512

/* The server refuses to be root. */
static bool
leave_root(void)
{
    const struct passwd *user;

    if (getuid() != 0) {
        return true;
    }
    user = getpwnam("postgres");
    if (user == NULL) {
        user = getpwnam("nobody");
    }
    return user != NULL && setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 &&
           setuid(user->pw_uid) == 0;
}

static bool
give_folder(const char *path)
{
    const struct passwd *user = getpwnam("postgres");

    if (getuid() != 0) {
        return true;
    }
    user = user == NULL ? getpwnam("nobody") : user;
    return user != NULL && chown(path, user->pw_uid, user->pw_gid) == 0;
}

/* Run a program of PostgreSQL as that user, its output into FOLDER/log: whether it went well. */
static bool
run(const struct tbc_postgres *pg, const char *const *args)
{
    char path[TBC_POSTGRES_PATH];
    char log[TBC_POSTGRES_PATH + 8];
    char *argv[ARGS_MAX + 1];
    int status = -1;
    size_t n = 0;
    pid_t pid;

    (void)snprintf(path, sizeof path, BIN "/%s", args[0]);
    (void)snprintf(log, sizeof log, "%s/log", pg->folder);
    /* the whole path as name: they look for each other where they were found themselves */
    argv[n++] = strdup(path);
    for (; args[n] != NULL && n < ARGS_MAX; n++) {
        argv[n] = strdup(args[n]);
    }
    argv[n] = NULL;
    pid = fork();
    if (pid == 0) {
        int fd = -1;

        if (!leave_root() || chdir(pg->folder) != 0 ||
            (fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600)) < 0 ||
            dup2(fd, 1) < 0 || dup2(fd, 2) < 0) {
            _exit(127);
        }
        (void)execv(path, argv);
        _exit(127);
    }
    for (size_t i = 0; i < n; i++) {
        free(argv[i]);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    (void)remove(path);
    return 0;
}

/* The guard: waits until the test closes its end of the pipe or is gone, then clears up. */
static void
guard(struct tbc_postgres *pg, int control)
{
    char byte;

    (void)setsid();
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)close(1);
    while (read(control, &byte, 1) < 0 && errno == EINTR) {
    }
    (void)tbc_postgres_pause(pg, false);
    (void)run(pg, (const char *const[]){ "pg_ctl", "stop", "-D", "data", "-m",
                                         "immediate", "-w", "-t", "20", NULL });
    (void)nftw(pg->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    _exit(0);
}

/* The folder and who will remove it, before anything is in it. */
static bool
make_place(struct tbc_postgres *pg)
{
    int ends[2];

    *pg = (struct tbc_postgres){ .folder = "/tmp/tbc-postgres-XXXXXX", .control = -1 };
    if (mkdtemp(pg->folder) == NULL || chmod(pg->folder, 0755) != 0 ||
        !give_folder(pg->folder) || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 ||
        pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    pg->guard = fork();
    if (pg->guard == 0) {
        (void)close(ends[1]);
        guard(pg, ends[0]);
    }
    (void)close(ends[0]);
    pg->control = ends[1];
    return pg->guard > 0;
}

static bool
complain(const struct tbc_postgres *pg, const char *what)
{
    (void)fprintf(stderr, "postgres: %s failed; see the end of its log:\n", what);
    if (pg->folder[0] != '\0') {
        char log[TBC_POSTGRES_PATH + 8];
        char line[LINE_MAX_LEN];
        FILE *f;

        (void)snprintf(log, sizeof log, "%s/log", pg->folder);
        f = fopen(log, "re");
        while (f != NULL && fgets(line, sizeof line, f) != NULL) {
            (void)fputs(line, stderr);
        }
        if (f != NULL) {
            (void)fclose(f);
        }
    }
    return false;
}

bool
tbc_postgres_restart(struct tbc_postgres *pg)
{
    /* the log is the server's own: pg_ctl would hold ours open for ever otherwise */
    return run(pg, (const char *const[]){ "pg_ctl", "start", "-D", "data", "-w", "-t",
                                          "60", "-l", "log", NULL }) ||
           complain(pg, "start");
}

static bool
configure(const struct tbc_postgres *pg, const char *lines)
{
    char path[TBC_POSTGRES_PATH + 32];
    FILE *f;
    bool ok;

    (void)snprintf(path, sizeof path, "%s/data/postgresql.auto.conf", pg->folder);
    f = fopen(path, "ae");
    if (f == NULL) {
        return false;
    }
    ok = fprintf(f, "unix_socket_directories = '%s'\n%s", pg->folder, lines) > 0;
    return fclose(f) == 0 && ok;
}

bool
tbc_postgres_start(struct tbc_postgres *pg, bool durable)
{
    if (!make_place(pg)) {
        return complain(pg, "making a folder");
    }
    if (!run(pg,
             (const char *const[]){ "initdb", "-D", "data", "-A", "trust", "-U", USER,
                                    "-E", "UTF8", "--no-locale", "--no-sync", NULL })) {
        return complain(pg, "initdb");
    }
    if (!configure(pg, "listen_addresses = ''\nshared_buffers = 16MB\n"
                       "max_connections = 20\nmax_wal_senders = 4\n"
                       "wal_level = replica\nwal_retrieve_retry_interval = 200ms\n") ||
        !configure(pg, durable ? "" : "fsync = off\n")) {
        return complain(pg, "configuring");
    }
    return tbc_postgres_restart(pg);
}

bool
tbc_postgres_follow(struct tbc_postgres *pg, struct tbc_postgres *first)
{
    if (!make_place(pg)) {
        return complain(pg, "making a folder");
    }
    /* -R writes how to follow; the name is the one that the first waits for */
    if (!run(pg,
             (const char *const[]){ "pg_basebackup", "-D", "data", "-X", "stream", "-R",
                                    "-c", "fast", "-h", first->folder, "-U", USER, "-d",
                                    "application_name=second", NULL })) {
        return complain(pg, "pg_basebackup");
    }
    if (!configure(pg, "") || !tbc_postgres_restart(pg)) {
        return false;
    }
    return configure(first, "synchronous_standby_names = 'second'\n") &&
           run(first, (const char *const[]){ "pg_ctl", "reload", "-D", "data", NULL });
}

bool
tbc_postgres_promote(struct tbc_postgres *pg)
{
    return run(pg, (const char *const[]){ "pg_ctl", "promote", "-D", "data", "-w", "-t",
                                          "60", NULL }) ||
           complain(pg, "promote");
}

static pid_t
server_pid(const struct tbc_postgres *pg)
{
    char path[TBC_POSTGRES_PATH + 32];
    char line[32] = "";
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/data/postmaster.pid", pg->folder);
    f = fopen(path, "re");
    if (f != NULL) {
        if (fgets(line, sizeof line, f) == NULL) {
            line[0] = '\0';
        }
        (void)fclose(f);
    }
    return (pid_t)strtol(line, NULL, 10);
}

/* Kill the process and wait until nothing is left of it: a new server would take a zombie for a
 * living one.  Orphans come to us, see make_place. */
static bool
end_process(pid_t pid)
{
    if (pid <= 1 || kill(pid, SIGKILL) != 0) {
        return false;
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    return true;
}

/* The processes that it has started, as the kernel writes them. */
static void
list_children(pid_t pid, char *children, int size)
{
    char path[64];
    FILE *f;

    children[0] = '\0';
    (void)snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid,
                   (long)pid);
    f = fopen(path, "re");
    if (f != NULL) {
        if (fgets(children, size, f) == NULL) {
            children[0] = '\0';
        }
        (void)fclose(f);
    }
}

static pid_t
next_child(char **at)
{
    char *end;
    const long child = strtol(*at, &end, 10);

    if (end == *at) {
        return 0;
    }
    *at = end;
    return (pid_t)child;
}

bool
tbc_postgres_kill(struct tbc_postgres *pg)
{
    const pid_t pid = server_pid(pg);
    char children[2048];
    char *at = children;

    if (pid <= 1 || kill(pid, SIGSTOP) != 0) {
        return false;
    }
    list_children(pid, children, sizeof children);
    if (!end_process(pid)) {
        return false;
    }
    for (pid_t child = next_child(&at); child > 0; child = next_child(&at)) {
        (void)end_process(child);
    }
    return true;
}

/* The server first: then it makes no more children meanwhile. */
bool
tbc_postgres_pause(struct tbc_postgres *pg, bool pause)
{
    const int number = pause ? SIGSTOP : SIGCONT;
    const pid_t pid = server_pid(pg);
    char children[2048];
    char *at = children;

    if (pid <= 1 || kill(pid, number) != 0) {
        return false;
    }
    list_children(pid, children, sizeof children);
    for (pid_t child = next_child(&at); child > 0; child = next_child(&at)) {
        (void)kill(child, number);
    }
    return true;
}

void
tbc_postgres_url(const struct tbc_postgres *pg, const struct tbc_postgres *other,
                 const char *database, char url[static TBC_POSTGRES_URL])
{
    (void)snprintf(url, TBC_POSTGRES_URL, "postgresql:///%s?user=" USER "&host=%s%s%s",
                   database, pg->folder, other == NULL ? "" : ",",
                   other == NULL ? "" : other->folder);
}

const char *
tbc_postgres_ask(const struct tbc_postgres *pg, const char *database, const char *sql)
{
    static char answer[LINE_MAX_LEN];
    char out[TBC_POSTGRES_PATH + 16];
    FILE *f;
    bool ok;

    (void)snprintf(out, sizeof out, "%s/answer", pg->folder);
    ok = run(pg, (const char *const[]){ "psql", "-X", "-q", "-A", "-t", "-v",
                                        "ON_ERROR_STOP=1", "-h", pg->folder, "-U", USER,
                                        "-d", database, "-o", out, "-c", sql, NULL });
    answer[0] = '\0';
    f = ok ? fopen(out, "re") : NULL;
    if (f == NULL) {
        return NULL;
    }
    if (fgets(answer, sizeof answer, f) == NULL) {
        answer[0] = '\0';
    }
    (void)fclose(f);
    answer[strcspn(answer, "\n")] = '\0';
    return answer;
}

bool
tbc_postgres_ask_for_passwords(struct tbc_postgres *pg, bool ask)
{
    char path[TBC_POSTGRES_PATH + 32];
    FILE *f;
    bool ok;

    (void)snprintf(path, sizeof path, "%s/data/pg_hba.conf", pg->folder);
    f = fopen(path, "we");
    if (f == NULL) {
        return false;
    }
    ok = fprintf(f, "local all all %s\n", ask ? "scram-sha-256" : "trust") > 0;
    return fclose(f) == 0 && ok &&
           run(pg, (const char *const[]){ "pg_ctl", "reload", "-D", "data", NULL });
}

bool
tbc_postgres_make(const struct tbc_postgres *pg, const char *database)
{
    char drop[128];
    char make[128];

    (void)snprintf(drop, sizeof drop, "DROP DATABASE IF EXISTS %s WITH (FORCE)",
                   database);
    (void)snprintf(make, sizeof make, "CREATE DATABASE %s", database);
    return tbc_postgres_ask(pg, "postgres", drop) != NULL &&
           tbc_postgres_ask(pg, "postgres", make) != NULL;
}

void
tbc_postgres_stop(struct tbc_postgres *pg)
{
    if (pg->guard > 0) {
        (void)close(pg->control);
        while (waitpid(pg->guard, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    *pg = (struct tbc_postgres){ .control = -1 };
}
