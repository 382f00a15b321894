-- What every load prints: requests a second, failed ones, median and 99th percentile in milliseconds.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "BENCH %f %d %f %f\n",
    summary.requests / (summary.duration / 1e6),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000,
    latency:percentile(99) / 1000
  ))
end
