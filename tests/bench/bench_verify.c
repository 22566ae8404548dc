/* bench_verify [--json FILE] [--n N]
 *
 * How long a gate waits for the answer to one online VERIFY, beside a bare CURVE echo of as many
 * bytes and one raw ES256 verification: all three in turn. */
#include "codec/token.h"
#include "measure.h"
#include "work.h"

#include <CUnit/CUnit.h>
#include <openssl/evp.h>
#include <zmq.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct figures figures;
static size_t n = 5000;

/* A ROUTER that sends back what it gets, until an empty message. */
struct echo {
    void *context;
    void *server;
    void *client;
    pthread_t thread;
};

static void *
run_echo(void *arg)
{
    struct echo *e = arg;
    uint8_t route[64];
    uint8_t bytes[2048];
    bool going = true;

    while (going) {
        int route_n = zmq_recv(e->server, route, sizeof route, 0);
        int len = zmq_recv(e->server, bytes, sizeof bytes, 0);

        going = route_n > 0 && len > 0 &&
                zmq_send(e->server, route, (size_t)route_n, ZMQ_SNDMORE) > 0 &&
                zmq_send(e->server, bytes, (size_t)len, 0) > 0;
    }
    return NULL;
}

static void
open_echo(struct echo *e)
{
    char server_public[41];
    char server_secret[41];
    char client_public[41];
    char client_secret[41];
    char address[128];
    size_t address_n = sizeof address;
    const int yes = 1;

    e->context = zmq_ctx_new();
    e->server = zmq_socket(e->context, ZMQ_ROUTER);
    e->client = zmq_socket(e->context, ZMQ_DEALER);
    CU_ASSERT_FATAL(
        zmq_curve_keypair(server_public, server_secret) == 0 &&
        zmq_curve_keypair(client_public, client_secret) == 0 &&
        zmq_setsockopt(e->server, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0 &&
        zmq_setsockopt(e->server, ZMQ_CURVE_SECRETKEY, server_secret, 41) == 0 &&
        zmq_setsockopt(e->client, ZMQ_CURVE_SERVERKEY, server_public, 41) == 0 &&
        zmq_setsockopt(e->client, ZMQ_CURVE_PUBLICKEY, client_public, 41) == 0 &&
        zmq_setsockopt(e->client, ZMQ_CURVE_SECRETKEY, client_secret, 41) == 0);
    CU_ASSERT_FATAL(zmq_bind(e->server, "tcp://127.0.0.1:*") == 0 &&
                    zmq_getsockopt(e->server, ZMQ_LAST_ENDPOINT, address, &address_n) ==
                        0 &&
                    zmq_connect(e->client, address) == 0 &&
                    pthread_create(&e->thread, NULL, run_echo, e) == 0);
}

static void
close_echo(struct echo *e)
{
    CU_ASSERT_EQUAL(zmq_send(e->client, "", 0, 0), 0);
    (void)pthread_join(e->thread, NULL);
    (void)zmq_close(e->client);
    (void)zmq_close(e->server);
    (void)zmq_ctx_term(e->context);
}

static double
time_echo(struct echo *e, size_t len)
{
    static uint8_t bytes[2048];
    double from = measure_now_us();

    CU_ASSERT_EQUAL_FATAL(zmq_send(e->client, bytes, len, 0), (int)len);
    CU_ASSERT_EQUAL_FATAL(zmq_recv(e->client, bytes, sizeof bytes, 0), (int)len);
    return measure_now_us() - from;
}

/* One signature of OpenSSL's own, contexts warm. */
struct bare {
    EVP_PKEY_CTX *verify;
    uint8_t hash[32];
    uint8_t der[80];
    size_t der_len;
};

static void
open_bare(struct bare *b)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new(pkey, NULL);

    *b = (struct bare){ .hash = { 1 }, .der_len = sizeof b->der };
    CU_ASSERT_FATAL(EVP_PKEY_sign_init(sign) == 1 &&
                    EVP_PKEY_sign(sign, b->der, &b->der_len, b->hash, sizeof b->hash) ==
                        1);
    b->verify = EVP_PKEY_CTX_new(pkey, NULL);
    CU_ASSERT_FATAL(EVP_PKEY_verify_init(b->verify) == 1);
    EVP_PKEY_CTX_free(sign);
    EVP_PKEY_free(pkey);
}

static double
time_bare(const struct bare *b)
{
    double from = measure_now_us();

    CU_ASSERT_EQUAL_FATAL(
        EVP_PKEY_verify(b->verify, b->der, b->der_len, b->hash, sizeof b->hash), 1);
    return measure_now_us() - from;
}

static double
time_verify(struct tbc_client *gate, const struct tbc_verify *ask)
{
    struct tbc_verify_reply out;
    double from = measure_now_us();
    struct answer a = stage_ask(gate, TBC_OP_VERIFY, ask, &out);

    CU_ASSERT_FATAL(stage_is(a, TBC_CODE_FINE) && out.verdict == TBC_ACCEPTED);
    return measure_now_us() - from;
}

static void
measure(struct tbc_client *gate, struct tbc_span text)
{
    const struct tbc_verify ask = { .text = text };
    double *verify_us = calloc(n, sizeof(double));
    double *echo_us = calloc(n, sizeof(double));
    double *bare_us = calloc(n, sizeof(double));
    struct tbc_buf request = { 0 };
    struct echo echo = { 0 };
    struct bare bare;
    double floor;
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 0 };

    CU_ASSERT_FATAL(verify_us != NULL && echo_us != NULL && bare_us != NULL);
    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&request, id, TBC_OP_VERIFY, &ask),
                          TBC_OK);
    open_echo(&echo);
    open_bare(&bare);
    for (size_t i = 0; i < n; i++) {
        verify_us[i] = time_verify(gate, &ask);
        echo_us[i] = time_echo(&echo, request.len);
        bare_us[i] = time_bare(&bare);
    }
    close_echo(&echo);
    EVP_PKEY_CTX_free(bare.verify);
    work_tell(&figures, "VERIFY, median", measure_quantile(verify_us, n, 0.5), "us");
    work_tell(&figures, "VERIFY, p99", measure_quantile(verify_us, n, 0.99), "us");
    work_tell(&figures, "CURVE echo of the same size",
              measure_quantile(echo_us, n, 0.5), "us");
    work_tell(&figures, "bare ES256 verify", measure_quantile(bare_us, n, 0.5), "us");
    floor = measure_quantile(echo_us, n, 0.5) + measure_quantile(bare_us, n, 0.5);
    figures_add(&figures, (struct figure){ "VERIFY / (echo + verify)", "",
                                           measure_quantile(verify_us, n, 0.5) / floor,
                                           1.5, FIGURE_LOWER });
    tbc_buf_fini(&request);
    free(verify_us);
    free(echo_us);
    free(bare_us);
}

static void
run(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_assist desk = stage_assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_buf text = { 0 };

    work_raise(&s, 1);
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &desk, &issued), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(issued.certificate, &text), TBC_OK);
    CU_ASSERT_FATAL(stage_enrol(&s, "gate-1", TBC_ROLE_GATE) &&
                    stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    measure(gate, tbc_buf_span(&text));
    tbc_buf_fini(&text);
    tbc_client_close(&gate);
    stage_strike(&s);
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
