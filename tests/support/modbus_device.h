/* A Modbus device to talk to: a libmodbus server with eight coils and eight discrete inputs, on
 * TCP at 127.0.0.1 or behind a pseudo-terminal, in a thread of its own. */
#ifndef TBC_TESTS_MODBUS_DEVICE_H
#define TBC_TESTS_MODBUS_DEVICE_H

#include <modbus.h>
#include <pthread.h>
#include <stdbool.h>

#define MODBUS_DEVICE_POINTS 8

enum modbus_mood {
    MODBUS_OBEYS,
    MODBUS_SILENT,  /* takes requests and answers nothing */
    MODBUS_REFUSES, /* answers each with an exception */
    MODBUS_STUCK    /* says yes, and turns nothing */
};

struct modbus_device {
    int port;     /* TCP */
    char tty[64]; /* RTU: what the master opens */
    int listens;  /* -1: none */
    int line;     /* the connection, or the near side of the terminal; -1: none */
    int wake[2];  /* tells the thread to end */
    modbus_t *modbus;
    modbus_mapping_t *map;
    pthread_t thread;
    pthread_mutex_t lock; /* over map, mood and writes_n */
    pthread_cond_t news;
    enum modbus_mood mood;
    unsigned writes_n; /* of coils, with whatever answer */
};

/* port 0: any that is free. */
bool modbus_device_start_tcp(struct modbus_device *d, int port);
bool modbus_device_start_rtu(struct modbus_device *d, int unit);
void modbus_device_stop(struct modbus_device *d);

void modbus_device_be(struct modbus_device *d, enum modbus_mood mood);
void modbus_device_put_input(struct modbus_device *d, int address, bool on);
void modbus_device_put_coil(struct modbus_device *d, int address, bool on);
bool modbus_device_coil(struct modbus_device *d, int address);
/* Waits until the coil stands so; false after the time. */
bool modbus_device_becomes(struct modbus_device *d, int address, bool on, int wait_ms);

#endif
