-- Asks for each line of the file named by PATHS once. More requests than lines are an error that the caller sees.
local paths = {}
local nextPath = 0
local headers = { ["Connection"] = "keep-alive" }

function init(args)
  for line in io.lines(os.getenv("PATHS")) do
    paths[#paths + 1] = wrk.format("GET", line, headers)
  end
end

function request()
  nextPath = nextPath + 1
  return paths[nextPath] or paths[#paths]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
