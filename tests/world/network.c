#include "network.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMES     "/run/netns"
#define PREFIX    "10.77.0."
#define TOOLS_DIR "/usr/sbin"

static int spaces[NETWORK_HOSTS]; /* open namespaces */

const char *
network_address(size_t host)
{
    static const char *const addresses[NETWORK_HOSTS] = { PREFIX "1", PREFIX "2",
                                                          PREFIX "3", PREFIX "4" };

    return addresses[host];
}

bool
network_enter(size_t host)
{
    return setns(spaces[host], CLONE_NEWNET) == 0;
}

/* A tool with a script on its standard input, in a host or, host NETWORK_HOSTS, at the bridge. */
static bool
run(size_t host, const char *const *argv, const char *script)
{
    char *args[8] = { 0 };
    int in[2];
    int status = 0;
    pid_t pid;

    if (pipe2(in, O_CLOEXEC) != 0 || (pid = fork()) < 0) {
        return false;
    }
    if (pid == 0) {
        for (size_t i = 0; argv[i] != NULL && i + 1 < sizeof args / sizeof *args; i++) {
            args[i] = strdup(argv[i]);
        }
        if ((host < NETWORK_HOSTS && !network_enter(host)) || dup2(in[0], 0) < 0) {
            _exit(126);
        }
        (void)execvp(args[0], args);
        _exit(127);
    }
    close(in[0]);
    if (write(in[1], script, strlen(script)) != (ssize_t)strlen(script)) {
        (void)fprintf(stderr, "%s took no script\n", argv[0]);
    }
    close(in[1]);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool
ip(size_t host, const char *script)
{
    static const char *const argv[] = { TOOLS_DIR "/ip", "-batch", "-", NULL };

    return run(host, argv, script);
}

static bool
nft(size_t host, const char *script)
{
    static const char *const argv[] = { TOOLS_DIR "/nft", "-f", "-", NULL };

    return run(host, argv, script);
}

static bool
make_host(size_t host)
{
    char script[512];
    char path[64];

    (void)snprintf(script, sizeof script,
                   "netns add host%zu\n"
                   "link add cable%zu type veth peer name eth0 netns host%zu\n"
                   "link set cable%zu master bridge up\n",
                   host, host, host, host);
    (void)snprintf(path, sizeof path, NAMES "/host%zu", host);
    if (!ip(NETWORK_HOSTS, script) ||
        (spaces[host] = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
        return false;
    }
    (void)snprintf(script, sizeof script,
                   "link set lo up\naddr add %s/24 dev eth0\nlink set eth0 up\n",
                   network_address(host));
    return ip(host, script) &&
           nft(host, "table inet weather {\n"
                     " chain in { type filter hook input priority 0; }\n"
                     " chain out { type filter hook output priority 0; }\n"
                     "}\n");
}

/* The names of namespaces as only we see them. */
static bool
hide_names(void)
{
    return unshare(CLONE_NEWNS | CLONE_NEWNET) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           (mkdir(NAMES, 0755) == 0 || errno == EEXIST) &&
           mount("none", NAMES, "tmpfs", 0, "mode=0755") == 0;
}

const char *
network_open(void)
{
    static bool is_open;

    if (is_open) {
        return NULL;
    }
    if (geteuid() != 0) {
        return "network namespaces want root";
    }
    if (access(TOOLS_DIR "/ip", X_OK) != 0 || access(TOOLS_DIR "/nft", X_OK) != 0) {
        return "iproute2 and nftables are not installed";
    }
    if (!hide_names()) {
        return "network namespaces are not permitted here";
    }
    if (!ip(NETWORK_HOSTS, "link set lo up\n"
                           "link add bridge type bridge\n"
                           "addr add " PREFIX "254/24 dev bridge\n"
                           "link set bridge up\n")) {
        return "a bridge is not permitted here";
    }
    for (size_t i = 0; i < NETWORK_HOSTS; i++) {
        if (!make_host(i)) {
            return "a host with its filter is not permitted here";
        }
    }
    is_open = true;
    return NULL;
}

static const char *
rules_of(enum network_weather weather)
{
    switch (weather) {
    case NETWORK_FINE:
    case NETWORK_CUT:
        break;
    case NETWORK_DEAF:
        return "add rule inet weather in drop\n";
    case NETWORK_MUTE:
        return "add rule inet weather out drop\n";
    case NETWORK_STORMY:
        return "add rule inet weather in numgen random mod 100 < 30 drop\n"
               "add rule inet weather out numgen random mod 100 < 30 drop\n";
    }
    return "";
}

bool
network_set(size_t host, enum network_weather weather)
{
    char script[256];
    char cable[64];

    (void)snprintf(cable, sizeof cable, "link set cable%zu %s\n", host,
                   weather == NETWORK_CUT ? "down" : "up");
    (void)snprintf(script, sizeof script, "flush table inet weather\n%s",
                   rules_of(weather));
    return ip(NETWORK_HOSTS, cable) && nft(host, script);
}

bool
network_part(size_t a, size_t b, bool apart)
{
    char script[256] = "flush chain inet weather in\n";

    if (apart) {
        (void)snprintf(script, sizeof script,
                       "add rule inet weather in ip saddr %s drop\n",
                       network_address(b));
    }
    return nft(a, script);
}
