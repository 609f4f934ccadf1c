-- KEYS: one a subject. ARGV: the ticket for each, then how long one counts at most, in milliseconds.
-- A key is a sorted set of tickets by the time when they count no more.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = tonumber(ARGV[#KEYS + 1])
local before = {}
for nth, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  before[nth] = redis.call('ZCARD', key)
  redis.call('ZADD', key, now + kept, ARGV[nth])
  redis.call('PEXPIRE', key, kept)
end
return before
