/* Clocks: the time, the servers' time on a processor, and dice that fall alike in every run. */
#define _GNU_SOURCE
#include "policyload.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SERVERS 64

static struct server {
    int pid;
    double seconds; /* as last read: a child that has ended keeps what it had */
} servers[SERVERS];
static int server_count;

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

uint32_t dice(void) {
    static uint64_t state = 0x9E3779B97F4A7C15ull;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

void choose_servers(const char *pids) {
    for (char *rest = (char *)pids; *rest && server_count < SERVERS; rest += *rest == ',')
        servers[server_count++].pid = strtol(rest, &rest, 10);
}

double servers_seconds(void) {
    double sum = 0;
    for (int i = 0; i < server_count; i++) {
        clockid_t clock;
        struct timespec time;
        if (!clock_getcpuclockid(servers[i].pid, &clock) && !clock_gettime(clock, &time))
            servers[i].seconds = time.tv_sec + time.tv_nsec / 1e9;
        else if (!i) {
            fprintf(stderr, "the server %d has ended\n", servers[i].pid);
            exit(4);
        }
        sum += servers[i].seconds;
    }
    return sum;
}
