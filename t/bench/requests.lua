-- Sends the prepared requests of a file in turn: a line with method, path, cookie and body, separated by
-- tabs. In place of the cookie: "header: value", several separated by \1. With a second argument "around" it begins again
-- at the end of the file; otherwise the run ends with the last answer and says how many were answered, in which time, and
-- how many of them by an error.

local ffi = require("ffi")

ffi.cdef[[
typedef struct { long seconds; long nanoseconds; } moment_t;
int clock_gettime(int clock, moment_t *moment);
]]

local requests, around, asked = {}, false, false
local sent, answered, errors, started = 0, 0, 0, nil

local function now()
    local moment = ffi.new("moment_t[1]")

    ffi.C.clock_gettime(1, moment)

    return tonumber(moment[0].seconds) + tonumber(moment[0].nanoseconds) / 1e9
end

function init(args)
    around = args[2] == "around"

    for line in io.lines(args[1]) do
        local method, path, cookie, body = line:match("^(%S+)\t([^\t]*)\t([^\t]*)\t(.*)$")
        local headers = {["Content-Type"] = "application/x-www-form-urlencoded"}

        if cookie:find(": ", 1, true) then
            for name, value in cookie:gmatch("([^\1:]+): ([^\1]*)") do
                headers[name] = value
            end
        elseif cookie ~= "" then
            headers["Cookie"] = cookie
        end

        requests[#requests + 1] = wrk.format(method, path, headers, body)
    end
end

function request()
    if not asked then
        -- wrk looks at one request before it begins, and does not send it
        asked = true
        return requests[1]
    end

    started = started or now()
    sent = sent + 1

    if sent > #requests then
        -- while the last answers come in, the last request is repeated
        sent = around and 1 or #requests
    end

    return requests[sent]
end

function response(status)
    answered = answered + 1

    if status >= 400 then
        errors = errors + 1
    end

    if not around and answered == #requests then
        io.write(string.format("done %d in %f with %d errors\n", answered, now() - started, errors))
        io.flush()
        os.exit(0)
    end
end
