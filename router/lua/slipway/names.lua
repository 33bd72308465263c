-- While control is silent nobody tells that an address changed hands. Then a dyno's address is what its
-- service name says in Docker's DNS: asked at most once a second, and a dyno without an answer is not used.
local bit = require "bit"
local json = require "cjson.safe"
local settings = require "slipway.settings"

local shared = ngx.shared.slipway
local _M = {}

local EVERY = 0.5
local START = 0.3 -- seconds that control has to answer a router that has just started
local WIDTH = 32 -- questions at a time

local function question(name, id)
    local labels = name:gsub("([^.]+)%.?", function(label)
        return string.char(#label) .. label
    end)
    return string.char(bit.rshift(id, 8), bit.band(id, 255))
        .. "\1\0\0\1\0\0\0\0\0\0" .. labels .. "\0\0\1\0\1"
end

local function skip_name(answer, at)
    while true do
        local length = answer:byte(at)
        if not length then
            return nil
        elseif length >= 192 then
            return at + 2
        elseif length == 0 then
            return at + 1
        end
        at = at + 1 + length
    end
end

local function addresses(answer, id)
    if #answer < 12 or answer:byte(1) * 256 + answer:byte(2) ~= id or bit.band(answer:byte(4), 15) ~= 0 then
        return {}
    end
    local found, count = {}, answer:byte(7) * 256 + answer:byte(8)
    local at = skip_name(answer, 13)
    at = at and at + 4
    for _ = 1, count do
        at = at and skip_name(answer, at)
        if not at or #answer < at + 9 then
            break
        end
        local kind = answer:byte(at) * 256 + answer:byte(at + 1)
        local length = answer:byte(at + 8) * 256 + answer:byte(at + 9)
        if kind == 1 and length == 4 and #answer >= at + 13 then
            found[#found + 1] = string.format("%d.%d.%d.%d", answer:byte(at + 10, at + 13))
        end
        at = at + 10 + length
    end
    return found
end

local function resolve(name)
    for _ = 1, 2 do
        local socket = ngx.socket.udp()
        socket:settimeout(500)
        local id = math.random(0, 65535)
        if socket:setpeername(settings.resolver, 53) and socket:send(question(name, id)) then
            local answer = socket:receive(4096)
            socket:close()
            if answer then
                return addresses(answer, id)
            end
        end
    end
    return {}
end

-- The address that the name has now: the one that we know if it is still among them.
local function check(dyno)
    local found = resolve(dyno.service)
    for _, address in ipairs(found) do
        if address == dyno.address then
            return address
        end
    end
    return found[1]
end

local function checked(routes)
    local dynos = {}
    for _, app in ipairs(routes.apps) do
        for _, dyno in ipairs(app.dynos) do
            dynos[#dynos + 1] = dyno
        end
    end
    for from = 1, #dynos, WIDTH do
        local threads = {}
        for i = from, math.min(from + WIDTH - 1, #dynos) do
            local dyno = dynos[i]
            threads[#threads + 1] = ngx.thread.spawn(function()
                dyno.address = check(dyno) or json.null
            end)
        end
        for _, thread in ipairs(threads) do
            ngx.thread.wait(thread)
        end
    end
    return json.encode(routes)
end

local started

local function silent()
    local heard = shared:get("heard")
    if heard then
        return ngx.now() - heard > settings.silence
    end
    return ngx.now() - started >= START
end

function _M.run(premature)
    local control = require "slipway.control"
    local given
    started = ngx.now()
    while not premature and not ngx.worker.exiting() do
        local saved = shared:get("saved")
        if saved and silent() then
            local text = checked(json.decode(saved))
            if silent() and text ~= given and shared:get("saved") == saved then
                if not given then
                    ngx.log(ngx.WARN, "control is silent: dynos are checked by name")
                end
                given = text
                control.hand_out(text)
            end
        elseif given then
            -- Control is back. If it has a newer table that one is in use; if not, the last holds again.
            given = nil
            control.hand_out(saved)
        end
        ngx.sleep(shared:get("heard") and EVERY or START)
    end
end

return _M
