-- The certificates of domains. Worker 0 gets them from control and keeps them in shared memory; each
-- worker unseals a key when a handshake first needs it. On the wire and on disk a key is a PKCS #8
-- sealed by this router's token. Nothing here yields.
local ffi = require "ffi"
local json = require "cjson.safe"
local ssl = require "ngx.ssl"
local settings = require "slipway.settings"
local C = ffi.C

ffi.cdef [[
    void *BIO_new_mem_buf(const void *data, int length);
    int BIO_free(void *bio);
    void *PEM_read_bio_PrivateKey(void *bio, void **key, void *callback, const char *password);
    void EVP_PKEY_free(void *key);
    void ERR_clear_error(void);
]]

local shared = ngx.shared.slipway_certificates
local _M = {}

-- What worker 0 knows: the fingerprints of the newest table and of the one before, as sets. Some worker
-- may use the latter still.
local wanted, before = {}, {}

-- What this worker serves by: host to fingerprint of the table in use, and what was unsealed.
local hosts, ready = {}, {}

local function fingerprints(routes)
    local set, by_host = {}, {}
    for _, app in ipairs(routes.apps) do
        for host, fingerprint in pairs(app.certificates or {}) do
            set[fingerprint] = true
            by_host[host] = fingerprint
        end
    end
    return set, by_host
end

-- ---- worker 0 ----

-- From now on those of this table are wanted; those that no worker needs any more are forgotten.
function _M.want(routes)
    before, wanted = wanted, (fingerprints(routes))
    for _, fingerprint in ipairs(shared:get_keys(0)) do
        if not wanted[fingerprint] and not before[fingerprint] then
            shared:delete(fingerprint)
        end
    end
end

-- Those that are wanted and not here.
function _M.missing()
    local list = {}
    for fingerprint in pairs(wanted) do
        if not shared:get(fingerprint) then
            list[#list + 1] = fingerprint
        end
    end
    return list
end

-- Keeps what control gave: a list of fingerprint, chain and key.
function _M.keep(given)
    for _, certificate in ipairs(given) do
        local ok, why = shared:safe_set(certificate.fingerprint, json.encode(certificate))
        if not ok then
            ngx.log(ngx.ERR, "no room for a certificate: ", why)
        end
    end
end

-- All that are wanted and here, as a text that `keep` reads back.
function _M.kept()
    local list = {}
    for fingerprint in pairs(wanted) do
        list[#list + 1] = shared:get(fingerprint)
    end
    return "[" .. table.concat(list, ",") .. "]"
end

-- ---- every worker ----

-- From now on this worker serves by this table.
function _M.adopt(routes)
    local set
    set, hosts = fingerprints(routes)
    for fingerprint in pairs(ready) do
        if not set[fingerprint] then
            ready[fingerprint] = nil
        end
    end
end

local function unseal(pem)
    local bio = C.BIO_new_mem_buf(pem, #pem)
    if bio == nil then
        return nil
    end
    local key = C.PEM_read_bio_PrivateKey(bio, nil, nil, settings.token)
    C.BIO_free(bio)
    C.ERR_clear_error() -- what is left there would be taken for an error of the handshake
    return key ~= nil and ffi.gc(key, C.EVP_PKEY_free) or nil
end

local function load(fingerprint)
    local text = shared:get(fingerprint)
    local certificate = text and json.decode(text)
    if not certificate then
        return nil, "it is not here"
    end
    local chain, why = ssl.parse_pem_cert(certificate.chain)
    if not chain then
        return nil, why
    end
    local key = unseal(certificate.key)
    if not key then
        return nil, "its key can't be unsealed"
    end
    return { chain = chain, key = key }
end

-- The host's own, else that of the longest wildcard that it lies under.
local function find(host)
    local found, dot = hosts[host], 0
    while not found do
        dot = host:find(".", dot + 1, true)
        if not dot then
            return nil
        end
        found = hosts["*" .. host:sub(dot)]
    end
    return found
end

-- In a handshake: uses the certificate of the name that the client asks for, if there is one.
function _M.choose()
    local host = ssl.server_name()
    local fingerprint = host and find(host:lower())
    if not fingerprint then
        return
    end
    local certificate, why = ready[fingerprint], nil
    if not certificate then
        certificate, why = load(fingerprint)
        ready[fingerprint] = certificate
    end
    if not certificate then
        shared:delete(fingerprint) -- so that worker 0 asks for it again after its next poll
        return ngx.log(ngx.ERR, "the certificate of ", host, " can't be used: ", why)
    end
    local ok
    ok, why = ssl.clear_certs()
    ok = ok and ssl.set_cert(certificate.chain) and ssl.set_priv_key(certificate.key)
    if not ok then
        ngx.log(ngx.ERR, "the certificate of ", host, " was not taken: ", why)
        return ngx.exit(ngx.ERROR)
    end
end

return _M
