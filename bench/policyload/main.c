/* policyload - a load generator for mail policy servers.
 *
 * One process, one thread, epoll; a number of connections, and exactly one request in flight on each,
 * as a mail server asks.  Two wires:
 *
 *   -m postfix   Postfix policy delegation ("k=v\n...\n\n" -> "action=...\n\n")
 *   -m http      HTTP/1.1 POST with keep-alive and a JSON body (Dovecot's auth policy)
 *
 * It stands, with its connections open, and gives load in slices, so that several servers can be
 * loaded in turn.  Each line of standard input asks for one slice:
 *
 *   WARM SECONDS REQUESTS
 *
 * which is WARM seconds that are not counted, and then SECONDS that are; it ends earlier once REQUESTS
 * (0 for any number) have been sent.  What is in flight at its end
 * is waited for: its latency is noted, but it adds nothing to requests and processor time.  A slice is answered with one line of JSON; the end of the input ends the generator.
 *
 * With a rate, latency counts from the moment a request was due, so that a server which stood still
 * is not flattered.  Build: cc -O2 -o policyload *.c
 */
#include "policyload.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct options options = {.connections = 16, .pool = 8192, .users = 1000, .uri = "/", .header = ""};

static const uint64_t SECOND = 1000000000, PATIENCE = 30 * SECOND;

static void usage(void) {
    fprintf(stderr,
            "usage: policyload -T TEMPLATE (-u SOCKET | -t HOST:PORT) [options] <slices\n"
            "  -m postfix|http  the wire            -x URI, -H HEADER  of the HTTP wire\n"
            "  -c N  connections (16)               -k N  requests before a new connection (0: any)\n"
            "  -r N  requests a second (0: one after the other on each connection)\n"
            "  -P N  requests made beforehand (8192)  -U N  their accounts (1000; 0: one each)\n"
            "  -f    make each request when it is sent, of the accounts 0 to P in turn\n"
            "  -p PID[,PID]  processes of the server, whose processor time is read\n"
            "The template may have {user} {ip} {n} {m} {port} {hash}, and {serial}, anew each time.\n");
    exit(2);
}

static void read_target(char *text) {
    char *colon = strrchr(text, ':');
    if (!colon) usage();
    *colon = 0;
    options.host = text;
    options.port = colon + 1;
}

static void read_options(int count, char **words) {
    for (int found; (found = getopt(count, words, "u:t:T:m:x:H:c:k:r:P:U:fp:")) != -1;) switch (found) {
        case 'u': options.socket_path = optarg; break;
        case 't': read_target(optarg); break;
        case 'T': options.template_file = optarg; break;
        case 'm': options.http = !strcmp(optarg, "http"); break;
        case 'x': options.uri = optarg; break;
        case 'H': options.header = optarg; break;
        case 'c': options.connections = atoi(optarg); break;
        case 'k': options.each = atoi(optarg); break;
        case 'r': options.rate = atof(optarg); break;
        case 'P': options.pool = atoi(optarg); break;
        case 'U': options.users = atoi(optarg); break;
        case 'f': options.fresh = 1; break;
        case 'p': choose_servers(optarg); break;
        default: usage();
    }
    int places = !!options.socket_path + !!options.host;
    if (places != 1 || !options.template_file || options.connections < 1 || options.pool < 1) usage();
}

/* Takes turns while requests go out and the moment has not come, or until all is answered. */
static void until(uint64_t moment) {
    uint64_t before = answered, moved = now();
    for (uint64_t at = moved; moment ? at < moment && !(is_spent() && !in_flight) : in_flight; at = now()) {
        turn();
        if (answered != before || !in_flight) {
            before = answered;
            moved = at;
        }
        if (at > moved + PATIENCE) {
            fprintf(stderr, "no answer for %d s\n", (int)(PATIENCE / SECOND));
            exit(3);
        }
    }
}

static uint64_t told; /* requests until the end of the slice before, and processor time */
static double told_cpu;

static void print_since(void) {
    double cpu = servers_seconds();
    printf("\"since_requests\":%llu,\"since_cpu\":%.9f", (unsigned long long)(answered - told), cpu - told_cpu);
    told = answered;
    told_cpu = cpu;
}

static void slice(double warm, double seconds, uint64_t requests) {
    uint64_t begins = now();
    allow(requests);
    if (warm > 0) until(begins + (uint64_t)(warm * SECOND));
    forget_latencies();
    memset(&counts, 0, sizeof counts);
    double cpu = servers_seconds();
    uint64_t before = answered, from = now();
    until(from + (uint64_t)(seconds * SECOND));
    cpu = servers_seconds() - cpu;
    double took = (now() - from) / 1e9;
    uint64_t counted = answered - before;
    deny();
    until(0);
    printf("{\"seconds\":%.6f,\"requests\":%llu,\"cpu\":%.9f,", took, (unsigned long long)counted, cpu);
    printf("\"passed\":%llu,\"refused\":%llu,\"other\":%llu,", (unsigned long long)counts.answers[PASSED],
           (unsigned long long)counts.answers[REFUSED], (unsigned long long)counts.answers[OTHER]);
    printf("\"errors\":%llu,\"waits\":%llu,", (unsigned long long)counts.errors, (unsigned long long)counts.waits);
    print_since();
    printf(",\"latencies\":");
    print_latencies();
    puts("}");
    fflush(stdout);
}

int main(int count, char **words) {
    read_options(count, words);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    prepare_requests();
    open_place();
    open_connections();
    told_cpu = servers_seconds();
    char line[200];
    while (fgets(line, sizeof line, stdin)) {
        double warm, seconds;
        unsigned long long requests;
        if (sscanf(line, "%lf %lf %llu", &warm, &seconds, &requests) != 3) usage();
        slice(warm, seconds, requests);
    }
    return 0;
}
