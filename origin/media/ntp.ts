/** From 1900-01-01, where NTP counts from, to 1970-01-01. */
const UNIX_EPOCH_SECONDS = 2_208_988_800;
const ERA_SECONDS = 2 ** 32;

/**
 * NTP timestamp (RFC 5905, section 6) to UTC milliseconds. The 32 bits of seconds wrap in 2036: values below 2^31 are
 * taken to lie after it, as RFC 4330 advises.
 */
export function ntpToUnixMs(seconds: number, fraction: number): number {
  const inEra = seconds < 2 ** 31 ? seconds + ERA_SECONDS : seconds;
  return (inEra - UNIX_EPOCH_SECONDS) * 1000 + Math.round((fraction / ERA_SECONDS) * 1000);
}
