/*
 * What the worker counts. A dyno's counter stays while it is in the table or a request is on it, an app's
 * also while a request or a dyno refers to it, and both until Lua has handed their figures over.
 */

#include "slipway_table.h"
#include <ngx_http.h>

int  slipway_dirty;   /* a count in flight changed since Lua set this to 0 */

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
slipway_counters_init(void)
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


static uint32_t
slipway_hash(ngx_str_t *key)
{
    return (uint32_t) ngx_hash_key(key->data, key->len);
}


void *
slipway_find(ngx_rbtree_t *tree, ngx_str_t *key)
{
    return ngx_str_rbtree_lookup(tree, key, slipway_hash(key));
}


void
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


slipway_counter_t *
slipway_app_counter(ngx_str_t *id)
{
    slipway_counter_t  *app = slipway_counter(&slipway_apps, id);

    if (app && app->counts.app == NULL) {
        app->counts.app = (char *) app->node.str.data;
        ngx_queue_insert_head(&slipway_counters, &app->queue);
    }

    return app;
}


slipway_counter_t *
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


void
slipway_unmark_all(void)
{
    ngx_queue_t        *q;
    slipway_counter_t  *counter;

    for (q = ngx_queue_head(&slipway_counters); q != ngx_queue_sentinel(&slipway_counters); q = ngx_queue_next(q)) {
        counter = ngx_queue_data(q, slipway_counter_t, queue);
        counter->counts.current = 0;
    }
}


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
