/* What the railway allows.  Plain data with defaults; configuration may tighten or widen it.
 * Source of the defaults: the public rules of the railway's phone service. */
#ifndef TBC_RAIL_POLICY_H
#define TBC_RAIL_POLICY_H

#include <stdint.h>

struct tbc_policy {
    int64_t validity_s;  /* life of a certificate; 24 h to the second */
    int64_t renewal_s;   /* a new one may be issued this long before the old one ends */
    int64_t quota_month; /* certificates a person and calendar month */
    int64_t face_tries;  /* failed face checks before the staffed desk */
    int64_t guardian_under; /* years of age below which a guardian consents */
    int64_t handle_s;       /* life of a confirmation handle between APPLY and ISSUE */
    int64_t face_accept_permille; /* cosine x 1000: at or above, the same person */
    int64_t
        face_retry_permille;    /* between this and accept: try again; below: refused */
    int64_t status_age_s;       /* how old a status list may be before STATUS_UNKNOWN */
    int64_t skew_s;             /* tolerated difference of two clocks */
    int64_t proof_s;            /* a live proof is good this long each side of now */
    int64_t gate_opens_s;       /* boarding begins this long before departure */
    int64_t gate_closes_s;      /* and ends this long before it */
    int64_t gate_face_permille; /* estimated cosine x 1000 below which a gate with a
                                 * camera refers to an officer; 0: gates compare nothing,
                                 * and certificates carry no face */
    int64_t reentries; /* times that who has left may come in again for a trip */
};

static const struct tbc_policy tbc_policy_default = {
    .validity_s = INT64_C(24) * 3600,
    .renewal_s = INT64_C(3) * 3600,
    .quota_month = 6,
    .face_tries = 3,
    .guardian_under = 14,
    .handle_s = 120,
    .face_accept_permille = 450,
    .face_retry_permille = 350,
    .status_age_s = INT64_C(24) * 3600,
    .skew_s = 5,
    .proof_s = 15,
    .gate_opens_s = INT64_C(30) * 60,
    .gate_closes_s = INT64_C(3) * 60,
    .reentries = 3,
};

#endif
