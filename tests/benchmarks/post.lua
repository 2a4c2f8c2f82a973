-- wrk: each thread sends its own prepared bodies once, in order, and keeps each hundredth reply.
-- usage: wrk -s post.lua URL -- BODIES_PREFIX REPLIES_PREFIX [SEP]
-- BODIES_PREFIX.<thread> holds the bodies, one a line (batches: separated by a line "--").
local counter = 0

function setup(thread)
  thread:set("number", counter)
  counter = counter + 1
end

function init(args)
  bodies, sent, got = {}, 0, 0
  local batched = args[3] == "batch"
  local part = {}
  for line in io.lines(args[1] .. "." .. number) do
    if not batched then
      bodies[#bodies + 1] = line
    elseif line == "--" then
      bodies[#bodies + 1] = table.concat(part, "\n") .. "\n"
      part = {}
    else
      part[#part + 1] = line
    end
  end
  out = io.open(args[2] .. "." .. number, "w")
  kind = batched and "application/jsonl" or "application/json"
end

function request()
  sent = sent + 1
  if sent > #bodies then
    wrk.thread:stop()
    sent = #bodies
  end
  return wrk.format("POST", nil, { ["Content-Type"] = kind }, bodies[sent])
end

function response(status, headers, body)
  got = got + 1
  if status >= 300 or got % 100 == 0 then
    out:write(status, "\t", (body:gsub("\n", "\\n")), "\n")
    out:flush()
  end
end

function done(summary, latency, requests)
  io.write(string.format(
    "RESULT %d %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
