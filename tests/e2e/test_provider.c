/* The provider of identities against an authority over TLS that answers well, badly, or not. */
#include "authority.h"
#include "faces.h"
#include "provider.h"
#include "provider_breaker.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TIMEOUT_MS 400
#define GIVE_UP_MS 10000
#define HOLD_S     120

static struct authority authority;

static void
stop_authority(void)
{
    authority_fini(&authority);
}

static void
raise_authority(void)
{
    if (authority.folder[0] == '\0' &&
        (atexit(stop_authority) != 0 || !authority_start(&authority, NULL))) {
        (void)fprintf(stderr, "authority_fake did not start\n");
        exit(2);
    }
}

static struct station_provider *
open_provider_that(const char *ca, bool compares)
{
    const struct station_provider_options options = { .url = authority.url,
                                                      .ca = ca,
                                                      .timeout_ms = TIMEOUT_MS,
                                                      .hold_s = HOLD_S,
                                                      .compares = compares };
    struct station_provider *p = NULL;

    CU_ASSERT_EQUAL_FATAL(station_provider_open(&p, &options, NULL), TBC_OK);
    return p;
}

static struct station_provider *
open_provider(const char *ca)
{
    return open_provider_that(ca, false);
}

struct result {
    enum station_found found;
    int64_t ms;
    int64_t longest_ms; /* of one call: nothing here may wait */
};

static struct station_identity who; /* of the last one that was found */
static const struct tbc_store_person *const person = &who.person;

/* A question with a picture, or without; and as if it were so much later. */
struct question {
    const char *number;
    struct tbc_span picture;
    int64_t later_ms;
};

/* Ask until there is an answer, or a photograph for the examiner. */
static struct result
ask(struct station_provider *p, struct question q)
{
    const int64_t begin = tbc_clock_mono().ms;
    struct result r = { .found = STATION_FOUND_LATER };
    struct tbc_doc doc = { .kind = TBC_DOC_PASSPORT };

    struct tbc_span photo;
    size_t which;

    (void)snprintf(doc.number, sizeof doc.number, "%s", q.number);
    while (r.found == STATION_FOUND_LATER && r.ms < GIVE_UP_MS &&
           !station_provider_photo(p, &photo, &which)) {
        struct tbc_mono now = { tbc_clock_mono().ms + q.later_ms };
        const int64_t before = tbc_clock_mono().ms;
        struct pollfd fd = { .fd = station_provider_fd(p), .events = POLLIN };
        enum tbc_err why;
        int wait_ms;

        r.found = station_provider_find(p, &doc, q.picture, now, &who, &why);
        if (tbc_clock_mono().ms - before > r.longest_ms) {
            r.longest_ms = tbc_clock_mono().ms - before;
        }
        r.ms = tbc_clock_mono().ms - begin;
        if (r.found == STATION_FOUND_LATER) {
            wait_ms = station_provider_wait_ms(p, now);
            (void)poll(&fd, 1, wait_ms < 0 || wait_ms > 20 ? 20 : wait_ms);
        }
    }
    return r;
}

static struct result
find(struct station_provider *p, const char *number, int64_t later_ms)
{
    return ask(p, (struct question){ .number = number, .later_ms = later_ms });
}

static void
a_person_is_found_and_kept_for_a_while(void)
{
    struct station_provider *p;
    struct result r;
    unsigned asked;

    raise_authority();
    p = open_provider(authority.ca);
    r = find(p, "P0000001", 0);
    CU_ASSERT_EQUAL(r.found, STATION_FOUND);
    CU_ASSERT_STRING_EQUAL(person->name, "Zebedea Quuxworth");
    CU_ASSERT_STRING_EQUAL(person->latin, "Zebedea");
    CU_ASSERT_STRING_EQUAL(person->number, "P0000001");
    CU_ASSERT(person->has_face);
    asked = authority_asked(&authority);
    CU_ASSERT_EQUAL(find(p, "P0000001", 0).found, STATION_FOUND);
    CU_ASSERT_EQUAL(authority_asked(&authority), asked);
    CU_ASSERT_EQUAL(find(p, "P0000001", HOLD_S * 1000 + 1000).found, STATION_FOUND);
    CU_ASSERT_EQUAL(authority_asked(&authority), asked + 1);
    station_provider_close(&p);
}

