/*
 * The worker's table and counters. Lua fills the table: slipway_table_begin(), then slipway_table_app() for
 * each app followed by its hosts and dynos, then slipway_table_use(). None of it yields, so a request is
 * picked and counted under one table; and a table that is not finished is never used.
 */

#include "slipway_table.h"
#include <ngx_http.h>

typedef struct {
    ngx_pool_t         *pool;
    ngx_rbtree_t        hosts;
    ngx_rbtree_node_t   sentinel;
    slipway_route_t    *routes;   /* the newest first */
    ngx_uint_t          failed;   /* memory ran out */
} slipway_table_t;

typedef struct {
    ngx_str_node_t    node;
    slipway_route_t  *route;
} slipway_host_t;

int  slipway_dirty;   /* a count in flight changed since Lua set this to 0 */

static slipway_table_t    *slipway_used, *slipway_new;
static ngx_rbtree_t        slipway_apps, slipway_dynos;
static ngx_rbtree_node_t   slipway_no_app, slipway_no_dyno;
static ngx_queue_t         slipway_counters;   /* all of both: apps first */

/* Lost: the router or the connection to the dyno owed an answer and did not give it. */
static const struct {
    const char  *name;
    int          lost;
} slipway_codes[SLIPWAY_CODES] = {
    [SLIPWAY_NONE] = { "", 0 },
    [SLIPWAY_UNKNOWN] = { "unknown", 0 },
    [SLIPWAY_WAIT] = { "wait", 0 },
    [10] = { "H10", 1 }, [12] = { "H12", 1 }, [13] = { "H13", 1 }, [14] = { "H14", 0 },
    [15] = { "H15", 1 }, [17] = { "H17", 1 }, [18] = { "H18", 1 }, [19] = { "H19", 1 },
    [21] = { "H21", 1 }, [27] = { "H27", 0 }, [80] = { "H80", 0 }, [99] = { "H99", 1 },
};


void
slipway_table_init(void)
{
    ngx_rbtree_init(&slipway_apps, &slipway_no_app, ngx_str_rbtree_insert_value);
    ngx_rbtree_init(&slipway_dynos, &slipway_no_dyno, ngx_str_rbtree_insert_value);
    ngx_queue_init(&slipway_counters);
}


const char *
slipway_code_name(int code)
{
    return slipway_codes[code].name;
}


/* splitmix64, seeded once per worker: for ids and picks, which must be unlike each other, not secret. */
uint64_t
slipway_random(void)
{
    static uint64_t  state;
    static ngx_pid_t seeded;
    uint64_t         z;

    if (seeded != ngx_pid) {
        struct timespec  now;

        clock_gettime(CLOCK_REALTIME, &now);
        state = ((uint64_t) now.tv_nsec << 32) ^ (uint64_t) now.tv_sec ^ ((uint64_t) ngx_pid << 48)
                ^ ((uint64_t) ngx_random() << 16);
        seeded = ngx_pid;
    }

    z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

    return z ^ (z >> 31);
}


static uint32_t
slipway_hash(ngx_str_t *key)
{
    return (uint32_t) ngx_hash_key(key->data, key->len);
}


static void *
slipway_find(ngx_rbtree_t *tree, ngx_str_t *key)
{
    return ngx_str_rbtree_lookup(tree, key, slipway_hash(key));
}


static void
slipway_insert(ngx_rbtree_t *tree, ngx_str_node_t *node, ngx_str_t *key)
{
    node->str = *key;
    node->node.key = slipway_hash(key);
    ngx_rbtree_insert(tree, &node->node);
}


static slipway_counter_t *
slipway_counter(ngx_rbtree_t *tree, ngx_str_t *key)
{
    u_char             *p;
    ngx_str_t           name;
    slipway_counter_t  *counter = slipway_find(tree, key);

    if (counter) {
        return counter;
    }

    counter = ngx_calloc(sizeof(slipway_counter_t) + key->len + 1, ngx_cycle->log);
    if (counter == NULL) {
        return NULL;
    }

    p = (u_char *) (counter + 1);
    ngx_memcpy(p, key->data, key->len);

    name.data = p;
    name.len = key->len;
    slipway_insert(tree, &counter->node, &name);

    counter->tree = tree;

    return counter;
}


