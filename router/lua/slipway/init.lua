-- Runs in the master, as root, before the workers: the last that may read the token.
require "resty.core"
local json = require "cjson.safe"

local function read(path)
    local file = io.open(path, "r")
    if not file then
        return nil
    end
    local text = file:read("*a")
    file:close()
    return text
end

local function trimmed(text, instead)
    return text and text:match("^%s*(.-)%s*$") or instead
end

local settings = require "slipway.settings"
settings.state = os.getenv("SLIPWAY_STATE")
settings.run = "/run/slipway"
settings.own = settings.run .. "/worker"
settings.router = trimmed(read(settings.state .. "/id"), "router")
settings.token = trimmed(read(settings.state .. "/token"), "")
settings.control = os.getenv("SLIPWAY_CONTROL") or "slipway-control:7070"
settings.resolver = os.getenv("SLIPWAY_RESOLVER")
settings.silence = tonumber(os.getenv("SLIPWAY_SILENCE") or "15")

-- The last good table: used until control answers, but with no address until it is checked by name.
-- Not after a reload: shared memory outlives that, and holds a table that is in use.
local saved = not ngx.shared.slipway:get("table") and read(settings.state .. "/table.json")
local routes = saved and json.decode(saved)
if routes and type(routes.apps) == "table" then
    local certificates = require "slipway.certificates"
    certificates.keep(json.decode(read(settings.state .. "/certificates.json") or "[]") or {})
    certificates.want(routes)
    local shared = ngx.shared.slipway
    routes.pending = true
    shared:set("saved", saved)
    shared:set("table", json.encode(routes))
    shared:set("generation", 1)
end
