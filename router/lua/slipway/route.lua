-- The table and the counters of this worker. Both live in the C module (router/module), which picks and
-- counts on the path of requests; here they are filled and read. Nothing here yields.
local ffi = require "ffi"
local certificates = require "slipway.certificates"
local C = ffi.C

-- slipway_counts_t as in router/module/slipway_table.h.
ffi.cdef [[
    typedef struct {
        const char *app, *service;
        int32_t inflight, current;
        int64_t requests, lost, bytes;
        int32_t status[5], codes[100], latency[320];
    } slipway_counts_t;

    extern int slipway_dirty;

    void slipway_table_begin(void);
    void slipway_table_app(const char *id, size_t length, int maintenance, int pending, int none, int affinity);
    void slipway_table_host(const char *host, size_t length);
    int slipway_table_dyno(const char *service, size_t length, const char *address, size_t address_length, int port);
    int slipway_table_use(void);

    slipway_counts_t *slipway_next(slipway_counts_t *counts);
    void slipway_reset(slipway_counts_t *counts);
    void slipway_sweep(void);
    int slipway_serves(const char *service, size_t length);
    int slipway_pending(const char *host, size_t length);
]]

local _M = {}

local pages = {} -- by app, the addresses of pages of its own
local used = { generation = 0, epoch = 0, version = 0 }

-- Which table is used.
function _M.table()
    return used
end

local function add_dyno(dyno)
    if type(dyno.address) ~= "string" then
        return
    end
    if C.slipway_table_dyno(dyno.service, #dyno.service, dyno.address, #dyno.address, dyno.port) == 0 then
        ngx.log(ngx.ERR, "dyno ", dyno.service, " has no usable address: ", dyno.address)
    end
end

local function add_app(app, pending)
    pages[app.id] = app.pages
    C.slipway_table_app(app.id, #app.id, app.maintenance and 1 or 0, pending and 1 or 0, app.wanted == 0 and 1 or 0,
        app.affinity and 1 or 0)
    for _, host in ipairs(app.hosts) do
        C.slipway_table_host(host, #host)
    end
    if not pending then
        for _, dyno in ipairs(app.dynos) do
            add_dyno(dyno)
        end
    end
end

-- Makes a table that came from control (or disk) the one that is used from the next request on.
-- Returns whether there was memory for it.
function _M.adopt(new, generation)
    C.slipway_table_begin()
    pages = {}
    for _, app in ipairs(new.apps) do
        add_app(app, new.pending)
    end
    if C.slipway_table_use() == 0 then
        ngx.log(ngx.ERR, "no memory for a new table")
        return false
    end
    certificates.adopt(new)
    used = { generation = generation, epoch = new.epoch, version = new.version }
    return true
end

-- The pages that the app of that id has of its own, if any.
function _M.pages(app)
    return pages[app]
end

-- Whether the addresses of the host's app are still being checked.
function _M.pending(host)
    return C.slipway_pending(host, #host) == 1
end

-- Whether the dyno of that service stands in the table.
function _M.serves(service)
    return C.slipway_serves(service, #service) == 1
end

-- All counters: of the dynos in the table and those that still answer requests, and of the apps.
function _M.counters()
    return function(_, counts)
        local following = C.slipway_next(counts)
        return following ~= nil and following or nil
    end
end

-- Whether a count in flight changed since `clean`.
function _M.dirty()
    return C.slipway_dirty ~= 0
end

function _M.clean()
    C.slipway_dirty = 0
end

_M.reset = C.slipway_reset
_M.sweep = C.slipway_sweep

return _M
