/* Messages of the bus with something in every field. */
#ifndef TBC_TESTS_CODEC_FILL_H
#define TBC_TESTS_CODEC_FILL_H

#include "codec/wire.h"

/* Every field full, every list with two items.  msg: shape->size bytes, all zero. */
void fill_message(const struct tbc_wire_shape *shape, uint8_t *msg);

#endif
