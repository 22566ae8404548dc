/* tbc doctor on folders and stations that are well, and on each thing that may be wrong. */
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

static char text[16384];

/* Its exit code; what it printed in text. */
static int
doctor(const struct stage *s)
{
    return stage_output(
        (const char *const[]){ "tbc", "doctor", "--data", s->data, NULL }, text,
        sizeof text);
}

static bool
says(const char *what)
{
    return stage_says(text, what);
}

static void
write_conf(const struct stage *s, const char *name, const char *conf)
{
    const char *folder = stage_path(s, "conf.d");
    const char *path = stage_path(s, name);

    (void)mkdir(folder, 0700);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str(conf), 0600), TBC_OK);
}

/* A folder whose ports are nobody's, whatever else runs on this machine. */
static void
make_folder(struct stage *s)
{
    stage_make(s);
    write_conf(s, "conf.d/ports.conf",
               "[listen]\nfront = tcp://127.0.0.1:*\nfeed = tcp://127.0.0.1:*\n"
               "http = off\n");
}

static void
a_sound_folder_and_a_running_station_pass(void)
{
    static struct stage s;

    make_folder(&s);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT_EQUAL(doctor(&s), 0);
    CU_ASSERT(says("in use by a running station"));
    CU_ASSERT(says("OK    station        YZN answers"));
    CU_ASSERT(says("OK    status list"));
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT_EQUAL(doctor(&s), 0);
    CU_ASSERT(says("WARN  fleet          1 of 1 devices not seen for a day, gate-1"));
    stage_strike(&s);
    CU_ASSERT_EQUAL(doctor(&s), 0);
    CU_ASSERT(says(", sound"));
    CU_ASSERT(says("WARN  station"));
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc", "doctor", "--data", "/nowhere", NULL }),
        3);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc", "doctor", "--bogus", NULL }), 2);
}

static void
what_is_wrong_in_the_folder_is_named(void)
{
    static struct stage s;
    struct utimbuf later = { 0 };
    const char *path;

    make_folder(&s);
    CU_ASSERT_EQUAL(doctor(&s), 0);
    path = stage_path(&s, "sealing.key");
    CU_ASSERT_EQUAL(chmod(path, 0640), 0);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  file modes     sealing.key: others can read it"));
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);

    path = stage_path(&s, "station.db");
    later.actime = later.modtime = tbc_clock_utc().s + 7200;
    CU_ASSERT_EQUAL(utime(path, &later), 0);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  clock"));
    CU_ASSERT_EQUAL(utime(path, NULL), 0);

    path = stage_path(&s, "trust.cose");
    CU_ASSERT_EQUAL(truncate(path, 40), 0);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  trust list     trust.cose:"));
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  trust list     trust.cose: not found"));

    write_conf(&s, "conf.d/a.conf", "[policy]\nquota = 1\n");
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("conf.d/a.conf:2: [policy] quota: unknown key"));
    CU_ASSERT_EQUAL(chmod(s.data, 0755), 0);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  folder"));
}

/* Pages behind the first two, overwritten. */
static void
a_damaged_database_is_found(void)
{
    static struct stage s;
    static uint8_t rubbish[4096];
    const char *path;
    FILE *f;

    make_folder(&s);
    path = stage_path(&s, "station.db");
    memset(rubbish, 0xa5, sizeof rubbish);
    f = fopen(path, "r+be");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fseek(f, 8192, SEEK_SET), 0);
    CU_ASSERT_EQUAL(fwrite(rubbish, 1, sizeof rubbish, f), sizeof rubbish);
    CU_ASSERT_EQUAL(fclose(f), 0);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  database"));
    CU_ASSERT_EQUAL(truncate(path, 50), 0);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  database       station.db: malformed"));
}

static void
a_key_that_the_list_does_not_name_is_found(void)
{
    static struct stage s;
    const char *path;

    make_folder(&s);
    path = stage_path(&s, "issuer.pem");
    CU_ASSERT_EQUAL(unlink(path), 0);
    stage_tool((const char *const[]){ "tbc", "keys", "make", "--out", path, NULL });
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  issuer key     is none of the trust list's"));
}