static void
every_bad_answer_is_away_within_its_time(void)
{
    static const struct {
        const char *what;
        const char *number;
        enum station_found found;
        unsigned tries;
        int64_t within_ms;
    } rows[] = {
        { "unknown person", "P0000404", STATION_FOUND_NOBODY, 1, 2000 },
        { "errors of the server", "P0000500", STATION_FOUND_AWAY, 2, 3000 },
        { "slow", "P0000408", STATION_FOUND_AWAY, 2, 2 * TIMEOUT_MS + 1500 },
        { "no JSON", "P0000666", STATION_FOUND_AWAY, 1, 2000 },
        { "a member too many", "P0000667", STATION_FOUND_AWAY, 1, 2000 },
        { "100 MB", "P0000100", STATION_FOUND_AWAY, 1, 2000 },
        { "a redirect", "P0000302", STATION_FOUND_AWAY, 1, 2000 },
        { "no face at all", "P0000779", STATION_FOUND_AWAY, 1, 2000 },
    };

    raise_authority();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct station_provider *p = open_provider(authority.ca);
        const unsigned before = authority_asked(&authority);
        const struct result r = find(p, rows[i].number, 0);
        const unsigned tries = authority_asked(&authority) - before;

        if (r.found != rows[i].found || tries != rows[i].tries ||
            r.ms > rows[i].within_ms || r.longest_ms > 100) {
            (void)fprintf(stderr, "%s: found %d, %u tries, %lld ms, %lld at once\n",
                          rows[i].what, (int)r.found, tries, (long long)r.ms,
                          (long long)r.longest_ms);
            CU_FAIL("not as wanted");
        }
        station_provider_close(&p);
    }
}

static void
a_certificate_of_another_ca_is_not_believed(void)
{
    struct station_provider *p;
    unsigned before;

    raise_authority();
    p = open_provider(authority.other);
    before = authority_asked(&authority);
    CU_ASSERT_EQUAL(find(p, "P0000001", 0).found, STATION_FOUND_AWAY);
    CU_ASSERT_EQUAL(authority_asked(&authority), before); /* it never heard a number */
    station_provider_close(&p);
}

static void
what_is_down_is_left_alone_and_found_again(void)
{
    struct station_provider *p;
    struct result r;
    char port[8];

    raise_authority();
    p = open_provider(authority.ca);
    memcpy(port, authority.port, sizeof port);
    CU_ASSERT_EQUAL(find(p, "P0000001", 0).found, STATION_FOUND);
    authority_stop(&authority);
    for (int i = 0; i < STATION_BREAKER_BAD; i++) {
        char number[16];

        (void)snprintf(number, sizeof number, "P000001%d", i);
        CU_ASSERT_EQUAL(find(p, number, 0).found, STATION_FOUND_AWAY);
    }
    CU_ASSERT_FATAL(authority_start(&authority, port));
    authority.asked = 0;
    r = find(p, "P0000002", 0); /* it is up, but the pause is not over */
    CU_ASSERT_EQUAL(r.found, STATION_FOUND_AWAY);
    CU_ASSERT(r.ms < 50);
    CU_ASSERT_EQUAL(authority_asked(&authority), 0);
    CU_ASSERT_EQUAL(find(p, "P0000003", STATION_BREAKER_MS + 1000).found,
                    STATION_FOUND);
    CU_ASSERT_EQUAL(find(p, "P0000004", STATION_BREAKER_MS + 1000).found,
                    STATION_FOUND);
    station_provider_close(&p);
}

static struct tbc_span
picture_of(uint8_t last)
{
    static uint8_t bytes[3000] = { 0xff, 0xd8 };

    bytes[sizeof bytes - 1] = last;
    return tbc_span_of(bytes, sizeof bytes);
}