static slipway_counter_t *
slipway_app_counter(ngx_str_t *id)
{
    slipway_counter_t  *app = slipway_counter(&slipway_apps, id);

    if (app && app->counts.app == NULL) {
        app->counts.app = (char *) app->node.str.data;
        ngx_queue_insert_head(&slipway_counters, &app->queue);
    }

    return app;
}


static slipway_counter_t *
slipway_dyno_counter(ngx_str_t *service, slipway_counter_t *app)
{
    slipway_counter_t  *dyno = slipway_counter(&slipway_dynos, service);

    if (dyno && dyno->app == NULL) {
        dyno->app = app;
        dyno->counts.app = app->counts.app;
        dyno->counts.service = (char *) dyno->node.str.data;
        app->users++;
        ngx_queue_insert_tail(&slipway_counters, &dyno->queue);
    }

    return dyno;
}


/* ---- filling a table, from Lua ---- */

void
slipway_table_begin(void)
{
    ngx_pool_t  *pool;

    if (slipway_new) {
        ngx_destroy_pool(slipway_new->pool);   /* one that was not finished */
        slipway_new = NULL;
    }

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    slipway_new = ngx_pcalloc(pool, sizeof(slipway_table_t));
    if (slipway_new == NULL) {
        ngx_destroy_pool(pool);
        return;
    }

    slipway_new->pool = pool;
    ngx_rbtree_init(&slipway_new->hosts, &slipway_new->sentinel, ngx_str_rbtree_insert_value);
}


static slipway_route_t *
slipway_new_route(ngx_str_t *id)
{
    slipway_route_t  *route = ngx_pcalloc(slipway_new->pool, sizeof(slipway_route_t));

    if (route == NULL || ngx_array_init(&route->targets, slipway_new->pool, 4, sizeof(slipway_target_t)) != NGX_OK) {
        return NULL;
    }

    route->app = slipway_app_counter(id);

    return route->app ? route : NULL;
}


void
slipway_table_app(const char *id, size_t length, int maintenance, int pending, int none)
{
    ngx_str_t         key = { length, (u_char *) id };
    slipway_route_t  *route;

    if (slipway_new == NULL || slipway_new->failed) {
        return;
    }

    route = slipway_new_route(&key);
    if (route == NULL) {
        slipway_new->failed = 1;
        return;
    }

    route->maintenance = maintenance;
    route->pending = pending;
    route->none = none;
    route->next = slipway_new->routes;
    slipway_new->routes = route;
}


/* The last app's. A host that is named twice is the later app's. */
void
slipway_table_host(const char *name, size_t length)
{
    ngx_str_t        key;
    slipway_host_t  *host, *earlier;

    if (slipway_new == NULL || slipway_new->failed) {
        return;
    }

    key.len = length;
    key.data = ngx_pnalloc(slipway_new->pool, length);
    host = ngx_palloc(slipway_new->pool, sizeof(slipway_host_t));

    if (key.data == NULL || host == NULL) {
        slipway_new->failed = 1;
        return;
    }

    ngx_strlow(key.data, (u_char *) name, length);
    earlier = slipway_find(&slipway_new->hosts, &key);

    if (earlier) {
        host = earlier;

    } else {
        slipway_insert(&slipway_new->hosts, &host->node, &key);
    }

    host->route = slipway_new->routes;
}


static ngx_int_t
slipway_address(slipway_target_t *target, ngx_str_t *text, in_port_t port)
{
    ngx_addr_t  *address = &target->address;
    ngx_pool_t  *pool = slipway_new->pool;
    ngx_int_t    rc = ngx_parse_addr(pool, address, text->data, text->len);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_inet_set_port(address->sockaddr, port);

    address->name.data = ngx_pnalloc(pool, NGX_SOCKADDR_STRLEN);
    if (address->name.data == NULL) {
        return NGX_ERROR;
    }

    address->name.len = ngx_sock_ntop(address->sockaddr, address->socklen, address->name.data,
                                      NGX_SOCKADDR_STRLEN, 1);

    return NGX_OK;
}


