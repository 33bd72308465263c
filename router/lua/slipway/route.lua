-- The path of every request: find its app, pick a dyno, count, and count again when it has ended. All state is the worker's own. A worker
-- runs one thing at a time and nothing here yields, so a request is picked and counted under one table.
local ffi = require "ffi"
local get_request = require("resty.core.base").get_request
local balancer = require "ngx.balancer"
local figures = require "slipway.figures"

local var = ngx.var
local random = math.random
local tonumber = tonumber
local set_current_peer = balancer.set_current_peer
local set_more_tries = balancer.set_more_tries
local get_last_failure = balancer.get_last_failure
local now = ngx.now

ffi.cdef [[
    typedef struct { int status; int broken; int64_t bytes; int64_t milliseconds; } slipway_ended_t;
    void slipway_ended(void *r, slipway_ended_t *ended);
]]
local ended = ffi.new("slipway_ended_t")
local ended_of = ffi.C.slipway_ended

local _M = {}

local QUIET = 1 -- seconds that a dyno that could not be connected to is picked last
local TRIES = 4

local routes = { generation = 0, epoch = 0, version = 0, hosts = {}, apps = {} }
local dynos = {} -- by service name: those in the table and those that still answer requests
_M.dynos = dynos
-- Figures of requests that reached no dyno, by app.
local refused = {}
_M.refused = refused

function _M.table()
    return routes
end

local function dyno_of(entry, app)
    local dyno = dynos[entry.service]
    if not dyno then
        dyno = { service = entry.service, inflight = 0, quiet = 0, figures = figures.new(), app = app.id }
        dynos[entry.service] = dyno
    end
    dyno.address = entry.address
    dyno.port = entry.port
    return dyno
end

-- Makes a table that came from control (or disk) the one that is used from the next request on.
function _M.adopt(new, generation)
    local hosts, apps, current = {}, {}, {}
    for _, entry in ipairs(new.apps) do
        local app = {
            id = entry.id,
            maintenance = entry.maintenance,
            wanted = entry.wanted,
            pending = new.pending,
            dynos = {},
        }
        if not new.pending then
            for _, d in ipairs(entry.dynos) do
                if type(d.address) == "string" then
                    local dyno = dyno_of(d, app)
                    app.dynos[#app.dynos + 1] = dyno
                    current[d.service] = true
                end
            end
        end
        app.open = not app.maintenance and #app.dynos > 0
        apps[app.id] = app
        for _, host in ipairs(entry.hosts) do
            hosts[host] = app
        end
    end
    for service, dyno in pairs(dynos) do
        dyno.draining = not current[service]
    end
    routes = {
        generation = generation,
        epoch = new.epoch,
        version = new.version,
        hosts = hosts,
        apps = apps,
    }
end

-- Why the app can't have a request, as Heroku's code; "wait" while its addresses are being checked.
local function closed(app)
    if not app then
        return "unknown"
    elseif app.maintenance then
        return "H80"
    elseif app.pending then
        return "wait"
    end
    return app.wanted == 0 and "H14" or "H10"
end

-- Whether the addresses of the host's app are still being checked.
function _M.pending(host)
    local app = routes.hosts[host]
    return app ~= nil and not app.open and closed(app) == "wait"
end

local function lesser(list, n)
    if n == 1 then
        return list[1]
    end
    local i = random(n)
    local j = random(n - 1)
    if j >= i then
        j = j + 1
    end
    local a, b = list[i], list[j]
    local t = now()
    if (a.quiet > t) ~= (b.quiet > t) then
        return a.quiet > t and b or a
    end
    return b.inflight < a.inflight and b or a
end

-- After a failure: any dyno that was not found dead lately, the failed one only if there is no other.
local function another(list, n, failed)
    local t = now()
    local from = random(n)
    local spare = failed
    for k = 0, n - 1 do
        local dyno = list[(from + k - 1) % n + 1]
        if dyno ~= failed then
            if dyno.quiet <= t then
                return dyno
            end
            spare = dyno
        end
    end
    return spare
end

local function refuse(code)
    var.code = code
    ngx.exit(ngx.ERROR)
end

-- The next dyno after a try that failed. Where there is none, the request stays counted on the last.
local function again(app, failed)
    local connects = var.upstream_connect_time or "-"
    if connects:match("([^, ]+)$") ~= "-" then
        local _, status = get_last_failure()
        if status == 504 then
            return refuse("H12") -- it had the request for the whole time: nobody else gets it
        end
    else
        failed.quiet = now() + QUIET
    end
    failed.inflight = failed.inflight - 1
    return another(app.dynos, #app.dynos, failed)
end

-- balancer_by_lua: which app, and which dyno.
function _M.pick()
    local app = routes.hosts[var.host]
    if not app or not app.open then
        var.app = app and app.id or ""
        return refuse(closed(app))
    end
    local dyno
    local slot = var.slot
    if slot == "" then
        local list = app.dynos
        local n = #list
        dyno = lesser(list, n)
        if n > 1 then
            set_more_tries(TRIES - 1)
        end
        var.app = app.id
    else
        dyno = again(app, dynos[slot])
        if not dyno then
            return
        end
    end
    dyno.inflight = dyno.inflight + 1
    _M.dirty = true
    var.slot = dyno.service
    local ok, why = set_current_peer(dyno.address, dyno.port)
    if not ok then
        ngx.log(ngx.ERR, "dyno ", dyno.service, " has no usable address: ", why)
        return ngx.exit(ngx.ERROR)
    end
end

local function of_app(id)
    local f = refused[id]
    if not f then
        f = figures.new()
        refused[id] = f
    end
    return f
end

-- log_by_lua: the request has ended, however that was.
function _M.done()
    ended_of(get_request(), ended)
    local status, code = ended.status, nil
    if ended.broken ~= 0 then
        code = ended.broken == 15 and "H15" or "H18"
        var.code = code
    elseif status == 499 then
        code = "H27"
        var.code = code
    elseif status == 503 then
        code = var.code
    end
    local dyno = dynos[var.slot]
    local f
    if dyno then
        dyno.inflight = dyno.inflight - 1
        _M.dirty = true
        f = dyno.figures
    else
        local app = var.app
        if app == "" then
            return
        end
        f = of_app(app)
    end
    figures.count(f, status, tonumber(ended.bytes), tonumber(ended.milliseconds))
    if code then
        figures.code(f, code)
    end
end

return _M
