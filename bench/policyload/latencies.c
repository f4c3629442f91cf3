/* Latencies: how many of each size, to 0.8 % of it. */
#include "policyload.h"
#include <stdio.h>
#include <string.h>

#define BITS 6 /* 64 sizes for each power of two */
#define SIZES (64 << BITS)

static uint64_t noted[SIZES];

void forget_latencies(void) { memset(noted, 0, sizeof noted); }

void note_latency(uint64_t nanoseconds) {
    if (nanoseconds < 1 << BITS) {
        noted[nanoseconds]++;
        return;
    }
    int shift = 63 - __builtin_clzll(nanoseconds) - BITS;
    noted[((shift + 1) << BITS) + (int)((nanoseconds >> shift) - (1 << BITS))]++;
}

/* The middle of a size, in microseconds. */
static double middle(int size) {
    if (size < 1 << BITS) return size / 1e3;
    int shift = (size >> BITS) - 1;
    uint64_t least = (uint64_t)((1 << BITS) + (size & ((1 << BITS) - 1))) << shift;
    return (least + (1ull << shift) / 2.0) / 1e3;
}

void print_latencies(void) {
    const char *between = "";
    putchar('[');
    for (int size = 0; size < SIZES; size++) {
        if (!noted[size]) continue;
        printf("%s[%.3f,%llu]", between, middle(size), (unsigned long long)noted[size]);
        between = ",";
    }
    putchar(']');
}