/* The last app's. Returns 0 when the address is none. */
int
slipway_table_dyno(const char *service, size_t length, const char *address, size_t address_length, int port)
{
    ngx_int_t          rc;
    ngx_str_t          key = { length, (u_char *) service }, text = { address_length, (u_char *) address };
    slipway_route_t   *route;
    slipway_target_t   target, *place;

    if (slipway_new == NULL || slipway_new->failed) {
        return 1;
    }

    rc = slipway_address(&target, &text, (in_port_t) port);
    if (rc == NGX_DECLINED) {
        return 0;
    }

    route = slipway_new->routes;
    target.dyno = slipway_dyno_counter(&key, route->app);
    place = ngx_array_push(&route->targets);

    if (rc != NGX_OK || target.dyno == NULL || place == NULL) {
        slipway_new->failed = 1;
        return 1;
    }

    *place = target;

    return 1;
}


static void
slipway_mark_current(slipway_table_t *table)
{
    ngx_uint_t          i;
    ngx_queue_t        *q;
    slipway_route_t    *route;
    slipway_target_t   *targets;
    slipway_counter_t  *counter;

    for (q = ngx_queue_head(&slipway_counters); q != ngx_queue_sentinel(&slipway_counters); q = ngx_queue_next(q)) {
        counter = ngx_queue_data(q, slipway_counter_t, queue);
        counter->counts.current = 0;
    }

    for (route = table->routes; route; route = route->next) {
        route->app->counts.current = 1;
        targets = route->targets.elts;

        for (i = 0; i < route->targets.nelts; i++) {
            targets[i].dyno->counts.current = 1;
        }
    }
}


/* From the next request on the new table holds. Returns 0, and keeps the old one, when memory ran out. */
int
slipway_table_use(void)
{
    if (slipway_new == NULL || slipway_new->failed) {
        return 0;
    }

    if (slipway_used) {
        ngx_destroy_pool(slipway_used->pool);   /* requests have counters and copies of addresses only */
    }

    slipway_used = slipway_new;
    slipway_new = NULL;
    slipway_mark_current(slipway_used);

    return 1;
}


/* ---- picking ---- */

slipway_route_t *
slipway_route(ngx_str_t *host)
{
    slipway_host_t  *found = slipway_used ? slipway_find(&slipway_used->hosts, host) : NULL;

    return found ? found->route : NULL;
}


/* Why the app can't have a request. */
int
slipway_closed(slipway_route_t *route)
{
    if (route == NULL) {
        return SLIPWAY_UNKNOWN;
    }

    if (route->maintenance) {
        return 80;
    }

    if (route->targets.nelts) {
        return SLIPWAY_NONE;
    }

    return route->pending ? SLIPWAY_WAIT : route->none ? 14 : 10;
}


static ngx_int_t
slipway_is_quiet(slipway_counter_t *dyno)
{
    return (ngx_msec_int_t) (dyno->quiet - ngx_current_msec) > 0;
}


/* The less busy of two random dynos; one that could not be connected to lately only if both are such. */
slipway_target_t *
slipway_lesser(slipway_route_t *route)
{
    uint64_t           random;
    ngx_uint_t         i, j, n = route->targets.nelts;
    slipway_target_t  *targets = route->targets.elts, *a, *b;

    if (n == 1) {
        return targets;
    }

    random = slipway_random();
    i = (uint32_t) random % n;
    j = (uint32_t) (random >> 32) % (n - 1);

    a = &targets[i];
    b = &targets[j >= i ? j + 1 : j];

    if (slipway_is_quiet(a->dyno) != slipway_is_quiet(b->dyno)) {
        return slipway_is_quiet(a->dyno) ? b : a;
    }

    return b->dyno->counts.inflight < a->dyno->counts.inflight ? b : a;
}