/* The station's own port, held by this test. */
static void
a_port_that_another_program_has_is_named(void)
{
    static struct stage s;
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof at;
    char conf[128];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_EQUAL(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    CU_ASSERT_EQUAL(listen(fd, 1), 0);
    CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    make_folder(&s);
    (void)snprintf(conf, sizeof conf, "[listen]\nfront = tcp://127.0.0.1:%u\n",
                   ntohs(at.sin_port));
    write_conf(&s, "conf.d/z.conf", conf);
    CU_ASSERT_EQUAL(doctor(&s), 1);
    CU_ASSERT(says("FAIL  ports          tcp://127.0.0.1:"));
    (void)close(fd);
}

/* Its exit code of that gate's folder and device file. */
static int
gate_doctor(const struct stage *s, const char *folder, const char *device)
{
    return stage_output((const char *const[]){ "tbc", "doctor", "--gate",
                                               stage_path(s, folder), "--device",
                                               stage_path(s, device), NULL },
                        text, sizeof text);
}

static void
a_gate_is_looked_at_while_it_runs_and_when_it_does_not(void)
{
    static struct stage s;
    static struct tbc_process gate;
    char line[TBC_PROCESS_LINE];

    stage_raise(&s);
    CU_ASSERT(stage_enrol(&s, "gate-1", TBC_ROLE_GATE));
    CU_ASSERT(stage_enrol(&s, "gate-2", TBC_ROLE_GATE));
    CU_ASSERT(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    CU_ASSERT_FATAL(tbc_process_start(
        &gate, "tbc-gate",
        (const char *const[]){ "--device", stage_path(&s, "gate-1.device"), "--data",
                               stage_path(&s, "gate-1"), NULL }));
    CU_ASSERT_FATAL(tbc_process_until(&gate, "ready ", line, STAGE_START_MS));
    CU_ASSERT_EQUAL(gate_doctor(&s, "gate-1", "gate-1.device"), 0);
    CU_ASSERT(says("OK    journal        in use by a running gate"));
    CU_ASSERT(says("answers and knows this gate"));
    tbc_process_stop(&gate);
    CU_ASSERT_EQUAL(gate_doctor(&s, "gate-1", "gate-1.device"), 0);
    CU_ASSERT(says("OK    configuration  reads well"));
    CU_ASSERT(says("OK    journal        sound, 0 entries to be told, 0 conflicts"));
    CU_ASSERT(says("OK    trust list"));
    CU_ASSERT(says("OK    status list    was made"));
    CU_ASSERT(says("OK    manifest       0 tickets of YZN"));
    CU_ASSERT(says("OK    clock          the gate last knew it was"));
    CU_ASSERT_EQUAL(gate_doctor(&s, "gate-1", "gate-2.device"), 1);
    CU_ASSERT(says("FAIL  journal        journal.db: the journal of another device"));
    CU_ASSERT_EQUAL(gate_doctor(&s, "gate-1", "kiosk-1.device"), 1);
    CU_ASSERT(says("is of a kiosk"));
    stage_strike(&s);
    CU_ASSERT_EQUAL(gate_doctor(&s, "gate-1", "gate-1.device"), 0);
    CU_ASSERT(says("WARN  station"));
    CU_ASSERT_EQUAL(gate_doctor(&s, "nowhere", "gate-1.device"), 3);
}

TBC_SUITE("e2e/doctor", TEST(a_sound_folder_and_a_running_station_pass),
          TEST(what_is_wrong_in_the_folder_is_named), TEST(a_damaged_database_is_found),
          TEST(a_key_that_the_list_does_not_name_is_found),
          TEST(a_port_that_another_program_has_is_named),
          TEST(a_gate_is_looked_at_while_it_runs_and_when_it_does_not))
