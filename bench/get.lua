-- GETs a run of numbers in turn, as an edge that fills from the origin does.
dofile("report.lua")
local from, count = tonumber(os.getenv("BENCH_FROM")), tonumber(os.getenv("BENCH_COUNT"))
local prefix, suffix = os.getenv("BENCH_PREFIX"), os.getenv("BENCH_SUFFIX")
local turn = 0

function request()
  turn = (turn + 1) % count
  return wrk.format("GET", prefix .. string.format("%d", from + turn) .. suffix)
end
