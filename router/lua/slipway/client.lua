-- A connection to control: one request at a time, kept open between them. HTTP by hand, because the
-- answer to a long poll must be waited for in slices (a worker that is to end must not wait it out).
local ffi = require "ffi"
local settings = require "slipway.settings"

-- zlib, which nginx itself is linked with.
ffi.cdef "int uncompress(char *plain, unsigned long *length, const char *deflated, unsigned long deflated_length);"

local shared = ngx.shared.slipway
local _M = {
    over = false, -- whether the router has ended its last request, so that nobody waits for control
}

local Client = {}
Client.__index = Client

local SLICE = 500 -- milliseconds
local LARGEST = 64 * 1024 * 1024 -- bytes of a deflated answer once it is plain

function _M.new()
    return setmetatable({}, Client)
end

local function connected(self)
    if self.socket then
        return true
    end
    local host, port = settings.control:match("^(.-):(%d+)$")
    local socket = ngx.socket.tcp()
    socket:settimeouts(2000, 5000, SLICE)
    local ok, why = socket:connect(host, tonumber(port))
    if not ok then
        return nil, "can't connect to " .. settings.control .. ": " .. tostring(why)
    end
    self.socket = socket
    return true
end

-- A line, waited for until `limit` (a time).
local function line(socket, limit)
    local got = ""
    while true do
        local text, why, part = socket:receive("*l")
        if text then
            return got .. text
        end
        got = got .. (part or "")
        if why ~= "timeout" then
            return nil, why
        end
        if _M.over then
            return nil, "exiting"
        end
        if ngx.now() >= limit then
            return nil, "timed out"
        end
    end
end

local function bytes(socket, n)
    socket:settimeouts(2000, 5000, 5000)
    local data, why = socket:receive(n)
    socket:settimeouts(2000, 5000, SLICE)
    return data, why
end

local function chunks(socket, limit)
    local parts = {}
    while true do
        local head, why = line(socket, limit)
        local size = head and tonumber(head:match("^%x+"), 16)
        if not size then
            return nil, why or "bad chunk"
        end
        if size > 0 then
            local data
            data, why = bytes(socket, size)
            if not data then
                return nil, why
            end
            parts[#parts + 1] = data
        end
        line(socket, limit)
        if size == 0 then
            return table.concat(parts)
        end
    end
end

-- What was deflated; control says how long it is.
local function inflated(data, length)
    if not length or length > LARGEST then
        return nil, "a deflated answer without its length"
    end
    local plain, size = ffi.new("char[?]", length), ffi.new("unsigned long[1]", length)
    if ffi.C.uncompress(plain, size, data, #data) ~= 0 or size[0] ~= length then
        return nil, "an answer that can't be inflated"
    end
    return ffi.string(plain, length)
end

local function exchange(socket, path, kind, body, limit)
    local ok, why = socket:send({
        "POST ", path, " HTTP/1.1\r\nHost: ", settings.control,
        "\r\nAuthorization: Bearer ", settings.token,
        "\r\nX-Slipway-Router: ", settings.router,
        shared:get("leaving") and "\r\nX-Slipway-Leaving: yes" or "",
        "\r\nAccept-Encoding: deflate",
        "\r\nContent-Type: ", kind,
        "\r\nContent-Length: ", #body, "\r\n\r\n", body,
    })
    if not ok then
        return nil, why
    end
    local first
    first, why = line(socket, limit)
    local status = first and tonumber(first:match("^HTTP/1%.%d (%d%d%d)"))
    if not status then
        return nil, why or "bad answer"
    end
    local length, chunked, close, deflated, plain_length = 0, false, false, false, nil
    while true do
        local header
        header, why = line(socket, limit)
        if not header then
            return nil, why
        end
        if header == "" then
            break
        end
        local name, value = header:lower():match("^([^:]+):%s*(.-)%s*$")
        if name == "content-length" then
            length = tonumber(value)
        elseif name == "transfer-encoding" then
            chunked = value:find("chunked", 1, true) ~= nil
        elseif name == "content-encoding" then
            deflated = value == "deflate"
        elseif name == "x-slipway-length" then
            plain_length = tonumber(value)
        elseif name == "connection" then
            close = value == "close"
        end
    end
    local data = ""
    if status ~= 204 and chunked then
        data, why = chunks(socket, limit)
    elseif status ~= 204 and length > 0 then
        data, why = bytes(socket, length)
    end
    if data and deflated then
        data, why = inflated(data, plain_length)
    end
    if not data then
        return nil, why
    end
    return status, data, close
end

-- Posts and waits `seconds` for the answer. Returns status and body, or nil and why not.
function Client:post(path, kind, body, seconds)
    local ok, why = connected(self)
    if not ok then
        return nil, why
    end
    local status, data, close = exchange(self.socket, path, kind, body, ngx.now() + seconds)
    if not status or close then
        self.socket:close()
        self.socket = nil
    end
    return status, data
end

return _M
