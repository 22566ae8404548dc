#include "bare.h"

#include "measure.h"

#include <CUnit/CUnit.h>
#include <openssl/evp.h>
#include <zmq.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Until an empty message. */
struct bare_echo {
    void *context;
    void *server;
    void *client;
    pthread_t thread;
};

static void *
run_echo(void *arg)
{
    struct bare_echo *e = arg;
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

struct bare_echo *
bare_echo_new(void)
{
    struct bare_echo *e = calloc(1, sizeof *e);
    char server_public[41];
    char server_secret[41];
    char client_public[41];
    char client_secret[41];
    char address[128];
    size_t address_n = sizeof address;
    const int yes = 1;

    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
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
    return e;
}

void
bare_echo_free(struct bare_echo **echo)
{
    struct bare_echo *e = *echo;

    CU_ASSERT_EQUAL(zmq_send(e->client, "", 0, 0), 0);
    (void)pthread_join(e->thread, NULL);
    (void)zmq_close(e->client);
    (void)zmq_close(e->server);
    (void)zmq_ctx_term(e->context);
    free(e);
    *echo = NULL;
}

double
bare_echo_us(struct bare_echo *e, size_t len)
{
    static uint8_t bytes[2048];
    double from = measure_now_us();

    CU_ASSERT_EQUAL_FATAL(zmq_send(e->client, bytes, len, 0), (int)len);
    CU_ASSERT_EQUAL_FATAL(zmq_recv(e->client, bytes, sizeof bytes, 0), (int)len);
    return measure_now_us() - from;
}

struct bare_verify {
    EVP_PKEY_CTX *verify;
    uint8_t hash[32];
    uint8_t der[80];
    size_t der_len;
};

struct bare_verify *
bare_verify_new(void)
{
    struct bare_verify *b = calloc(1, sizeof *b);
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new(pkey, NULL);

    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    *b = (struct bare_verify){ .hash = { 1 }, .der_len = sizeof b->der };
    CU_ASSERT_FATAL(EVP_PKEY_sign_init(sign) == 1 &&
                    EVP_PKEY_sign(sign, b->der, &b->der_len, b->hash, sizeof b->hash) ==
                        1);
    b->verify = EVP_PKEY_CTX_new(pkey, NULL);
    CU_ASSERT_FATAL(EVP_PKEY_verify_init(b->verify) == 1);
    EVP_PKEY_CTX_free(sign);
    EVP_PKEY_free(pkey);
    return b;
}

void
bare_verify_free(struct bare_verify **b)
{
    EVP_PKEY_CTX_free((*b)->verify);
    free(*b);
    *b = NULL;
}

double
bare_verify_us(const struct bare_verify *b)
{
    double from = measure_now_us();

    CU_ASSERT_EQUAL_FATAL(
        EVP_PKEY_verify(b->verify, b->der, b->der_len, b->hash, sizeof b->hash), 1);
    return measure_now_us() - from;
}
