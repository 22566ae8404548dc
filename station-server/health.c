#include "health.h"

static const struct {
    const char *word;
    const char *what;
    const char *way;
} texts[] = {
#define X(name, what, way) { #name, what, way },
    STATION_ILLS(X)
#undef X
};

const char *
station_ill_word(enum station_ill ill)
{
    return texts[ill].word;
}

const char *
station_ill_text(enum station_ill ill)
{
    return texts[ill].what;
}

static unsigned
bit(bool ill, enum station_ill which)
{
    return ill ? 1u << which : 0;
}

unsigned
station_health_judge(const struct station_facts *f)
{
    return bit(f->stopping, STATION_ILL_STOPPING) |
           bit(!f->store_answers, STATION_ILL_STORE) |
           bit(!f->has_trust, STATION_ILL_TRUST_MISSING) |
           bit(f->has_trust && f->now.s >= f->trust_ends.s, STATION_ILL_TRUST_EXPIRED) |
           bit(f->has_trust && !f->signs, STATION_ILL_SIGNER) |
           bit(f->now.s + f->slack_s < f->seen.s, STATION_ILL_CLOCK) |
           bit(f->wants_examiner && !f->has_examiner, STATION_ILL_EXAMINER);
}

void
station_health_put(unsigned ills, struct tbc_buf *out)
{
    const char *comma = "";

    (void)tbc_buf_printf(out, "{\"ready\":%s,\"problems\":[",
                         ills == 0 ? "true" : "false");
    for (unsigned i = 0; i < STATION_ILLS_N; i++) {
        if ((ills & 1u << i) != 0) {
            (void)tbc_buf_printf(
                out, "%s{\"name\":\"%s\",\"what\":\"%s\",\"way_out\":\"%s\"}", comma,
                texts[i].word, texts[i].what, texts[i].way);
            comma = ",";
        }
    }
    (void)tbc_buf_append_str(out, "]}\n");
}