/* After a failure: any dyno that was not found dead lately, the failed one only if there is no other. */
slipway_target_t *
slipway_another(slipway_route_t *route, slipway_counter_t *failed)
{
    ngx_uint_t         k, n = route->targets.nelts, from = slipway_random() % n;
    slipway_target_t  *targets = route->targets.elts, *target, *spare = NULL;

    for (k = 0; k < n; k++) {
        target = &targets[(from + k) % n];

        if (target->dyno != failed && !slipway_is_quiet(target->dyno)) {
            return target;
        }

        if (spare == NULL || target->dyno != failed) {
            spare = target;
        }
    }

    return spare;
}


/* ---- counting ---- */

void
slipway_hold(slipway_counter_t *dyno)
{
    dyno->counts.inflight++;
    slipway_dirty = 1;
}


void
slipway_release(slipway_counter_t *dyno)
{
    dyno->counts.inflight--;
    slipway_dirty = 1;
}


/*
 * Whole milliseconds below 32 are buckets of their own; above, with e = floor(log2(v)) - 4, bucket
 * 16 * e + floor(v / 2^e): 16 per doubling, so at most 6.25 % wide.
 */
static ngx_uint_t
slipway_bucket(ngx_uint_t v)
{
    ngx_uint_t  e;

    for (e = 0; v >= 32; e++) {
        v >>= 1;
    }

    return ngx_min(16 * e + v, SLIPWAY_BUCKETS - 1);
}


/* `took` is negative when no dyno was tried. */
void
slipway_count(slipway_counts_t *counts, ngx_uint_t status, off_t bytes, ngx_msec_int_t took, int code)
{
    ngx_uint_t  class = status / 100;

    counts->requests++;
    counts->bytes += bytes;
    counts->status[class < 1 || class > 5 ? 4 : class - 1]++;

    if (took >= 0 && status != NGX_HTTP_SWITCHING_PROTOCOLS) {   /* a WebSocket's life is no latency */
        counts->latency[slipway_bucket(took)]++;
    }

    if (code != SLIPWAY_NONE) {
        counts->codes[code]++;
        counts->lost += slipway_codes[code].lost;
    }
}


/* ---- reading the counters, from Lua ---- */

/* The one after `counts`, or the first; NULL at the end. */
slipway_counts_t *
slipway_next(slipway_counts_t *counts)
{
    ngx_queue_t        *q = &slipway_counters;
    slipway_counter_t  *counter;

    if (counts) {
        counter = (slipway_counter_t *) ((u_char *) counts - offsetof(slipway_counter_t, counts));
        q = &counter->queue;
    }

    q = ngx_queue_next(q);
    if (q == ngx_queue_sentinel(&slipway_counters)) {
        return NULL;
    }

    counter = ngx_queue_data(q, slipway_counter_t, queue);

    return &counter->counts;
}


void
slipway_reset(slipway_counts_t *counts)
{
    ngx_memzero(&counts->requests, sizeof(slipway_counts_t) - offsetof(slipway_counts_t, requests));
}


static void
slipway_forget(slipway_counter_t *counter)
{
    ngx_rbtree_delete(counter->tree, &counter->node.node);
    ngx_queue_remove(&counter->queue);

    if (counter->app) {
        counter->app->users--;
    }

    ngx_free(counter);
}


/* Forgets what is out of the table, idle and has no figures left. From the end: dynos before their apps. */
void
slipway_sweep(void)
{
    ngx_queue_t        *q, *previous;
    slipway_counter_t  *counter;

    for (q = ngx_queue_last(&slipway_counters); q != ngx_queue_sentinel(&slipway_counters); q = previous) {
        previous = ngx_queue_prev(q);
        counter = ngx_queue_data(q, slipway_counter_t, queue);

        if (!counter->counts.current && !counter->counts.inflight && !counter->users && !counter->counts.requests) {
            slipway_forget(counter);
        }
    }
}


/* Whether the dyno stands in the table. */
int
slipway_serves(const char *service, size_t length)
{
    ngx_str_t           key = { length, (u_char *) service };
    slipway_counter_t  *dyno = slipway_find(&slipway_dynos, &key);

    return dyno && dyno->counts.current;
}


/* Whether the addresses of the host's app are still being checked. */
int
slipway_pending(const char *host, size_t length)
{
    ngx_str_t  key = { length, (u_char *) host };

    return slipway_closed(slipway_route(&key)) == SLIPWAY_WAIT;
}
