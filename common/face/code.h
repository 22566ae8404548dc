/* A face in 256 bits, small enough for a certificate: the signs of the template's numbers after a
 * fixed rotation.  It says roughly what the template says; a whole template compared with a code
 * gives the cosine within some 0.07 (one standard deviation).
 *
 * The rotation is part of the format: three rounds of sign changes and a Walsh-Hadamard transform,
 * the signs from SplitMix64.  Source: Charikar, "Similarity estimation techniques from rounding
 * algorithms", STOC 2002; Andoni and others, "Practical and optimal LSH for angular distance",
 * NIPS 2015 (the rotation). */
#ifndef TBC_FACE_CODE_H
#define TBC_FACE_CODE_H

#include "face/face.h"
#include "rail/cert.h"

/* t: of length 1. */
void tbc_face_code(const struct tbc_face_template *t,
                   uint8_t code[static TBC_FACE_CODE_LEN]);

/* An estimate of the cosine between t and the template that the code was made of, -1..1. */
double tbc_face_code_compare(const uint8_t code[static TBC_FACE_CODE_LEN],
                             const struct tbc_face_template *t);

#endif
