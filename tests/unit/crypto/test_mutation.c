/* No change of a sound token makes another token that opens.
 *
 * Fifty tokens are damaged in every single bit and at every length, as bytes and as texts, and by a
 * hundred thousand edits of their structure.  What the judge says of each is held against what it
 * must say of something nobody signed. */
#include "allocations.h"
#include "base/text.h"
#include "mutate.h"
#include "suite.h"
#include "tokens.h"
#include "twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EDITS_N 100000
#define SEED    UINT64_C(0x7bc120260202)
/* The judge itself allocates nothing; for a live proof the keyring makes the holder's key, one
 * struct, and keeps it for the next. */
#define HEAP_MAX 512
#define TALES    5 /* failures told in full */

struct hunt {
    struct tokens *t;
    struct mutate *m;
    uint64_t seed; /* of the edit at work */
    size_t tried;
    size_t same;  /* edits that gave a token that was issued */
    size_t twins; /* the second form of a live proof's signature */
    size_t failed;
    size_t kept; /* bytes that judgements have left behind */
    size_t peak; /* the most at once, with those */
    unsigned said[TBC_VERDICT_N];
};

static void
hunt_init(struct hunt *h)
{
    *h = (struct hunt){ .t = tokens_new(), .m = calloc(1, sizeof *h->m) };
    CU_ASSERT_PTR_NOT_NULL_FATAL(h->m);
}

static void
hunt_fini(struct hunt *h)
{
    tokens_free(&h->t);
    free(h->m);
}

/* One line of what came out, and nothing else may have. */
static void
report(const struct hunt *h, const char *what)
{
    printf(
        "%s: %zu tried, %zu were issued tokens, %zu second forms of a proof, heap %zu;",
        what, h->tried, h->same, h->twins, h->peak);
    for (unsigned v = 0; v < TBC_VERDICT_N; v++) {
        if (h->said[v] > 0) {
            printf(" %s %u", tbc_verdict_name((enum tbc_verdict)v), h->said[v]);
        }
    }
    printf("\n");
    CU_ASSERT_EQUAL(h->failed, 0);
    CU_ASSERT(h->said[TBC_MALFORMED] > 0 && h->said[TBC_BAD_SIGNATURE] > 0);
}

/* A gate ignores one line end behind a text. */
static struct tbc_span
without_line_end(struct tbc_span text)
{
    text.len -= text.len > 0 && text.ptr[text.len - 1] == '\n' ? 1 : 0;
    text.len -= text.len > 0 && text.ptr[text.len - 1] == '\r' ? 1 : 0;
    return text;
}

static bool
was_issued(const struct hunt *h, struct tbc_span text)
{
    text = without_line_end(text);
    for (size_t i = 0; i < TOKENS_N; i++) {
        if (tbc_span_equal(text, tbc_buf_span(&h->t->all[i].text))) {
            return true;
        }
    }
    return false;
}

/* Is the message a live proof that was issued, but for s, which is n - s?  Then it must say the very
 * same as the other form, so that the replay memory knows both for one (crypto/sign.h). */
static bool
is_twin(const struct hunt *h, struct tbc_span text)
{
    uint8_t storage[TBC_LIVE_MAX + 1];
    struct tbc_buf message;

    tbc_buf_init_fixed(&message, storage, sizeof storage);
    if (tbc_token_decode(text, &message, NULL) != TBC_TOKEN_OURS) {
        return false;
    }
    for (size_t i = 0; i < TOKENS_N; i++) {
        const struct token *token = &h->t->all[i];

        if (token->phone == TBC_ALG_ES256 &&
            twin_is(tbc_buf_span(&message), tbc_buf_span(&token->message))) {
            return true;
        }
    }
    return false;
}

/* To the byte of what they are signed as. */
static bool
claims_equal(const struct tbc_claims *a, const struct tbc_claims *b)
{
    struct tbc_buf x = { 0 };
    struct tbc_buf y = { 0 };
    bool equal = tbc_claims_encode(a, &x) == TBC_OK &&
                 tbc_claims_encode(b, &y) == TBC_OK &&
                 tbc_span_equal(tbc_buf_span(&x), tbc_buf_span(&y));

    tbc_buf_fini(&x);
    tbc_buf_fini(&y);
    return equal;
}

static bool
claims_were_issued(const struct hunt *h, const struct tbc_claims *claims)
{
    for (size_t i = 0; i < TOKENS_N; i++) {
        if (claims_equal(claims, &h->t->all[i].claims)) {
            return true;
        }
    }
    return false;
}

/* What is wrong with the judgement of a text that was not issued; NULL when nothing is. */
static const char *
offence(const struct hunt *h, struct tbc_span text, const struct tbc_judgement *out,
        size_t taken)
{
    bool opens = tbc_verdict_opens(out->verdict);
    const struct {
        bool wrong;
        const char *what;
    } checks[] = {
        { (unsigned)out->verdict >= TBC_VERDICT_N, "no verdict of ours" },
        { opens && !is_twin(h, text), "opens" },
        { out->verdict == TBC_MALFORMED && out->fault.what == NULL,
          "malformed by no name" },
        { out->fault.offset > text.len, "a fault beyond the end" },
        { out->has_claims && !claims_were_issued(h, &out->claims),
          "claims nobody made" },
        { !out->has_claims && out->claims.iss[0] != '\0', "claims of a bad signature" },
        { taken > HEAP_MAX, "too much memory" },
    };

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (checks[i].wrong) {
            return checks[i].what;
        }
    }
    return NULL;
}

