/*
 * What the router needs and neither nginx's configuration nor Lua can say. Some small things:
 *
 *   slipway_between TIME   once the head of an answer is here, the dyno may pause this long between two
 *                          bytes (proxy_read_timeout then limits the wait for the first byte only), and an
 *                          answer of unknown length or of type text/event-stream is passed on unbuffered
 *   $slipway_request_id    the client's X-Request-Id when it has 20 to 200 of [A-Za-z0-9-], else a UUID
 *   $slipway_start         when the request began, in milliseconds since 1970
 *   $slipway_once          1 for a request that must not be sent twice (POST, PATCH and the like), else empty
 *   $slipway_connection    the Connection header for the dyno: upgrade, close when sent once, else none
 *   $slipway_via           the Via header for the dyno
 *   $slipway_host          the Host header for the dyno
 *
 *   $slipway_app           the id of the app that the request is counted for, if any
 *   $slipway_dyno          the service of the dyno that it went to, if any
 *   $slipway_code          why it failed, as Heroku's code
 *
 *   slipway_dynos          in an upstream: the request goes to a dyno of the table (slipway_request.c)
 *
 * and, for Lua's FFI, slipway_leave(), the table (slipway_table.c), the counters (slipway_counters.c) and
 * why a request failed.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "slipway_request.h"

typedef struct {
    ngx_msec_t                between;
    ngx_http_upstream_conf_t *original;   /* what `streaming` was copied from */
    ngx_http_upstream_conf_t  streaming;
} slipway_conf_t;

static ngx_int_t slipway_add_variables(ngx_conf_t *cf);
static ngx_int_t slipway_init(ngx_conf_t *cf);
static ngx_int_t slipway_init_worker(ngx_cycle_t *cycle);
static void *slipway_create_conf(ngx_conf_t *cf);
static char *slipway_merge_conf(ngx_conf_t *cf, void *parent, void *child);

static ngx_http_output_header_filter_pt  slipway_next_header_filter;

static int  slipway_leaving;   /* of this worker */

static ngx_command_t  slipway_commands[] = {
    { ngx_string("slipway_between"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(slipway_conf_t, between),
      NULL },
    { ngx_string("slipway_dynos"),
      NGX_HTTP_UPS_CONF|NGX_CONF_NOARGS,
      slipway_dynos_directive,
      0,
      0,
      NULL },
    ngx_null_command
};

static ngx_http_module_t  slipway_context = {
    slipway_add_variables, slipway_init, NULL, NULL, NULL, NULL, slipway_create_conf, slipway_merge_conf
};

ngx_module_t  ngx_http_slipway_module = {
    NGX_MODULE_V1, &slipway_context, slipway_commands, NGX_HTTP_MODULE,
    NULL, NULL, slipway_init_worker, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};


/* While set, each answer of this worker is the last on its connection, so that clients go elsewhere. */
void
slipway_leave(int leaving)
{
    slipway_leaving = leaving;
}


static ngx_int_t
slipway_header_filter(ngx_http_request_t *r)
{
    slipway_conf_t       *conf;
    ngx_str_t            *type;
    ngx_http_upstream_t  *u = r->upstream;

    if (slipway_leaving && r == r->main) {
        r->keepalive = 0;   /* before the filter that writes the Connection header; HTTP/2 has GOAWAY */
    }

    conf = ngx_http_get_module_loc_conf(r, ngx_http_slipway_module);

    if (u == NULL || r != r->main || conf->between == NGX_CONF_UNSET_MSEC) {
        return slipway_next_header_filter(r);
    }

    slipway_hear(r);

    if (slipway_give_ticket(r) != NGX_OK) {
        return NGX_ERROR;
    }

    if (u->conf != &conf->streaming) {
        if (u->conf != conf->original) {
            conf->original = u->conf;
            conf->streaming = *u->conf;
            conf->streaming.read_timeout = conf->between;
        }

        u->conf = &conf->streaming;
    }

    type = &r->headers_out.content_type;

    if (r->headers_out.content_length_n == -1
        || (type->len >= 17 && ngx_strncasecmp(type->data, (u_char *) "text/event-stream", 17) == 0))
    {
        u->buffering = 0;
    }

    return slipway_next_header_filter(r);
}


static ngx_int_t
slipway_request_id(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    size_t            i;
    u_char           *p, c;
    uint64_t          high, low;
    ngx_table_elt_t  *h = NULL;
    ngx_list_part_t  *part = &r->headers_in.headers.part;

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    for ( ; part; part = part->next) {
        ngx_table_elt_t  *elts = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (elts[i].key.len == 12
                && ngx_strncasecmp(elts[i].lowcase_key, (u_char *) "x-request-id", 12) == 0)
            {
                h = &elts[i];
            }
        }
    }

    if (h && h->value.len >= 20 && h->value.len <= 200) {
        for (i = 0; i < h->value.len; i++) {
            c = h->value.data[i];

            if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-')) {
                break;
            }
        }

        if (i == h->value.len) {
            v->data = h->value.data;
            v->len = h->value.len;
            return NGX_OK;
        }
    }

    p = ngx_pnalloc(r->pool, 37);
    if (p == NULL) {
        return NGX_ERROR;
    }

    high = slipway_random();
    low = slipway_random();

    v->len = ngx_sprintf(p, "%08xD-%04xD-4%03xD-%04xD-%04xD%08xD",
                         (uint32_t) (high >> 32), (uint32_t) (high >> 16) & 0xffff, (uint32_t) high & 0xfff,
                         0x8000 | ((uint32_t) (low >> 48) & 0x3fff), (uint32_t) (low >> 32) & 0xffff,
                         (uint32_t) low) - p;
    v->data = p;

    return NGX_OK;
}


