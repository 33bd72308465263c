/*
 * What the router needs and neither nginx's configuration nor Lua can say. Four small things:
 *
 *   slipway_between TIME   once the head of an answer is here, the dyno may pause this long between two
 *                          bytes (proxy_read_timeout then limits the wait for the first byte only), and an
 *                          answer of unknown length or of type text/event-stream is passed on unbuffered
 *   $slipway_request_id    the client's X-Request-Id when it has 20 to 200 of [A-Za-z0-9-], else a UUID
 *   $slipway_start         when the request began, in milliseconds since 1970
 *   $slipway_broken        H15 or H18 when the dyno broke off in the middle of an answer, else empty
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

typedef struct {
    ngx_msec_t                between;
    ngx_http_upstream_conf_t *original;   /* what `streaming` was copied from */
    ngx_http_upstream_conf_t  streaming;
} slipway_conf_t;

static ngx_int_t slipway_add_variables(ngx_conf_t *cf);
static ngx_int_t slipway_init(ngx_conf_t *cf);
static void *slipway_create_conf(ngx_conf_t *cf);
static char *slipway_merge_conf(ngx_conf_t *cf, void *parent, void *child);

static ngx_http_output_header_filter_pt  slipway_next_header_filter;

static ngx_command_t  slipway_commands[] = {
    { ngx_string("slipway_between"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(slipway_conf_t, between),
      NULL },
    ngx_null_command
};

static ngx_http_module_t  slipway_context = {
    slipway_add_variables, slipway_init, NULL, NULL, NULL, NULL, slipway_create_conf, slipway_merge_conf
};

ngx_module_t  ngx_http_slipway_module = {
    NGX_MODULE_V1, &slipway_context, slipway_commands, NGX_HTTP_MODULE,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};


static ngx_int_t
slipway_header_filter(ngx_http_request_t *r)
{
    slipway_conf_t       *conf;
    ngx_str_t            *type;
    ngx_http_upstream_t  *u = r->upstream;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_slipway_module);

    if (u == NULL || r != r->main || conf->between == NGX_CONF_UNSET_MSEC) {
        return slipway_next_header_filter(r);
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
    uint32_t          n[4];
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

    /* random() is seeded per worker from time and pid; ids must be unlike each other, not secret */
    for (i = 0; i < 4; i++) {
        n[i] = ((uint32_t) ngx_random() << 16) ^ (uint32_t) ngx_random();
    }

    v->len = ngx_sprintf(p, "%08xD-%04xD-4%03xD-%04xD-%04xD%08xD", n[0], n[1] >> 16, n[1] & 0xfff,
                         0x8000 | ((n[2] >> 16) & 0x3fff), n[2] & 0xffff, n[3]) - p;
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


/* Asked in the log phase, when it is known how far the answer came. */
static ngx_int_t
slipway_broken(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    off_t                 left;
    ngx_msec_int_t        took;
    slipway_conf_t       *conf;
    ngx_http_upstream_t  *u = r->upstream;

    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    v->len = 0;

    if (u == NULL || !r->header_sent || r->header_only || u->upgrade
        || r->connection->error || r->connection->timedout)
    {
        return NGX_OK;
    }

    left = u->buffering && u->pipe ? u->pipe->length : u->length;

    if (left <= 0 && !u->error && !(u->pipe && u->pipe->upstream_error)) {
        return NGX_OK;
    }

    conf = ngx_http_get_module_loc_conf(r, ngx_http_slipway_module);
    took = ngx_current_msec - (ngx_msec_t) (r->start_sec * 1000 + r->start_msec);

    if (u->state) {
        took = u->state->response_time;
    }

    v->data = (u_char *) (took >= (ngx_msec_int_t) conf->between ? "H15" : "H18");
    v->len = 3;

    return NGX_OK;
}


static ngx_http_variable_t  slipway_variables[] = {
    { ngx_string("slipway_request_id"), NULL, slipway_request_id, 0, 0, 0 },
    { ngx_string("slipway_start"), NULL, slipway_start, 0, 0, 0 },
    { ngx_string("slipway_broken"), NULL, slipway_broken, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },
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


static ngx_int_t
slipway_init(ngx_conf_t *cf)
{
    slipway_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = slipway_header_filter;

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