static void
an_authority_that_compares_is_asked_for_each_picture(void)
{
    static const struct question row = { .number = "P0000850" };
    struct station_provider *p;
    struct question q = row;
    unsigned asked;

    raise_authority();
    p = open_provider_that(authority.ca, true);
    CU_ASSERT(station_provider_compares(p));
    q.picture = picture_of(1);
    CU_ASSERT_EQUAL(ask(p, q).found, STATION_FOUND);
    CU_ASSERT(who.is_compared);
    CU_ASSERT_EQUAL(who.permille, 850);
    CU_ASSERT_FALSE(person->has_face);
    CU_ASSERT_STRING_EQUAL(person->name, "Zebedea Quuxworth");
    asked = authority_asked(&authority);
    CU_ASSERT_EQUAL(ask(p, q).found, STATION_FOUND); /* a retry */
    CU_ASSERT_EQUAL(authority_asked(&authority), asked);
    q.picture = picture_of(2);
    CU_ASSERT_EQUAL(ask(p, q).found, STATION_FOUND);
    CU_ASSERT_EQUAL(authority_asked(&authority), asked + 1);
    q.number = "P0000000";
    CU_ASSERT_EQUAL(ask(p, q).found, STATION_FOUND);
    CU_ASSERT_EQUAL(who.permille, 0);
    q.picture = tbc_span_str("no picture"); /* which the authority refuses */
    CU_ASSERT_EQUAL(ask(p, q).found, STATION_FOUND_AWAY);
    q.number = "P0000669"; /* a reference is no comparison */
    CU_ASSERT_EQUAL(ask(p, q).found, STATION_FOUND_AWAY);
    q = (struct question){ .number = "P0000779" }; /* the desk: nobody is compared */
    CU_ASSERT_EQUAL(ask(p, q).found, STATION_FOUND);
    CU_ASSERT_FALSE(who.is_compared || person->has_face);
    station_provider_close(&p);
}

static void
place_photo(const char *name)
{
    char from[STAGE_PATH * 2];
    char to[STAGE_PATH * 2];
    struct tbc_buf photo = { 0 };

    (void)snprintf(from, sizeof from, "%s/%s", getenv("TBC_PEOPLE"), name);
    (void)snprintf(to, sizeof to, "%s/photo.jpg", authority.folder);
    CU_ASSERT_EQUAL_FATAL(tbc_file_read(from, TBC_WIRE_FRAME_MAX, &photo), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(to, tbc_buf_span(&photo), 0600), TBC_OK);
    tbc_buf_fini(&photo);
}

static void
a_photograph_waits_for_its_template(void)
{
    static const uint8_t face[TBC_TEMPLATE_LEN] = { 1, 2, 3 };
    const struct tbc_mono later = { tbc_clock_mono().ms + 500 };
    struct station_provider *p;
    struct tbc_span photo;
    size_t which;

    raise_authority();
    p = open_provider(authority.ca);
    CU_ASSERT_FALSE(station_provider_photo(p, &photo, &which));
    CU_ASSERT_EQUAL(find(p, "P0000778", 0).found, STATION_FOUND_LATER);
    CU_ASSERT_FATAL(station_provider_photo(p, &photo, &which));
    CU_ASSERT(tbc_span_equal(photo, tbc_span_str("no picture")));
    station_provider_photo_sent(p, which, 7);
    CU_ASSERT_FALSE(station_provider_photo(p, &photo, &which));
    station_provider_take_template(p, 6, face, later); /* somebody else's */
    CU_ASSERT_FALSE(station_provider_photo(p, &photo, &which));
    station_provider_take_template(p, 7, face, later);
    CU_ASSERT_EQUAL(find(p, "P0000778", 0).found, STATION_FOUND);
    CU_ASSERT(person->has_face && memcmp(person->face, face, sizeof face) == 0);
    CU_ASSERT_EQUAL(find(p, "P0001778", 0).found, STATION_FOUND_LATER);
    CU_ASSERT_FATAL(station_provider_photo(p, &photo, &which));
    station_provider_photo_sent(p, which, 8);
    station_provider_take_template(p, 8, NULL, later);
    CU_ASSERT_EQUAL(find(p, "P0001778", 0).found, STATION_FOUND_AWAY);
    station_provider_close(&p);
}

