-- Tries candidates every 100 ms, on the path that requests will take: connects, and asks for the
-- app's health path if it has one. A dyno is `ok` or why it is not.
local _M = {
    results = {}, -- by service
    revision = 0, -- goes up when a result changes
}

local EVERY = 0.1
local LIMIT = 1000 -- milliseconds
local wanted = {} -- by service

local function ask(socket, candidate)
    local ok, why = socket:send("GET " .. candidate.health .. " HTTP/1.1\r\nHost: " .. candidate.host
        .. "\r\nUser-Agent: slipway-router\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n")
    if not ok then
        return why
    end
    local line
    line, why = socket:receive("*l")
    local status = line and tonumber(line:match("^HTTP/%d%.%d (%d%d%d)"))
    if not status then
        return why or "no HTTP answer"
    end
    return status < 400 and "ok" or "GET " .. candidate.health .. " answered " .. status
end

local function probe(candidate)
    local socket = ngx.socket.tcp()
    socket:settimeouts(LIMIT, LIMIT, LIMIT * 5)
    local ok, why = socket:connect(candidate.address, candidate.port)
    if not ok then
        return why
    end
    local result = candidate.health and ask(socket, candidate) or "ok"
    socket:close()
    return result
end

local function follow(_, service)
    while wanted[service] and not ngx.worker.exiting() do
        local candidate = wanted[service]
        local result = probe(candidate)
        if wanted[service] and _M.results[service] ~= result then
            _M.results[service] = result
            _M.revision = _M.revision + 1
        end
        ngx.sleep(EVERY)
    end
end

-- Follows exactly the candidates of this table.
function _M.candidates(routes)
    local new = {}
    for _, app in ipairs(routes.apps) do
        for _, candidate in ipairs(app.candidates) do
            if type(candidate.address) == "string" then
                candidate.health = type(app.health) == "string" and app.health or nil
                candidate.host = app.hosts[1] or "localhost"
                new[candidate.service] = candidate
            end
        end
    end
    local before = wanted
    wanted = new
    for service in pairs(_M.results) do
        if not new[service] then
            _M.results[service] = nil
        end
    end
    for service in pairs(new) do
        if not before[service] then
            ngx.timer.at(0, follow, service)
        end
    end
end

return _M
