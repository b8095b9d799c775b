-- SPDX-License-Identifier: Apache-2.0
-- Says what wrk has measured as one line of JSON: times in ms.

function done(summary, latency, _requests)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "seconds": %.3f, "p50": %.3f, "p99": %.3f, "most": %.3f, ' ..
      '"refused": %d, "broken": %d}\n',
      summary.requests,
      summary.duration / 1e6,
      latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3,
      latency.max / 1e3,
      errors.status,
      errors.connect + errors.read + errors.write + errors.timeout))
end
