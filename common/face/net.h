/* Inside of the face floor: one neural network in ONNX form.  The only door to the inference
 * runtime; no exception of it comes through. */
#ifndef TBC_FACE_NET_H
#define TBC_FACE_NET_H

#include "base/err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TBC_NET_OUTPUTS_MAX 3

struct tbc_net; /* opaque */

/* 1 x channels x height x width, borrowed. */
struct tbc_net_input {
    float *values;
    int channels;
    int height;
    int width;
};

/* Room for exactly n numbers, the caller's. */
struct tbc_net_output {
    const char *name;
    float *values;
    size_t n;
};

/* Borrows onnx during the call.  ERR_UNSUPPORTED when the runtime refuses the model. */
enum tbc_err
tbc_net_open(struct tbc_net **net, const void *onnx, size_t onnx_len) TBC_MUST_CHECK;
void tbc_net_close(struct tbc_net **net);

/* ERR_UNSUPPORTED when the model lacks an output or gives another count of numbers. */
enum tbc_err
tbc_net_run(struct tbc_net *net, const struct tbc_net_input *input,
            const struct tbc_net_output *outputs, size_t output_n) TBC_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