static void
tell(struct hunt *h, const struct token *token, const char *edit, const char *what,
     struct tbc_span text)
{
    struct tbc_buf hex = { 0 };

    if (h->failed++ < TALES && tbc_hex_encode(text, &hex) == TBC_OK) {
        printf("    %s, %s, seed %#llx: %s; text in hex: %s\n", token->name, edit,
               (unsigned long long)h->seed, what, tbc_buf_str(&hex));
    }
    tbc_buf_fini(&hex);
}

/* Judge and measure; *taken gets the bytes that were held at most, those kept from before included. */
static enum tbc_err
judge(struct hunt *h, struct tbc_span text, struct tbc_judgement *out, size_t *taken)
{
    struct allocations before;
    struct allocations after;
    enum tbc_err err;

    allocations_start();
    before = allocations_read();
    err = tbc_judge(text, &h->t->w.know, WORLD_NOW, out);
    after = allocations_read();
    *taken = after.peak - before.live + h->kept;
    h->kept = h->kept + after.live - before.live;
    h->peak = *taken > h->peak ? *taken : h->peak;
    return err;
}

/* What was issued opens, whatever the gate has seen before. */
static void
present_issued(struct hunt *h, const struct token *token)
{
    struct tbc_judgement out;
    size_t taken;

    tokens_at_gate(h->t, token);
    if (judge(h, tbc_buf_span(&token->text), &out, &taken) != TBC_OK ||
        out.verdict != TBC_ACCEPTED_OFFLINE || taken > HEAP_MAX) {
        tell(h, token, "none", "does not open any more", tbc_buf_span(&token->text));
    }
}

/* Present a text made from the token. */
static void
present(struct hunt *h, const struct token *token, const char *edit,
        struct tbc_span text)
{
    struct tbc_judgement out;
    const char *what;
    enum tbc_err err;
    size_t taken;

    if (was_issued(h, text)) {
        h->same++;
        return;
    }
    err = judge(h, text, &out, &taken);
    what = err != TBC_OK ? "the judge failed" : offence(h, text, &out, taken);
    if (what != NULL) {
        tell(h, token, edit, what, text);
    }
    h->tried++;
    h->said[out.verdict]++;
    h->twins += tbc_verdict_opens(out.verdict) ? 1 : 0;
}

static void
present_message(struct hunt *h, const struct token *token, const char *edit,
                struct tbc_span message)
{
    uint8_t storage[TBC_QR_TEXT_MAX * 2];
    struct tbc_buf text;

    /* Not by tbc_token_encode: a gate is shown what is too long as well. */
    tbc_buf_init_fixed(&text, storage, sizeof storage);
    (void)tbc_buf_append_str(&text, TBC_TEXT_PREFIX);
    message.len = message.len > TBC_LIVE_MAX + 64 ? TBC_LIVE_MAX + 64 : message.len;
    (void)tbc_base45_encode(message, &text);
    present(h, token, edit, tbc_buf_span(&text));
}

static void
all_fifty_open_as_they_are(void)
{
    struct hunt h;

    hunt_init(&h);
    for (size_t i = 0; i < TOKENS_N; i++) {
        const struct token *token = &h.t->all[i];
        struct tbc_judgement out;
        size_t taken;

        tokens_at_gate(h.t, token);
        CU_ASSERT_EQUAL(judge(&h, tbc_buf_span(&token->text), &out, &taken), TBC_OK);
        CU_ASSERT_EQUAL(out.verdict, TBC_ACCEPTED_OFFLINE);
        CU_ASSERT_EQUAL(out.is_live, token->phone != TBC_ALG_NONE);
        CU_ASSERT(claims_equal(&out.claims, &token->claims));
        CU_ASSERT(taken <= (out.is_live ? HEAP_MAX : h.kept));
    }
    hunt_fini(&h);
}

/* Every bit of bytes flipped, and every shorter piece of them, shown by show. */
static void
damage(struct hunt *h, const struct token *token, struct tbc_span bytes,
       void (*show)(struct hunt *, const struct token *, const char *, struct tbc_span))
{
    struct tbc_buf copy = { 0 };

    tokens_at_gate(h->t, token);
    CU_ASSERT_EQUAL_FATAL(tbc_buf_append_span(&copy, bytes), TBC_OK);
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        h->seed = bit;
        copy.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        show(h, token, "flipped bit", tbc_buf_span(&copy));
        copy.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < bytes.len; len++) {
        h->seed = len;
        show(h, token, "cut", tbc_span_sub(bytes, 0, len));
    }
    present_issued(h, token);
    tbc_buf_fini(&copy);
}