static void
an_address_without_tls_is_refused(void)
{
    static const struct station_provider_options bad[] = {
        { .url = "http://127.0.0.1/", .ca = "/ca.pem", .timeout_ms = 100 },
        { .url = "https://127.0.0.1/", .ca = NULL, .timeout_ms = 100 },
    };
    struct station_provider *p;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(station_provider_open(&p, &bad[i], NULL), TBC_ERR_MALFORMED);
        CU_ASSERT_PTR_NULL(p);
    }
}

/* Ask as the desk does, again while it hears BUSY. */
static struct answer
assist(struct stage *s, unsigned passenger, unsigned *busy)
{
    const struct tbc_assist in = stage_assistance(passenger);
    struct tbc_issue_reply out;
    struct answer a = stage_ask(s->client, TBC_OP_ASSIST, &in, &out);

    for (*busy = 0; a.err == TBC_OK && a.code == TBC_CODE_BUSY && *busy < 100;
         ++*busy) {
        (void)poll(NULL, 0, (int)a.problem.wait_ms);
        a = stage_ask(s->client, TBC_OP_ASSIST, &in, &out);
    }
    return a;
}

static void
a_station_asks_its_authority_and_serves_others_meanwhile(void)
{
    static struct stage s;
    const struct tbc_hello hello = { 0 };
    struct tbc_buf conf = { 0 };
    struct tbc_reply reply;
    char port[8];
    unsigned busy;

    raise_authority();
    stage_make(&s);
    CU_ASSERT_EQUAL_FATAL(mkdir(stage_path(&s, "conf.d"), S_IRWXU), 0);
    CU_ASSERT_EQUAL_FATAL(
        tbc_buf_printf(&conf,
                       "[provider]\nkind = https\nauthority = %s\nca = %s\n"
                       "timeout_ms = 1000\n",
                       authority.url, authority.ca),
        TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(stage_path(&s, "conf.d/provider.conf"),
                                         tbc_buf_span(&conf), S_IRUSR | S_IWUSR),
                          TBC_OK);
    tbc_buf_fini(&conf);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT(stage_is(assist(&s, 1, &busy), TBC_CODE_FINE)); /* in no roster */
    CU_ASSERT(busy > 0);
    CU_ASSERT(stage_is(assist(&s, 404, &busy), TBC_CODE_NOT_FOUND));
    CU_ASSERT(stage_is(assist(&s, 408, &busy), TBC_CODE_TROUBLE)); /* slow, twice */
    CU_ASSERT(busy > 5);
    memcpy(port, authority.port, sizeof port);
    authority_stop(&authority);
    CU_ASSERT(stage_is(assist(&s, 2, &busy), TBC_CODE_TROUBLE));
    CU_ASSERT(tbc_client_call(s.client, TBC_OP_HELLO, &hello, 200, &reply) == TBC_OK);
    CU_ASSERT_FATAL(authority_start(&authority, port));
    stage_strike(&s);
    CU_ASSERT_PTR_NULL(strstr(stage_said(), "Quuxworth"));
    CU_ASSERT_PTR_NULL(strstr(stage_said(), "P0000"));
}

static void
raise_asking(struct stage *s, const char *compare, struct tbc_client **kiosk)
{
    struct tbc_buf conf = { 0 };

    stage_make(s);
    CU_ASSERT_EQUAL_FATAL(mkdir(stage_path(s, "conf.d"), S_IRWXU), 0);
    CU_ASSERT_EQUAL_FATAL(
        tbc_buf_printf(&conf,
                       "[provider]\nkind = https\nauthority = %s\nca = %s\n"
                       "compare = %s\ntimeout_ms = 5000\n",
                       authority.url, authority.ca, compare),
        TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(stage_path(s, "conf.d/provider.conf"),
                                         tbc_buf_span(&conf), S_IRUSR | S_IWUSR),
                          TBC_OK);
    tbc_buf_fini(&conf);
    CU_ASSERT_FATAL(
        stage_start(s,
                    (const char *const[]){ "--models", getenv("TBC_MODELS"), NULL }) &&
        stage_connect(s) && stage_enrol(s, "kiosk-1", TBC_ROLE_KIOSK) &&
        stage_connect_as(kiosk, stage_path(s, "kiosk-1.device"), false));
}

