-- GCRA over several quotas at once. KEYS: one a quota. ARGV: its interval in nanoseconds, then its burst, for each.
-- `now` is set before: seconds and microseconds.
--
-- A key holds the theoretical arrival time as "SECONDS:NANOSECONDS": a number of Lua would be too coarse for both in one.
-- Everything else is counted from now, and a day in nanoseconds is exact.
local second = 1000000000
local seconds, nanos = tonumber(now[1]), tonumber(now[2]) * 1000
local tightest, least = 0, 0
for nth, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * nth - 1]), tonumber(ARGV[2 * nth])
  local tolerance = interval * (burst - 1)
  local ahead = 0
  local stored = redis.call('GET', key)
  if stored then
    local colon = string.find(stored, ':', 1, true)
    local since = (tonumber(string.sub(stored, 1, colon - 1)) - seconds) * second
    ahead = math.max(since + tonumber(string.sub(stored, colon + 1)) - nanos, 0)
    -- No request brings it so far: the clock was set back.
    if ahead > tolerance + interval then
      ahead = 0
    end
  end
  if ahead > tolerance then
    return {0, nth, ahead - tolerance}
  end
  local remaining = math.floor((tolerance - ahead) / interval)
  if tightest == 0 or remaining < least then
    tightest, least = nth, remaining
  end
  ahead = ahead + interval
  local total = nanos + ahead
  local arrival = string.format('%d:%d', seconds + math.floor(total / second), total % second)
  redis.call('SET', key, arrival, 'PX', math.ceil(ahead / 1000000))
end
return {1, tightest, least}
