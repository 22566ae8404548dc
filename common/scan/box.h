/* Inside of the scan floor: an upright box in a picture, in pixels.  For C and C++. */
#ifndef TBC_SCAN_BOX_H
#define TBC_SCAN_BOX_H

struct tbc_box {
    int x;
    int y;
    int width;
    int height;
};

#endif