static ngx_int_t
slipway_start(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char  *p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 3);

    if (p == NULL) {
        return NGX_ERROR;
    }

    v->len = ngx_sprintf(p, "%T%03M", r->start_sec, r->start_msec) - p;
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


int
slipway_broken(ngx_http_request_t *r)
{
    off_t                 left;
    slipway_conf_t       *conf;
    ngx_http_upstream_t  *u = r->upstream;

    if (u == NULL || u->state == NULL) {
        return SLIPWAY_NONE;
    }

    if (!r->header_sent || r->header_only || u->upgrade || r->connection->error || r->connection->timedout) {
        return SLIPWAY_NONE;
    }

    left = u->buffering && u->pipe ? u->pipe->length : u->length;

    if (left <= 0 && !u->error && !(u->pipe && u->pipe->upstream_error)) {
        return SLIPWAY_NONE;
    }

    conf = ngx_http_get_module_loc_conf(r, ngx_http_slipway_module);

    return u->state->response_time >= conf->between ? 15 : 18;
}


ngx_int_t
slipway_text(ngx_http_variable_value_t *v, const char *text)
{
    v->data = (u_char *) text;
    v->len = ngx_strlen(text);
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
slipway_is_once(ngx_http_request_t *r)
{
    return !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS|NGX_HTTP_PUT|NGX_HTTP_DELETE));
}


static ngx_int_t
slipway_once(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    return slipway_text(v, slipway_is_once(r) ? "1" : "");
}


static ngx_int_t
slipway_connection(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    return slipway_text(v, r->headers_in.upgrade ? "upgrade" : slipway_is_once(r) ? "close" : "");
}


static ngx_int_t
slipway_via(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char           *p;
    ngx_table_elt_t  *via;

#if (NGX_HTTP_GZIP)
    via = r->headers_in.via;
#else
    via = NULL;
#endif

    slipway_text(v, "1.1 slipway");

    if (via) {
        p = ngx_pnalloc(r->pool, via->value.len + sizeof(", 1.1 slipway") - 1);
        if (p == NULL) {
            return NGX_ERROR;
        }

        v->len = ngx_sprintf(p, "%V, 1.1 slipway", &via->value) - p;
        v->data = p;
    }

    return NGX_OK;
}


static ngx_int_t
slipway_host(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t  *host = r->headers_in.host ? &r->headers_in.host->value : &r->headers_in.server;

    v->data = host->data;
    v->len = host->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_http_variable_t  slipway_variables[] = {
    { ngx_string("slipway_request_id"), NULL, slipway_request_id, 0, 0, 0 },
    { ngx_string("slipway_start"), NULL, slipway_start, 0, 0, 0 },
    { ngx_string("slipway_once"), NULL, slipway_once, 0, 0, 0 },
    { ngx_string("slipway_connection"), NULL, slipway_connection, 0, 0, 0 },
    { ngx_string("slipway_via"), NULL, slipway_via, 0, 0, 0 },
    { ngx_string("slipway_host"), NULL, slipway_host, 0, 0, 0 },
    { ngx_string("slipway_app"), NULL, slipway_app_variable, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },
    { ngx_string("slipway_dyno"), NULL, slipway_dyno_variable, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },
    { ngx_string("slipway_code"), NULL, slipway_code_variable, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },
    ngx_http_null_variable
};


static ngx_int_t
slipway_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = slipway_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
    }

    return NGX_OK;
}


/* Before the access log, which prints what is found out at the end. */
static ngx_int_t
slipway_log_first(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t  *conf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_array_t                *handlers = &conf->phases[NGX_HTTP_LOG_PHASE].handlers;
    ngx_http_handler_pt        *first;

    if (ngx_array_push(handlers) == NULL) {
        return NGX_ERROR;
    }

    first = handlers->elts;
    ngx_memmove(first + 1, first, (handlers->nelts - 1) * sizeof(ngx_http_handler_pt));
    *first = slipway_log_handler;

    return NGX_OK;
}


static ngx_int_t
slipway_init(ngx_conf_t *cf)
{
    slipway_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = slipway_header_filter;

    return slipway_log_first(cf);
}


static ngx_int_t
slipway_init_worker(ngx_cycle_t *cycle)
{
    slipway_counters_init();

    return NGX_OK;
}


static void *
slipway_create_conf(ngx_conf_t *cf)
{
    slipway_conf_t  *conf = ngx_pcalloc(cf->pool, sizeof(slipway_conf_t));

    if (conf) {
        conf->between = NGX_CONF_UNSET_MSEC;
    }

    return conf;
}


static char *
slipway_merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
    slipway_conf_t  *outer = parent, *inner = child;

    ngx_conf_merge_msec_value(inner->between, outer->between, NGX_CONF_UNSET_MSEC);

    return NGX_CONF_OK;
}
