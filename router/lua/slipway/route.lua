-- The path of every request: find its app, pick a dyno, count. All state is the worker's own. A worker
-- runs one thing at a time and nothing here yields, so a request is picked and counted under one table.
local balancer = require "ngx.balancer"
local figures = require "slipway.figures"
local settings = require "slipway.settings"

local var = ngx.var
local random = math.random
local tonumber = tonumber
local set_current_peer = balancer.set_current_peer
local set_more_tries = balancer.set_more_tries
local get_last_failure = balancer.get_last_failure
local enable_keepalive = balancer.enable_keepalive
local now = ngx.now
local get_method = ngx.req.get_method

local _M = {}

local QUIET = 1 -- seconds that a dyno that could not be connected to is picked last
local TRIES = 4

-- May be sent again, and so on a connection that the dyno may be closing this very moment.
local IDEMPOTENT = { GET = true, HEAD = true, PUT = true, DELETE = true, OPTIONS = true, TRACE = true }

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

-- The id of the request's app. When there is nothing to proxy to, $code says why.
function _M.find()
    local app = routes.hosts[var.host]
    if app and app.open then
        return app.id
    end
    if not app then
        var.code = "unknown"
        return ""
    end
    if app.maintenance then
        var.code = "H80"
    elseif app.pending then
        var.code = "wait"
    elseif app.wanted == 0 then
        var.code = "H14"
    else
        var.code = "H10"
    end
    return app.id
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

local function again(app, failed)
    local connects = var.upstream_connect_time or "-"
    failed.inflight = failed.inflight - 1
    _M.dirty = true
    var.slot = ""
    local connected = connects:match("([^, ]+)$") ~= "-"
    if connected then
        local _, status = get_last_failure()
        if status == 504 then
            return refuse("H12") -- it had the request for the whole time: nobody else gets it
        end
    else
        failed.quiet = now() + QUIET
    end
    local list = app.dynos
    local dyno = #list > 0 and another(list, #list, failed)
    if not dyno then
        return refuse("H10")
    end
    return dyno
end

-- balancer_by_lua: which dyno, on a kept connection or a new one.
function _M.pick()
    local app = routes.apps[var.app]
    if not app then
        return refuse("unknown") -- the app went away while the body was being read
    end
    local dyno
    local slot = var.slot
    if slot == "" then
        local list = app.dynos
        local n = #list
        if n == 0 then
            return refuse("H10")
        end
        dyno = lesser(list, n)
        set_more_tries(TRIES - 1)
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
    if settings.idle > 0 and IDEMPOTENT[get_method()] and not var.http_upgrade then
        enable_keepalive(settings.idle, 100000)
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
    local dyno = dynos[var.slot]
    local status = ngx.status
    local broken = var.slipway_broken
    if broken and broken ~= "" then
        var.code = broken
    elseif status == 499 then
        var.code = "H27"
    end
    if dyno then
        dyno.inflight = dyno.inflight - 1
        _M.dirty = true
    end
    local app = var.app
    if app == "" then
        return
    end
    local f = dyno and dyno.figures or of_app(app)
    figures.count(f, status, tonumber(var.bytes_sent), var.upstream_response_time)
    if status >= 499 or broken ~= "" then
        figures.code(f, var.code)
    end
end

return _M