/* A passenger before the kiosk's camera, who is on that photograph; again while BUSY. */
static struct answer
apply(const struct stage *s, struct tbc_client *kiosk, const char *number,
      const char *photo)
{
    const char *view = stage_path(s, "view.jpg");
    struct tbc_apply in = { .kind = TBC_DOC_PASSPORT,
                            .language = "en",
                            .assurance = TBC_ASSURANCE_PASSIVE,
                            .frames_n = 1 };
    struct tbc_apply_reply out;
    struct tbc_buf picture = { 0 };
    struct answer a = { .err = TBC_ERR_NOT_FOUND };

    (void)snprintf(in.number, sizeof in.number, "%s", number);
    CU_ASSERT_FATAL(faces_see(photo, view) &&
                    tbc_file_read(view, TBC_WIRE_FRAME_MAX, &picture) == TBC_OK);
    in.frames[0] = tbc_buf_span(&picture);
    for (unsigned i = 0; i < 200; i++) {
        a = stage_ask(kiosk, TBC_OP_APPLY, &in, &out);
        if (a.err != TBC_OK || a.code != TBC_CODE_BUSY) {
            break;
        }
        (void)poll(NULL, 0, (int)a.problem.wait_ms);
    }
    tbc_buf_fini(&picture);
    return a;
}

static void
a_photograph_of_the_authority_is_what_the_examiner_compares_with(void)
{
    static struct stage s;
    struct tbc_client *kiosk = NULL;

    if (!faces_are_here()) {
        tbc_test_skip("TBC_MODELS and TBC_PEOPLE name no models and photographs");
        return;
    }
    raise_authority();
    place_photo("grace_hopper.jpg");
    raise_asking(&s, "here", &kiosk);
    CU_ASSERT(
        stage_is(apply(&s, kiosk, "P0000777", "grace_hopper.jpg"), TBC_CODE_FINE));
    CU_ASSERT_FALSE(
        stage_is(apply(&s, kiosk, "P0001777", "astronaut.png"), TBC_CODE_FINE));
    CU_ASSERT(
        stage_is(apply(&s, kiosk, "P0000778", "grace_hopper.jpg"), TBC_CODE_TROUBLE));
    tbc_client_close(&kiosk);
    stage_strike(&s);
    CU_ASSERT(stage_says(stage_said(), "photograph is of no use"));
}

static void
the_score_of_an_authority_that_compares_decides(void)
{
    static struct stage s;
    struct tbc_client *kiosk = NULL;

    if (!faces_are_here()) {
        tbc_test_skip("TBC_MODELS and TBC_PEOPLE name no models and photographs");
        return;
    }
    raise_authority();
    raise_asking(&s, "there", &kiosk);
    CU_ASSERT(
        stage_is(apply(&s, kiosk, "P0000850", "grace_hopper.jpg"), TBC_CODE_FINE));
    CU_ASSERT_FALSE(
        stage_is(apply(&s, kiosk, "P0000001", "grace_hopper.jpg"), TBC_CODE_FINE));
    tbc_client_close(&kiosk);
    stage_strike(&s);
    CU_ASSERT_PTR_NULL(strstr(stage_said(), "Quuxworth"));
}

TBC_SUITE("e2e/provider", TEST(an_authority_that_compares_is_asked_for_each_picture),
          TEST(a_photograph_waits_for_its_template),
          TEST(a_photograph_of_the_authority_is_what_the_examiner_compares_with),
          TEST(the_score_of_an_authority_that_compares_decides),
          TEST(a_station_asks_its_authority_and_serves_others_meanwhile),
          TEST(a_person_is_found_and_kept_for_a_while),
          TEST(every_bad_answer_is_away_within_its_time),
          TEST(a_certificate_of_another_ca_is_not_believed),
          TEST(what_is_down_is_left_alone_and_found_again),
          TEST(an_address_without_tls_is_refused))
