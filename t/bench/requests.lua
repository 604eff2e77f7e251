-- Sends the prepared requests of a file, each once in turn: a line with method, path, cookie and body,
-- separated by tabs. With a second argument "around" it begins again at the end of the file; otherwise
-- the run stops there and says how long the requests took.

local requests, around = {}, false
local sent, answered, started, ended = 0, 0, nil, nil

function init(args)
    around = args[2] == "around"

    for line in io.lines(args[1]) do
        local method, path, cookie, body = line:match("^(%S+)\t([^\t]*)\t([^\t]*)\t(.*)$")
        local headers = {["Content-Type"] = "application/x-www-form-urlencoded"}

        if cookie ~= "" then
            headers["Cookie"] = cookie
        end

        requests[#requests + 1] = wrk.format(method, path, headers, body)
    end
end

function request()
    sent = sent + 1

    if sent > #requests then
        if around then
            sent = 1
        else
            sent = #requests
        end
    end

    return requests[sent]
end

function response(status)
    answered = answered + 1

    if not around and answered >= #requests then
        wrk.thread:stop()
    end
end
