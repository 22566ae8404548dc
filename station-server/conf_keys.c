/* The one table of station.conf: reading, printing, checking, docs/man/tbc-station.8 and the tests
 * all go by it. */
#include "conf.h"
#include "net/client.h"
#include "net/http.h"
#include "sys/log.h"

#include <string.h>

#define YEAR_S (INT64_C(366) * TBC_DAY_S)
#define LIVE   true
#define FIXED  false

#define TEXT(section_, name_, field, live_, check_, help_)                  \
    {                                                                       \
        .section = (section_), .name = (name_), .type = TBC_CONF_IS_TEXT,   \
        .offset = offsetof(struct station_conf, field),                     \
        .size = sizeof(((struct station_conf *)0)->field), .live = (live_), \
        .check = (check_), .help = (help_)                                  \
    }
#define NUMBER(section_, name_, field, least_, most_, help_)                \
    {                                                                       \
        .section = (section_), .name = (name_), .type = TBC_CONF_IS_NUMBER, \
        .offset = offsetof(struct station_conf, field), .least = (least_),  \
        .most = (most_), .live = LIVE, .help = (help_)                      \
    }
#define LIMIT(key, least_, most_, help_) \
    NUMBER("policy", #key, policy.key, least_, most_, help_)

static const char *
check_code(const char *text)
{
    return *text != '\0' &&
                   strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == strlen(text)
               ? NULL
               : "capital letters and digits are wanted";
}

static const char *
check_address(const char *text)
{
    return tbc_address_is_valid(text)
               ? NULL
               : "tcp://HOST:PORT is wanted, the port at most 65535 or *";
}

static const char *
check_http(const char *text)
{
    return strcmp(text, "off") == 0 || tbc_http_address_is_valid(text)
               ? NULL
               : "ADDRESS:PORT is wanted, the port at most 65535, or off";
}

static const char *
check_store(const char *text)
{
    return *text == '\0' || strncmp(text, "postgresql://", 13) == 0
               ? NULL
               : "postgresql://HOST/DATABASE is wanted, or nothing";
}

static const char *
check_provider(const char *text)
{
    return strcmp(text, "roster") == 0 || strcmp(text, "https") == 0
               ? NULL
               : "roster or https is wanted";
}

static const char *
check_compare(const char *text)
{
    return strcmp(text, "here") == 0 || strcmp(text, "there") == 0
               ? NULL
               : "here or there is wanted";
}

static const char *
check_authority(const char *text)
{
    return *text == '\0' || strncmp(text, "https://", 8) == 0
               ? NULL
               : "https://HOST/PATH is wanted";
}

static const char *
check_level(const char *text)
{
    enum tbc_log_level level;

    return tbc_log_level_parse(text, &level) ? NULL
                                             : "error, warn, info or debug is wanted";
}

/* clang-format off */
const struct tbc_conf_key station_conf_keys[STATION_CONF_KEYS] = {
    TEXT("station", "code", code, FIXED, check_code, "telecode of the station"),
    TEXT("station", "name_zh", name_zh, LIVE, NULL, "its name on screens, Chinese"),
    TEXT("station", "name_en", name_en, LIVE, NULL, "the same, Latin letters"),
    TEXT("station", "desk_zh", desk_zh, LIVE, NULL, "the way to the staffed desk, Chinese"),
    TEXT("station", "desk_en", desk_en, LIVE, NULL, "the same, English"),
    TEXT("listen", "front", front, FIXED, check_address, "requests of the fleet; port * picks one"),
    TEXT("listen", "feed", feed, FIXED, check_address, "lists for gates; port * picks one"),
    TEXT("listen", "http", http, FIXED, check_http, "health and metrics: ADDRESS:PORT, port 0 picks one, or off"),
    { .section = "store", .name = "url", .type = TBC_CONF_IS_TEXT,
      .offset = offsetof(struct station_conf, store),
      .size = sizeof(((struct station_conf *)0)->store), .check = check_store, .secret = true,
      .help = "PostgreSQL that several stations share; empty: station.db in the folder" },
    LIMIT(validity_s, 60, 7 * TBC_DAY_S, "seconds that a certificate lives"),
    LIMIT(renewal_s, 0, 7 * TBC_DAY_S, "seconds before its end from which a new one is issued"),
    LIMIT(quota_month, 1, 1000, "certificates for one person in a calendar month"),
    LIMIT(face_tries, 1, 10, "failed face checks before the staffed desk"),
    LIMIT(guardian_under, 0, 120, "years of age below which a guardian consents"),
    LIMIT(handle_s, 10, 3600, "seconds between recognition and confirmation"),
    LIMIT(face_accept_permille, 1, 1000, "cosine x 1000 from which two faces are one person's"),
    LIMIT(face_retry_permille, 0, 1000, "from which one may try again; below: refused"),
    LIMIT(status_age_s, 60, YEAR_S, "seconds after which a status list is too old"),
    LIMIT(skew_s, 0, 300, "seconds that two clocks may differ"),
    LIMIT(proof_s, 1, 300, "seconds each side of now that a live proof is good"),
    LIMIT(gate_opens_s, 0, TBC_DAY_S, "seconds before departure when boarding begins"),
    LIMIT(gate_closes_s, 0, TBC_DAY_S, "seconds before departure when boarding ends"),
    LIMIT(reentries, 0, 100, "times that who has left may come in again for a trip; 0: never"),
    LIMIT(gate_face_permille, 0, 900, "cosine x 1000 below which a gate's camera calls an officer; 0: no faces at gates"),
    NUMBER("journal", "checkpoint_s", checkpoint_s, 1, 3600, "seconds between two signed checkpoints"),
    NUMBER("serve", "commit_ms", commit_ms, 0, 1000, "milliseconds after which a batch of requests is committed"),
    NUMBER("serve", "queue", queue, 16, 65536, "requests that may wait; more are answered BUSY"),
    NUMBER("serve", "device_per_s", device_per_s, 1, 1000000, "requests a second that one device may make"),
    NUMBER("serve", "device_burst", device_burst, 1, 1000000, "requests that one device may make at once"),
    NUMBER("signer", "per_minute", sign_per_minute, 1, 10000000, "certificates that tbc-signer signs in a minute"),
    NUMBER("keep", "records_days", records_days, 184, 3660, "days that a certificate's record stays after its end"),
    NUMBER("keep", "tickets_days", tickets_days, 1, 366, "days that a ticket stays after its departure"),
    TEXT("provider", "kind", provider, FIXED, check_provider, "who says whose a number is: roster or https"),
    TEXT("provider", "compare", compare, FIXED, check_compare, "who compares the faces: here the examiner, there the authority"),
    TEXT("provider", "authority", authority, FIXED, check_authority, "address of the authority, https://HOST/PATH"),
    TEXT("provider", "ca", authority_ca, FIXED, NULL, "file of the CA that its certificate must lead to"),
    TEXT("provider", "cert", authority_cert, FIXED, NULL, "file of a certificate of our own; empty: none"),
    TEXT("provider", "key", authority_key, FIXED, NULL, "file of the key of that certificate"),
    NUMBER("provider", "timeout_ms", authority_ms, 100, 30000, "milliseconds that one question may take"),
    TEXT("log", "level", log_level, LIVE, check_level, "the least that is logged: error, warn, info, debug"),
};
/* clang-format on */
