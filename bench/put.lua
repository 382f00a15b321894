-- PUTs one segment per request, each with the next number: the 64-bit tfdt is stamped as a live packager's would be.
dofile("report.lua")
local file = io.open(os.getenv("BENCH_SEGMENT"), "rb")
local body = file:read("*a")
file:close()
local tfdt_at = tonumber(os.getenv("BENCH_TFDT_AT"))
local ticks = tonumber(os.getenv("BENCH_TICKS"))
local number = tonumber(os.getenv("BENCH_FROM"))
local head, tail = body:sub(1, tfdt_at), body:sub(tfdt_at + 9)
local prefix, suffix = os.getenv("BENCH_PREFIX"), os.getenv("BENCH_SUFFIX")
local headers = { ["Authorization"] = os.getenv("BENCH_AUTHORIZATION"), ["Content-Type"] = "video/mp4" }

local function uint64(value)
  local high = math.floor(value / 4294967296)
  local low = value - high * 4294967296
  local function uint32(part)
    return string.char(
      math.floor(part / 16777216) % 256,
      math.floor(part / 65536) % 256,
      math.floor(part / 256) % 256,
      part % 256
    )
  end
  return uint32(high) .. uint32(low)
end

function request()
  local stamped = head .. uint64(number * ticks) .. tail
  local path = prefix .. string.format("%d", number) .. suffix
  number = number + 1
  return wrk.format("PUT", path, headers, stamped)
end
