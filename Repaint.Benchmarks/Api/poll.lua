-- Asks for PATH again and again; with the file TOKENS as its visitors in turn, each knowing the version it has seen.
local requests = {}
local nextRequest = 0

function init(args)
  local path = os.getenv("REQUEST_PATH")
  local tokens = os.getenv("TOKENS")
  if tokens then
    for line in io.lines(tokens) do
      requests[#requests + 1] = wrk.format("GET", path, { ["Authorization"] = "Bearer " .. line, ["If-None-Match"] = '"5"' })
    end
  else
    requests[1] = wrk.format("GET", path, {})
  end
end

function request()
  nextRequest = nextRequest % #requests + 1
  return requests[nextRequest]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
