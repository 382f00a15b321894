-- GETs a run of numbers in turn, as an edge that fills from the origin does.
local from, count = tonumber(os.getenv("BENCH_FROM")), tonumber(os.getenv("BENCH_COUNT"))
local prefix, suffix = os.getenv("BENCH_PREFIX"), os.getenv("BENCH_SUFFIX")
local turn = 0

function request()
  turn = (turn + 1) % count
  return wrk.format("GET", prefix .. string.format("%d", from + turn) .. suffix)
end

function done(summary, latency)
  io.write(string.format(
    "BENCH %f %d %f %f\n",
    summary.requests / (summary.duration / 1e6),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000,
    latency:percentile(99) / 1000
  ))
end