static void
every_flipped_bit_and_every_cut_of_the_bytes_is_refused(void)
{
    struct hunt h;

    hunt_init(&h);
    for (size_t i = 0; i < TOKENS_N; i++) {
        damage(&h, &h.t->all[i], tbc_buf_span(&h.t->all[i].message), present_message);
    }
    CU_ASSERT_EQUAL(h.same + h.twins, 0);
    report(&h, "bits of bytes");
    hunt_fini(&h);
}

static void
every_flipped_bit_and_every_cut_of_the_text_is_refused(void)
{
    struct hunt h;

    hunt_init(&h);
    for (size_t i = 0; i < TOKENS_N; i++) {
        damage(&h, &h.t->all[i], tbc_buf_span(&h.t->all[i].text), present);
    }
    CU_ASSERT_EQUAL(h.same + h.twins, 0);
    report(&h, "bits of texts");
    hunt_fini(&h);
}

/* One to three edits of a token, with pieces of another. */
static void
edit_token(struct hunt *h)
{
    const struct token *token = &h->t->all[mutate_below(h->m, TOKENS_N)];
    const struct token *other = &h->t->all[mutate_below(h->m, TOKENS_N)];
    struct tbc_buf message[2] = { { 0 }, { 0 } };
    struct tbc_buf text = { 0 };
    const char *edit = NULL;
    size_t times = mutate_below(h->m, 4);
    size_t at = 0;

    tokens_at_gate(h->t, mutate_below(h->m, 2) == 0 ? token : other);
    CU_ASSERT_EQUAL_FATAL(
        tbc_buf_append_span(&message[0], tbc_buf_span(&token->message)), TBC_OK);
    for (size_t i = 0; i < times; i++, at ^= 1) {
        tbc_buf_clear(&message[at ^ 1]);
        edit = mutate_cbor(h->m, tbc_buf_span(&message[at]),
                           tbc_buf_span(&other->message), &message[at ^ 1]);
        if (edit == NULL) {
            break;
        }
    }
    if (times > 0) {
        present_message(h, token, edit == NULL ? "nothing left" : edit,
                        tbc_buf_span(&message[at]));
    } else if ((edit = mutate_text(h->m, tbc_buf_span(&token->text), &text)) != NULL) {
        present(h, token, edit, tbc_buf_span(&text));
    }
    tbc_buf_fini(&message[0]);
    tbc_buf_fini(&message[1]);
    tbc_buf_fini(&text);
}

static void
a_hundred_thousand_edits_are_refused(void)
{
    const char *wanted = getenv("TBC_MUTATION_SEED");
    struct hunt h;

    hunt_init(&h);
    h.seed = wanted == NULL ? SEED : strtoull(wanted, NULL, 0);
    for (size_t i = 0; i < EDITS_N; i++) {
        h.m->state = h.seed;
        edit_token(&h);
        if (i % 16 == 0) {
            present_issued(&h, &h.t->all[mutate_below(h.m, TOKENS_N)]);
        }
        h.seed++;
    }
    CU_ASSERT(h.tried > EDITS_N / 10 * 9);
    report(&h, "edits");
    hunt_fini(&h);
}

/* A live proof's signature has two forms: both are the same proof, to the byte of what they say; a
 * certificate's has one. */
static void
the_second_form_of_a_signature_is_the_same_proof_or_none(void)
{
    struct hunt h;

    hunt_init(&h);
    for (size_t i = 0; i < TOKENS_N; i++) {
        const struct token *token = &h.t->all[i];
        struct tbc_judgement first;
        struct tbc_judgement second;
        struct tbc_buf message = { 0 };
        struct tbc_buf text = { 0 };

        tokens_at_gate(h.t, token);
        CU_ASSERT_EQUAL_FATAL(
            tbc_buf_append_span(&message, tbc_buf_span(&token->message)), TBC_OK);
        twin_negate(message.ptr + message.len - TWIN_S_LEN);
        world_text(tbc_buf_span(&message), &text);
        (void)world_judge_text(&h.t->w, tbc_buf_span(&token->text), WORLD_NOW, &first);
        (void)world_judge_text(&h.t->w, tbc_buf_span(&text), WORLD_NOW, &second);
        if (token->phone == TBC_ALG_ES256) {
            CU_ASSERT_EQUAL(second.verdict, TBC_ACCEPTED_OFFLINE);
            CU_ASSERT_EQUAL(
                memcmp(first.proof_id, second.proof_id, sizeof first.proof_id), 0);
            CU_ASSERT(claims_equal(&first.claims, &second.claims));
        } else {
            CU_ASSERT_EQUAL(second.verdict, TBC_BAD_SIGNATURE);
        }
        tbc_buf_fini(&message);
        tbc_buf_fini(&text);
    }
    hunt_fini(&h);
}

TBC_SUITE("crypto/mutation", TEST(all_fifty_open_as_they_are),
          TEST(the_second_form_of_a_signature_is_the_same_proof_or_none),
          TEST(every_flipped_bit_and_every_cut_of_the_bytes_is_refused),
          TEST(every_flipped_bit_and_every_cut_of_the_text_is_refused),
          TEST(a_hundred_thousand_edits_are_refused))
