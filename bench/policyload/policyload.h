/* What the parts of the load generator share; main.c says what it is and how it is used. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define BUFFER 65536

/* As given on the command line. */
struct options {
    const char *socket_path, *host, *port; /* where the server listens: one of both ways */
    const char *template_file;
    const char *uri, *header; /* of the HTTP wire */
    int http;
    int connections;
    int each;  /* requests on a connection before it is made anew, 0 for any number */
    int pool;  /* requests made beforehand; with `fresh`, accounts */
    int users; /* accounts of the pool, 0 for one of its own for each request */
    int fresh; /* each request is made when it is sent: account 0, 1, 2 ... */
    double rate; /* requests a second whatever the server does, 0 for one after the other */
};
extern struct options options;

/* One request; a serial stands where it has to be written anew each time, 0 for nowhere. */
struct request {
    char *text;
    int length;
    int serial[2];
};

void prepare_requests(void);
/* The next one; `own` is the connection's place for one that is made anew. */
const struct request *next_request(struct request *own);

enum answer { INCOMPLETE, PASSED, REFUSED, OTHER, ANSWERS };
/* What an answer of the server says, as far as it is there. `text` has room for a 0 at its end. */
enum answer read_answer(char *text, int length);

void forget_latencies(void);
void note_latency(uint64_t nanoseconds);
/* As a JSON list of [microseconds, how many]. */
void print_latencies(void);

uint64_t now(void); /* nanoseconds */
uint32_t dice(void);
void choose_servers(const char *pids);
/* Seconds on a processor that the servers have taken so far. */
double servers_seconds(void);

/* What was counted since `forget_counts`. */
struct counts {
    uint64_t errors;  /* requests that had to be sent again: the server hung up on them */
    uint64_t waits;   /* connections that found the server's queue full */
    uint64_t answers[ANSWERS];
};
extern struct counts counts;
extern uint64_t begun, answered; /* requests, since the generator was started */
extern int in_flight;

void open_place(void);
void open_connections(void);
/* Ask for as long as `wanted` says so, and until all is answered. */
void allow(uint64_t requests);
void deny(void);
int is_spent(void);
/* Send what is due, wait a little, and take in what has come. */
void turn(void);
